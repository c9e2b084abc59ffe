using System.Collections.Concurrent;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Microsoft.Extensions.AI;

namespace Juxta.EvalTests.Runs;

public sealed class SuiteRunnerTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-run").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Log => Path.Combine(_folder, "run.jsonl");

    static EvalSet Set => EvalSet.Open(Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"));

    /// <summary>Answers with the question, and counts what it was asked.</summary>
    sealed class Echo : IChatClient
    {
        public ConcurrentBag<(string Text, ChatOptions? Options)> Asked { get; } = [];

        /// <summary>Fails once it has answered so many.</summary>
        public int FailsAfter { get; init; } = int.MaxValue;

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            if (Asked.Count >= FailsAfter) throw new InvalidOperationException("the machine went down");
            string text = string.Join("|", messages.Select(message => $"{message.Role}:{message.Text}"));
            Asked.Add((text, options));
            return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)) { FinishReason = ChatFinishReason.Length, Usage = new UsageDetails { InputTokenCount = 3, OutputTokenCount = 2 } });
        }

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    [Fact]
    public async Task Every_sample_is_asked_once_with_the_set_s_settings()
    {
        EvalSet set = Set;
        var client = new Echo();
        var seen = new ConcurrentBag<(int, int)>();
        IReadOnlyList<SampleResult> results = await new SuiteRunner(client, 8).RunAsync(set, Log, "m", new Sink(seen), TestContext.Current.CancellationToken);
        Assert.Equal(set.Samples.Select(sample => sample.Id), results.Select(result => result.Sample));
        Assert.Equal(set.Samples.Select(sample => string.Join("|", sample.Messages.Select(message => $"{message.Role}:{message.Content}"))), results.Select(result => result.Answer));
        Assert.All(results, result => Assert.Equal(("length", 3L, 2L), (result.Outcome, result.PromptTokens, result.CompletionTokens)));
        Assert.Equal(set.Samples.Count, client.Asked.Count);
        Assert.All(client.Asked, asked => Assert.Equal((0f, 256), (asked.Options!.Temperature!.Value, asked.Options.MaxOutputTokens!.Value)));
        Assert.Contains((120, 120), seen);
        Assert.Equal(1 + set.Samples.Count, File.ReadAllLines(Log).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(37)]
    [InlineData(119)]
    public async Task A_run_that_broke_off_goes_on_without_loss_or_doubles(int after)
    {
        EvalSet set = Set;
        await Assert.ThrowsAnyAsync<Exception>(() => new SuiteRunner(new Echo { FailsAfter = after }, 1).RunAsync(set, Log, "m", null, TestContext.Current.CancellationToken));
        var rest = new Echo();
        IReadOnlyList<SampleResult> results = await new SuiteRunner(rest, 4).RunAsync(set, Log, "m", null, TestContext.Current.CancellationToken);
        Assert.Equal(set.Samples.Count - after, rest.Asked.Count);
        Assert.Equal(set.Samples.Select(sample => sample.Id), results.Select(result => result.Sample));
        Assert.Empty((await RunAgainAsync(set)).Asked);
    }

    [Fact]
    public async Task Wherever_a_kill_cut_the_log_the_run_ends_as_if_it_had_not_happened()
    {
        EvalSet set = Set;
        IReadOnlyList<SampleResult> whole = await new SuiteRunner(new Echo(), 1).RunAsync(set, Log, "m", null, TestContext.Current.CancellationToken);
        byte[] bytes = File.ReadAllBytes(Log);
        var random = new Random(5);
        for (int i = 0; i < 20; i++)
        {
            File.WriteAllBytes(Log, bytes[..random.Next(bytes.Length)]);
            Assert.Equal(whole, await new SuiteRunner(new Echo(), 1).RunAsync(set, Log, "m", null, TestContext.Current.CancellationToken));
            Assert.Equal(bytes, File.ReadAllBytes(Log));
        }
    }

    [Fact]
    public async Task A_log_of_another_run_is_refused_and_stays_as_it_was()
    {
        EvalSet set = Set;
        await RunAgainAsync(set);
        byte[] before = File.ReadAllBytes(Log);
        await SaysAsync(set, "other", "run.jsonl:1:", "\"model\":\"m\"", "do not belong together");
        await SaysAsync(set with { System = "Be brief." }, "m", "do not belong together");
        await SaysAsync(set with { Settings = [new SuiteSetting { MaxTargetLength = 8 }] }, "m", "do not belong together");
        Assert.Equal(before, File.ReadAllBytes(Log));
        string[] lines = File.ReadAllLines(Log);
        File.WriteAllLines(Log, [.. lines, lines[3]]);
        await SaysAsync(set, "m", "run.jsonl:122:", "was answered before");
        File.WriteAllLines(Log, [.. lines[..3], "nonsense", .. lines[3..]]);
        await SaysAsync(set, "m", "run.jsonl:4:", "no answer of a run");
    }

    [Fact]
    public async Task Settings_that_a_client_cannot_keep_are_refused()
    {
        EvalSet set = Set;
        await SaysAsync(set with { Settings = [new SuiteSetting { MaxSourceLength = 64 }] }, "m", "max_source_length");
        await SaysAsync(set with { Generation = new Dictionary<string, System.Text.Json.JsonElement> { ["temprature"] = default } }, "m", "'temprature'", "temperature");
        await SaysAsync(set with { Samples = [set.Samples[0] with { Tools = default(System.Text.Json.JsonElement) }] }, "m", "en-word-01", "tools");
    }

    async Task<Echo> RunAgainAsync(EvalSet set)
    {
        var client = new Echo();
        await new SuiteRunner(client, 4).RunAsync(set, Log, "m", null, TestContext.Current.CancellationToken);
        return client;
    }

    async Task SaysAsync(EvalSet set, string model, params string[] says)
    {
        SuiteException error = await Assert.ThrowsAsync<SuiteException>(() => new SuiteRunner(new Echo(), 4).RunAsync(set, Log, model, null, TestContext.Current.CancellationToken));
        foreach (string part in says) Assert.Contains(part, error.Message);
    }

    sealed class Sink(ConcurrentBag<(int, int)> seen) : IProgress<(int Done, int Of)>
    {
        public void Report((int Done, int Of) value) => seen.Add(value);
    }
}
