using Juxta.Engine;
using Juxta.Tests;
using Juxta.Web.Models;
using Juxta.Workbench;

namespace Juxta.WebTests.Models;

/// <summary>The Mask view's state over a real shelf: a model with a template, one without, one without a tokenizer.</summary>
public sealed class MaskViewTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-mask-").FullName;
    JuxtaWorkbench? _workbench;
    MaskView? _view;

    MaskView View => _view!;

    public ValueTask InitializeAsync()
    {
        foreach (string name in (string[])["tiny", "plain", "mute"]) TinyModel.Write(Path.Combine(_folder, name));
        File.WriteAllText(Path.Combine(_folder, "plain", "tokenizer_config.json"), "{\"bos_token\":\"<s>\",\"eos_token\":\"</s>\"}");
        File.Delete(Path.Combine(_folder, "mute", "tokenizer.json"));
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Path.Combine(_folder, "tiny"), Path.Combine(_folder, "plain"), Path.Combine(_folder, "mute")], Ephemeral = true, OpenAtStart = false,
            Engine = new EngineOptions { Threads = 1, CacheTokens = 4096 },
        });
        _view = new MaskView(_workbench.Models);
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Answers_and_their_ends_are_marked_and_nothing_else_is()
    {
        await View.RenderAsync();
        Assert.Null(View.Failure);
        Assert.Equal(
            ["Hello. What can I do for you?", "<|im_end|>", "It ends a turn, so it is learnt with every answer.", "<|im_end|>"],
            Assert.Single(View.Shown).Stretches.Where(stretch => stretch.Loss).Select(stretch => stretch.Text));
    }

    [Fact]
    public async Task Another_mode_makes_other_samples_of_the_same_text()
    {
        View.Mode = "split";
        await View.RenderAsync();
        Assert.Equal([2, 2], View.Shown.Select(sample => sample.Stretches.Count(stretch => stretch.Loss)));
        (View.Mode, View.Text) = ("pretrain", "user: not a turn but a text");
        await View.RenderAsync();
        Assert.Equal([("<s>", "added", false), ("user: not a turn but a text", "text", true), ("</s>", "added", true)], Assert.Single(View.Shown).Stretches);
    }

    [Fact]
    public async Task Records_of_a_training_file_are_read_as_they_are()
    {
        View.Text = "{\"instruction\":\"hello\",\"output\":\"world\"}\n{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":\"b\"}]}";
        await View.RenderAsync();
        Assert.Equal(["world", "b"], View.Shown.Select(sample => sample.Stretches.First(stretch => stretch.Loss).Text));
    }

    [Theory]
    [InlineData("tiny", "session", "user: only a question", "No sample can be made of this", "no message is the assistant's")]
    [InlineData("tiny", "glm-4-demo", MaskView.Example, "No sample can be made of this", "which this tokenizer has not")]
    [InlineData("plain", "session", MaskView.Example, "No sample can be made of this", "has no chat template")]
    [InlineData("mute", "session", MaskView.Example, "Please check the model", "has no tokenizer")]
    [InlineData("tiny", "session", "hello", "Please check the conversation", "begins with no role")]
    [InlineData("tiny", "session", "{\"messages\":", "Please check file", "not valid JSON")]
    [InlineData("tiny", "magic", MaskView.Example, "Please check mode", "'magic' is no way to make samples")]
    public async Task What_cannot_be_shown_is_said_and_takes_the_place_of_what_was(string model, string mode, string text, string title, string expected)
    {
        await View.RenderAsync();
        (View.Model, View.Mode, View.Text) = (model, mode, text);
        await View.RenderAsync();
        Assert.Empty(View.Shown);
        Assert.Equal(title, View.Failure!.Title);
        Assert.Contains(expected, View.Failure.Text);
    }

    [Fact]
    public async Task A_text_that_is_too_long_is_refused()
    {
        View.Text = new string('x', MaskView.LongestText + 1);
        await View.RenderAsync();
        Assert.Contains("at most 100000 are shown here", View.Failure!.Text);
    }
}
