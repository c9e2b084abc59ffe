using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;

namespace Juxta.EvalTests.Runs;

public sealed class RunReplayTests : IDisposable
{
    readonly string _root = Directory.CreateTempSubdirectory("juxta-replay").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    static SampleResult Answer(string sample, string text = "a b", params int[] ids) => new(0, sample, text, "eos:2") { Ids = ids.Length == 0 ? null : ids, Logprobs = ids.Length == 0 ? null : [.. ids.Select(_ => -1f)], Nats = 2 };

    RunRecord Run(string name, params SampleResult[] results)
    {
        EvalSet set = EvalSet.Open(Path.Combine(Fixtures.Repository, "evalsets", "stop-behaviour"));
        using RunFolder run = RunFolder.Open(Path.Combine(_root, name), set, RunManifest.Of(new ModelIdentity("m"), set, "1.0"));
        foreach (SampleResult result in results) run.Add(result);
        return run.Record;
    }

    [Fact]
    public void The_first_difference_is_found_in_the_order_of_the_samples()
    {
        RunRecord then = Run("then", Answer("en-word-02", "x", 5, 6, 7), Answer("en-word-01", "y", 1, 2), Answer("en-word-03"));
        Assert.True(RunReplay.Compare(then, then).Same);
        RunReplay replay = RunReplay.Compare(then, Run("now", Answer("en-word-01", "y", 1, 2), Answer("en-word-02", "z", 5, 6), Answer("en-word-03", "c"), Answer("en-word-04")));
        Assert.Equal((3, 2), (replay.Compared, replay.Different));
        Assert.Equal("setting 0, sample en-word-02, token 2: ids then 7, now nothing", replay.First!.ToString());
    }

    [Theory]
    [InlineData("answer", "answer then a b, now c")]
    [InlineData("outcome", "outcome then eos:2, now length")]
    [InlineData("logprobs", "token 1: logprobs then -1, now -2.5")]
    [InlineData("nats", "nats then 2, now 2.5")]
    public void What_is_not_tokens_is_compared_too(string what, string says)
    {
        SampleResult one = Answer("en-word-01", "a b", 1, 2);
        SampleResult other = what switch { "answer" => one with { Answer = "c" }, "outcome" => one with { Outcome = "length" }, "logprobs" => one with { Logprobs = [-1, -2.5f] }, _ => one with { Nats = 2.5 } };
        RunReplay replay = RunReplay.Compare(Run("then", one), Run("now", other));
        Assert.False(replay.Same);
        Assert.EndsWith(says, replay.First!.ToString(), StringComparison.Ordinal);
    }
}
