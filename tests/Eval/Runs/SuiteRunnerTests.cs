using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.EvalTests.Runs;

public sealed class SuiteRunnerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-run").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Answers => Path.Combine(_folder, "answers.jsonl");

    static EvalSet Set => EvalSet.Open(Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"));

    async Task<RunRecord> RunAsync(RunModel model, EvalSet set, int atOnce = 4, Action<RunFolder, SampleResult>? answered = null)
    {
        using RunFolder run = RunFolder.Open(_folder, set, RunManifest.Of(model.Identity, set, "1.0"));
        await new SuiteRunner(atOnce).RunAsync([(model, run)], answered, TestContext.Current.CancellationToken);
        return run.Record;
    }

    [Fact]
    public async Task Every_sample_is_asked_once_with_the_set_s_settings()
    {
        EvalSet set = Set;
        var client = new Echo();
        var seen = new ConcurrentBag<string>();
        RunRecord run = await RunAsync(client.Model, set, 8, (_, result) => seen.Add(result.Sample));
        Assert.True(run.IsComplete);
        Assert.Equal(set.Samples.Select(sample => sample.Id), run.Of(0).Select(result => result.Sample));
        Assert.Equal(set.Samples.Select(sample => string.Join("|", sample.Messages.Select(message => $"{message.Role}:{message.Content}"))), run.Results.Select(result => result.Answer));
        Assert.All(run.Results, result => Assert.Equal(("length", 3L, 2L, result.Answer.Length, null), (result.Outcome, result.PromptTokens, result.CompletionTokens, result.Ids![1], result.Nats)));
        Assert.Equal(set.Samples.Select(sample => sample.Id).Order(), seen.Order());
        Assert.All(client.Asked, asked => Assert.Equal((0f, 256, 0L), (asked.Options!.Temperature!.Value, asked.Options.MaxOutputTokens!.Value, asked.Options.Seed!.Value)));
        Assert.Equal(set.Samples.Count, File.ReadAllLines(Answers).Length);
        RunRecord read = RunRecord.Open(_folder);
        Assert.Equal(run.Results.Select(result => result.ToJson()), read.Results.Select(result => result.ToJson()));
        Assert.Equal(float.NegativeInfinity, read.Results[0].Logprobs![1]);
        Assert.Empty(read.Manifest.DifferencesTo(run.Manifest));
    }

    [Fact]
    public async Task Several_runs_share_the_places()
    {
        EvalSet set = Set;
        Echo first = new(), second = new();
        using RunFolder one = RunFolder.Open(Path.Combine(_folder, "one"), set, RunManifest.Of(first.Model.Identity, set, "1.0"));
        using RunFolder two = RunFolder.Open(Path.Combine(_folder, "two"), set, RunManifest.Of(second.Model.Identity, set, "1.0"));
        await new SuiteRunner(4).RunAsync([(first.Model, one), (second.Model, two)], null, TestContext.Current.CancellationToken);
        Assert.Equal((120, 120, 120, 120), (first.Asked.Count, second.Asked.Count, one.Count, two.Count));
    }

    [Fact]
    public async Task Long_answers_are_asked_for_first_over_all_runs_and_settings()
    {
        EvalSet set = WrittenSet.Open(Path.Combine(_folder, "from"), [Sample("short", "no"), Sample("long", new string('a', 400)), Sample("chinese", new string('好', 50)), """{"id":"unknown","messages":[{"role":"user","content":"unknown"}]}"""], new JsonObject { ["max_target_length"] = new JsonArray(20, 200) });
        Echo first = new(), second = new();
        using RunFolder one = RunFolder.Open(Path.Combine(_folder, "one"), set, RunManifest.Of(first.Model.Identity, set, "1.0"));
        using RunFolder two = RunFolder.Open(Path.Combine(_folder, "two"), set, RunManifest.Of(second.Model.Identity, set, "1.0"));
        var order = new List<string>();
        await new SuiteRunner(1).RunAsync([(first.Model, one), (second.Model, two)], (run, result) => order.Add($"{(run == one ? 1 : 2)} {result.Setting} {result.Sample}"), TestContext.Current.CancellationToken);
        // Whose length nobody knows may be as long as the limit lets it.
        Assert.Equal(
            ["1 1 unknown", "2 1 unknown", "1 1 long", "2 1 long", "1 1 chinese", "2 1 chinese", "1 0 long", "1 0 chinese", "1 0 unknown", "2 0 long", "2 0 chinese", "2 0 unknown", "1 0 short", "1 1 short", "2 0 short", "2 1 short"], order);

        static string Sample(string id, string reference) => $$"""{"id":"{{id}}","messages":[{"role":"user","content":"{{id}}"}],"references":["{{reference}}"]}""";
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(119)]
    public async Task A_run_that_broke_off_goes_on_without_loss_or_doubles(int after)
    {
        EvalSet set = Set;
        SuiteException error = await Assert.ThrowsAsync<SuiteException>(() => RunAsync(new Echo { FailsAfter = after }.Model, set, 1));
        EvalSample broke = set.Samples.OrderByDescending(sample => sample.References.Max(reference => Encoding.UTF8.GetByteCount(reference))).ElementAt(after);
        Assert.Contains($"'{broke.Id}' (setting 0): the machine went down. What was answered is kept", error.Message);
        Assert.Equal(after, RunRecord.Open(_folder).Results.Count);
        var rest = new Echo();
        RunRecord run = await RunAsync(rest.Model, set);
        Assert.Equal(set.Samples.Count - after, rest.Asked.Count);
        Assert.Equal(set.Samples.Select(sample => sample.Id), run.Results.Select(result => result.Sample));
        var none = new Echo();
        await RunAsync(none.Model, set);
        Assert.Empty(none.Asked);
    }

    [Fact]
    public async Task Wherever_a_kill_cut_the_answers_the_run_ends_as_if_it_had_not_happened()
    {
        EvalSet set = Set;
        await RunAsync(new Echo().Model, set, 1);
        byte[] bytes = File.ReadAllBytes(Answers);
        var random = new Random(5);
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllBytes(Answers, bytes[..random.Next(bytes.Length)]);
            Assert.False(RunRecord.Open(_folder).IsComplete);
            Assert.True((await RunAsync(new Echo().Model, set, 1)).IsComplete);
            Assert.Equal(bytes, File.ReadAllBytes(Answers));
        }
    }

    [Fact]
    public async Task Tools_lengths_and_references_go_to_a_model_that_takes_them()
    {
        EvalSet set = WrittenSet.Open(Path.Combine(_folder, "from"),
        [
            """{"id":"a","messages":[{"role":"user","content":"Weather?"}],"references":["sun","rain"],"tools":[{"type":"function","function":{"name":"weather"}}]}""",
            """{"id":"b","messages":[{"role":"user","content":"Hi"}]}""",
        ], new JsonObject { ["max_source_length"] = new JsonArray(5, 9) });
        var echo = new Echo();
        RunModel model = echo.Model with
        {
            TakesTools = true,
            Shorten = (prompt, tools, most) => new FittingPrompt([prompt[0] with { Content = $"{prompt[0].Content} {tools is not null} {most}" }], tools is null ? 0 : 9 - most),
            Score = (prompt, tools, reference, _) => Task.FromResult(new ReferenceLoss(prompt[0].Content.Length, reference.Length, tools is null ? null : 4)),
        };
        RunRecord run = await RunAsync(model, set);
        Assert.Equal(["user:Weather? True 5", "user:Hi False 5", "user:Weather? True 9", "user:Hi False 9"], run.Results.Select(result => result.Answer));
        Assert.Equal([(15, 3L, 4L), (null, null, null), (15, 3L, 4L), (null, null, null)], run.Results.Select(result => ((double?, long?, long?))(result.Nats, result.LossTokens, result.LossBytes)));
        // Only a prompt that was cut is kept beside its answer.
        Assert.Equal([("Weather? True 5", 4), (null, null), (null, null), (null, null)], RunRecord.Open(run.Folder).Results.Select(result => (result.Prompt?.Single().Content, result.CutTokens)));
        Assert.Equal("weather", ((JsonElement)echo.Asked.First(asked => asked.Text.StartsWith("user:Weather", StringComparison.Ordinal)).Options!.AdditionalProperties!["tools"]!)[0].GetProperty("function").GetProperty("name").GetString());
        RunModel bare = echo.Model with { Shorten = model.Shorten };
        Directory.Delete(_folder, recursive: true);
        set = WrittenSet.Open(Path.Combine(_folder, "from"), ["""{"id":"a","messages":[{"role":"user","content":"Weather?"}],"tools":[]}"""]);
        SuiteException error = await Assert.ThrowsAsync<SuiteException>(() => RunAsync(bare, set));
        Assert.Contains("'a' gives the model tools, which echo cannot be given", error.Message);
    }

    [Fact]
    public async Task A_length_that_the_longest_conversation_never_fits_is_refused_before_the_first_answer()
    {
        EvalSet set = WrittenSet.Open(Path.Combine(_folder, "from"),
        [
            """{"id":"short","messages":[{"role":"user","content":"Hi"}]}""",
            """{"id":"long","messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"And?"}]}""",
        ], new JsonObject { ["max_source_length"] = new JsonArray(30, 20) });
        var echo = new Echo();
        RunModel model = echo.Model with { Shorten = (prompt, _, most) => prompt.Count * 10 <= most ? new FittingPrompt(prompt, 0) : throw new SuiteException($"max_source_length is {most}, and the chat template alone writes {prompt.Count * 10} tokens; allow more") };
        SuiteException error = await Assert.ThrowsAsync<SuiteException>(() => RunAsync(model, set));
        Assert.Contains("echo cannot be asked the sample 'long' (setting 1): max_source_length is 20, and the chat template alone writes 30 tokens; allow more", error.Message);
        Assert.Empty(echo.Asked);
    }

    [Fact]
    public async Task Settings_that_a_client_cannot_keep_are_refused()
    {
        EvalSet set = Set;
        await SaysAsync(set with { Settings = [new SuiteSetting { MaxSourceLength = 64 }] }, "max_source_length counts tokens, and echo does not say");
        await SaysAsync(set with { Generation = new Dictionary<string, JsonElement> { ["temprature"] = default } }, "'temprature'", "temperature");
        await SaysAsync(set with { Generation = new Dictionary<string, JsonElement> { ["seed"] = JsonSerializer.SerializeToElement("x") } }, "seed is \"x\"; expected a whole number");
    }

    async Task SaysAsync(EvalSet set, params string[] says)
    {
        SuiteException error = await Assert.ThrowsAsync<SuiteException>(() => RunAsync(new Echo().Model, set));
        foreach (string part in says) Assert.Contains(part, error.Message);
    }
}
