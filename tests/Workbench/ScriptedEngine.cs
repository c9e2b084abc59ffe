using System.Threading.Channels;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;

namespace Juxta.WorkbenchTests;

/// <summary>A generation whose tokens the test hands out one by one.</summary>
sealed class ScriptedEngine
{
    readonly Channel<MadeStep> _tokens = Channel.CreateUnbounded<MadeStep>();
    readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();

    public bool Cancelled { get; private set; }

    public static GenerationValue Value { get; } = new(
        new GenerationSpec
        {
            Model = "m",
            Request = new GenerationRequest
            {
                PromptIds = [1, 2, 3],
                Adapters = [new AdapterUse("a", 0.5f)],
                Sampling = new SamplingOptions { Temperature = 0.7f, LogitBias = new Dictionary<int, float> { [5] = -100 } },
                Stop = new StopOptions { Strings = ["\nUser", "日本"], Ids = [7] },
                Seed = ulong.MaxValue,
                LogProbs = 2,
            },
            Warnings = ["this model has no chat template"],
        },
        "weights", ["adapter"], "1.0");

    public TokenStream Stream() => new(_tokens.Reader.ReadAllAsync(), Cancel, () => []);

    public void Say(int id, string text) => Say(new GeneratedToken { Id = id, Text = text });

    public void Say(GeneratedToken token) => _tokens.Writer.TryWrite(new MadeStep(token, _watch.Elapsed));

    public void End(Outcome outcome)
    {
        Say(new GeneratedToken { Outcome = outcome });
        _tokens.Writer.TryComplete();
    }

    public void Fail(Exception error) => _tokens.Writer.TryComplete(error);

    void Cancel()
    {
        Cancelled = true;
        End(Outcome.Cancelled);
    }
}
