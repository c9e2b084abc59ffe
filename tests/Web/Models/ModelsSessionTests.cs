using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Tests;
using Juxta.Web.Models;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WebTests.Models;

/// <summary>The page's state over a real shelf with a small random model that has a template and adapters.</summary>
public sealed class ModelsSessionTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;
    ModelsSession? _session;

    ModelsSession Session => _session!;

    public ValueTask InitializeAsync()
    {
        TinyModel.Write(Path.Combine(_folder, "tiny"));
        TinyModel.Write(Path.Combine(_folder, "mute"));
        File.Delete(Path.Combine(_folder, "mute", "tokenizer.json"));
        TinyModel.Write(Path.Combine(_folder, "plain"));
        File.WriteAllText(Path.Combine(_folder, "plain", "tokenizer_config.json"), "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\"}");
        string broken = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        File.WriteAllText(Path.Combine(broken, "config.json"), "{\"architectures\":[\"NobodyKnows\"]}");
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Path.Combine(_folder, "tiny"), Path.Combine(_folder, "plain"), Path.Combine(_folder, "mute"), broken],
            Ephemeral = true,
            OpenAtStart = false,
            Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 },
        });
        _session = new ModelsSession(_workbench.Models, _workbench.Downloads, TimeProvider.System);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        await _workbench!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Folders_tell_what_they_hold_before_anything_is_loaded()
    {
        await Session.PeekAsync();
        Assert.All(Session.Models, model => Assert.Equal(LoadStatus.NotLoaded, model.Status));
        (string, string)[] facts = [.. ModelFacts.Of(null, Session.Peek("tiny")!.Facts)];
        Assert.Equal(["Family", "Parameters", "Dtype", "Context", "On disk", "When loaded"], facts.Select(fact => fact.Item1));
        Assert.Contains(("Family", "llama"), facts);
        Assert.Contains(("Dtype", "F32"), facts);
        Assert.Contains(("Context", "16384 tokens"), facts);
        Assert.Contains("no family", Session.Peek("broken")!.Error);
        Assert.Null(Session.Peek("broken")!.Facts);
    }

    [Fact]
    public async Task A_model_is_loaded_described_exactly_and_unloaded()
    {
        int changes = 0;
        Session.Changed += () => changes++;
        await Session.LoadAsync("tiny");
        ModelEntry entry = Entry("tiny");
        Assert.Equal(LoadStatus.Ready, entry.Status);
        string[] facts = [.. ModelFacts.Of(entry.Description, null).Select(fact => $"{fact.Name}: {fact.Value}")];
        Assert.Contains("Layers: 2 of width 32", facts);
        Assert.Contains(facts, fact => fact.StartsWith("In memory: ", StringComparison.Ordinal));
        Assert.True(changes > 0);

        await Session.UnloadAsync("tiny");
        Assert.Equal(LoadStatus.NotLoaded, Entry("tiny").Status);
        Assert.False(Session.Unloading("tiny"));
        Assert.Null(Session.Notice);
    }

    [Fact]
    public async Task A_model_that_answers_stays_and_a_notice_says_why()
    {
        await Session.LoadAsync("tiny");
        RunningGeneration running = Entry("tiny").Open!.Engine.Submit(new GenerationRequest { PromptIds = [1], MaxTokens = 4000, Stop = new StopOptions { IgnoreEos = true } });
        await Session.UnloadAsync("tiny");
        Assert.Equal("Not now", Session.Notice!.Title);
        Assert.Contains("tiny is answering 1 request", Session.Notice.Text);
        Assert.Equal(LoadStatus.Ready, Entry("tiny").Status);
        running.Cancel();
        await running.Completion;
        Session.Dismiss();
        Assert.Null(Session.Notice);
    }

    [Fact]
    public async Task A_model_that_cannot_be_read_says_so_in_its_entry()
    {
        await Session.LoadAsync("broken");
        Assert.Equal(LoadStatus.Failed, Entry("broken").Status);
        Assert.Contains("no family", Entry("broken").Error);
        Assert.Null(Session.Notice);
        await Session.LoadAsync("gone");
        Assert.Contains("there is no model 'gone'", Session.Notice!.Text);
    }

    [Fact]
    public async Task Adapters_are_loaded_refused_allowed_and_unloaded()
    {
        await Session.LoadAdapterAsync("tiny", "loud");
        Assert.NotEmpty(Adapter("loud").Receipt!.Modules);
        await Session.UnloadAdapterAsync("tiny", "loud");
        Assert.Equal(LoadStatus.NotLoaded, Adapter("loud").Status);

        await Session.LoadAdapterAsync("tiny", "silent");
        Assert.Equal(LoadStatus.Failed, Adapter("silent").Status);
        Assert.Contains("zero-effect adapter", Adapter("silent").Error);
        Assert.Null(Session.Notice);
        await Session.LoadAdapterAsync("tiny", "silent", new AdapterOptions { AllowNoEffect = true });
        Assert.Equal(LoadStatus.Ready, Adapter("silent").Status);

        await Session.LoadAdapterAsync("tiny", "/etc");
        Assert.Contains("/etc", Session.Notice!.Text);
    }

    [Fact]
    public async Task A_prompt_is_shown_with_its_authors_and_ids_while_the_model_stays_on_disk()
    {
        await Session.Preview.RenderAsync();
        RenderedConversation shown = Session.Preview.Shown!;
        Assert.Null(Session.Preview.Failure);
        Assert.Empty(shown.Warnings);
        Assert.Contains(shown.Pieces, piece => piece is { Author: 1, Text: "Hello! What does <|im_end|> mean?", SpecialId: null });
        Assert.Equal("2 user", shown.AuthorName(1));
        Assert.Equal("<|im_end|>", shown.Tokens.First(token => token.Id == TinyModel.TurnEnd).Token);
        Assert.Equal(4, shown.Tokens.Count(token => token.Id == TinyModel.TurnEnd));
        Assert.EndsWith("assistant\n", string.Concat(shown.Pieces.Select(piece => piece.Text)));
        Session.Preview.OpensAnswer = false;
        await Session.Preview.RenderAsync();
        Assert.EndsWith("Thanks.<|im_end|>\n", string.Concat(Session.Preview.Shown!.Pieces.Select(piece => piece.Text)));
        Assert.Equal(LoadStatus.NotLoaded, Entry("tiny").Status);
    }

    [Fact]
    public async Task A_model_without_a_template_shows_the_plain_text_and_says_so()
    {
        Session.Preview.Model = "plain";
        await Session.Preview.RenderAsync();
        Assert.Contains("no chat template", Assert.Single(Session.Preview.Shown!.Warnings));
        Assert.Equal("tokenizer", Session.Preview.Shown.AuthorName(Session.Preview.Shown.Pieces[0].Author));
    }

    [Theory]
    [InlineData("tiny", "hello", "begins with no role")]
    [InlineData("mute", "user: Hi", "no tokenizer")]
    [InlineData("broken", "user: Hi", "no tokenizer")]
    [InlineData("gone", "user: Hi", "there is no model 'gone'")]
    public async Task What_cannot_be_rendered_says_why_in_place_of_the_prompt(string model, string text, string message)
    {
        await Session.Preview.RenderAsync();
        (Session.Preview.Model, Session.Preview.Text) = (model, text);
        await Session.Preview.RenderAsync();
        Assert.Null(Session.Preview.Shown);
        Assert.Contains(message, Session.Preview.Failure!.Text);
    }

    [Fact]
    public async Task A_template_that_refuses_a_conversation_is_quoted_and_a_text_beyond_measure_is_not_rendered()
    {
        File.WriteAllText(Path.Combine(_folder, "plain", "tokenizer_config.json"), "{\"chat_template\":\"{{ raise_exception('roles must alternate') }}\"}");
        Session.Preview.Model = "plain";
        await Session.Preview.RenderAsync();
        Assert.Contains("roles must alternate", Session.Preview.Failure!.Text);
        Session.Preview.Text = "user: " + new string('x', PromptPreview.LongestText);
        await Session.Preview.RenderAsync();
        Assert.Contains("at most 100000", Session.Preview.Failure!.Text);
    }

    [Fact]
    public async Task Aliases_are_given_refused_and_taken_away()
    {
        Assert.True(await Session.AddAliasAsync("tiny", "mini"));
        Assert.True(await Session.AddAliasAsync("tiny:loud", "shouting"));
        Assert.Equal(["mini"], Entry("tiny").Aliases);
        Assert.Equal(["shouting"], Adapter("loud").Aliases);
        Assert.False(await Session.AddAliasAsync("plain", "mini"));
        Assert.Contains("'mini' is an alias of tiny already", Session.Notice!.Text);
        await Session.RemoveAliasAsync("mini");
        Assert.Empty(Entry("tiny").Aliases);
        Assert.Null(Session.Notice);
    }

    [Fact]
    public async Task Looking_again_finds_what_has_come_what_has_changed_and_what_is_gone()
    {
        await Session.PeekAsync();
        File.Copy(Path.Combine(_folder, "tiny", "config.json"), Path.Combine(_folder, "broken", "config.json"), overwrite: true);
        Directory.Delete(Path.Combine(_folder, "plain"), recursive: true);
        TinyModel.Write(Path.Combine(_workbench!.DataFolder, "models", "new"));
        await Session.LookAgainAsync();
        Assert.Equal(["tiny", "plain", "mute", "broken", "new"], Session.Models.Select(model => model.Id));
        Assert.Contains("is gone", Entry("plain").Gone);
        Assert.DoesNotContain("no family", Session.Peek("broken")!.Error ?? "");
        Assert.Equal("llama", Session.Peek("new")!.Facts!.Family);
    }

    [Fact]
    public async Task What_was_asked_for_last_is_shown_also_when_something_older_is_ready_later()
    {
        using var time = new HeldTime();
        var preview = new PromptPreview(_workbench!.Models, time) { Model = "tiny", Text = "user: older" };
        Task older = preview.RenderAsync();
        await time.Asked;
        preview.Text = "user: newer";
        await preview.RenderAsync();
        time.LetGo();
        await older;
        Assert.Contains(preview.Shown!.Pieces, piece => piece.Text.Contains("newer", StringComparison.Ordinal));

        // A failure that is known at once is newer than a prompt that is still being made.
        time.HoldNext();
        older = preview.RenderAsync();
        await time.Asked;
        preview.Text = "no role";
        await preview.RenderAsync();
        time.LetGo();
        await older;
        Assert.Null(preview.Shown);
        Assert.Contains("begins with no role", preview.Failure!.Text);
    }

    /// <summary>A clock that keeps whoever asks it first waiting.</summary>
    sealed class HeldTime : TimeProvider, IDisposable
    {
        readonly ManualResetEventSlim _open = new();
        TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _hold = 1;

        public Task Asked => _asked.Task;

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Exchange(ref _hold, 0) == 1)
            {
                _asked.SetResult();
                _open.Wait();
            }
            return new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        }

        public void LetGo() => _open.Set();

        public void HoldNext()
        {
            _asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _open.Reset();
            _hold = 1;
        }

        public void Dispose() => _open.Dispose();
    }

    ModelEntry Entry(string id) => Session.Models.Single(model => model.Id == id);

    AdapterEntry Adapter(string name) => Entry("tiny").Adapters.Single(adapter => adapter.Name == name);
}
