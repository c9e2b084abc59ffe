using System.CommandLine;
using Juxta.Training.Models;
using Juxta.Training.Optimization;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary>How a model is trained: the options of a run.</summary>
internal sealed class TrainingArguments
{
    readonly Option<bool> _full = new("--full") { Description = "Train every weight and write a whole model; without it a LoRA adapter" };
    readonly Option<int> _rank = new("--lora-r") { Description = "Rank of the LoRA matrices", DefaultValueFactory = _ => 8, HelpName = "N" };
    readonly Option<float> _alpha = new("--lora-alpha") { Description = "Their scale is alpha / r", DefaultValueFactory = _ => 16, HelpName = "X" };
    readonly Option<float> _dropout = new("--lora-dropout") { Description = "Share of their inputs left out, 0 to 1", HelpName = "X" };
    readonly Option<bool> _stabilised = new("--rslora") { Description = "Scale by alpha / √r" };
    readonly Option<string[]> _targets = new("--lora-targets") { Description = "Modules that get them, such as q_proj v_proj; default all linear ones of the layers", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };
    readonly Option<double> _epochs = new("--epochs") { Description = "Times the data is gone through", DefaultValueFactory = _ => 3, HelpName = "X" };
    readonly Option<int?> _steps = new("--steps") { Description = "Steps in all, instead of --epochs", HelpName = "N" };
    readonly Option<int> _batch = new("--batch-size") { Description = "Samples of a step", DefaultValueFactory = _ => 16, HelpName = "N" };
    readonly Option<int> _pass = new("--pass-tokens") { Description = "Tokens that go through the model at a time: memory against speed, the result is the same", DefaultValueFactory = _ => 2048, HelpName = "N" };
    readonly Option<LossAveraging> _averaging = new("--averaging") { Description = "PerToken: every token counts the same; PerSequence: every sample does", DefaultValueFactory = _ => LossAveraging.PerToken };
    readonly Option<double?> _rate = new("--learning-rate", "--lr") { Description = "Peak; default 2e-4 for LoRA, 5e-4 with --full", HelpName = "X" };
    readonly Option<RateShape> _shape = new("--schedule") { Description = "How the rate falls after the warm-up", DefaultValueFactory = _ => RateShape.Cosine };
    readonly Option<int> _warmUp = new("--warmup-steps") { Description = "Steps up to the peak", DefaultValueFactory = _ => 10, HelpName = "N" };
    readonly Option<double> _decay = new("--weight-decay") { Description = "Of matrices", HelpName = "X" };
    readonly Option<double> _clip = new("--clip") { Description = "Longest gradient; 0 = any", DefaultValueFactory = _ => 1, HelpName = "X" };
    readonly Option<int> _save = new("--save-every") { Description = "Steps between checkpoints to go on from; 0 = none", DefaultValueFactory = _ => 100, HelpName = "N" };
    readonly Option<int> _evaluate = new("--eval-every") { Description = "Steps between measurements on held-out data; 0 = only at the end", DefaultValueFactory = _ => 100, HelpName = "N" };

    public IEnumerable<Option> All => [_full, _rank, _alpha, _dropout, _stabilised, _targets, _epochs, _steps, _batch, _pass, _averaging, _rate, _shape, _warmUp, _decay, _clip, _save, _evaluate];

    /// <exception cref="InputException">An option is out of range.</exception>
    public TrainingSettings Settings(ParseResult parsed, ulong seed)
    {
        bool full = parsed.GetValue(_full);
        Require(parsed.GetValue(_rank) is >= 1 and <= 4096, _rank, parsed.GetValue(_rank), "1 to 4096");
        Require(parsed.GetValue(_dropout) is >= 0 and < 1, _dropout, parsed.GetValue(_dropout), "0 or more, below 1");
        Require(parsed.GetValue(_epochs) > 0, _epochs, parsed.GetValue(_epochs), "more than 0");
        Require(parsed.GetValue(_steps) is null or > 0, _steps, parsed.GetValue(_steps), "1 or more");
        Require(parsed.GetValue(_batch) > 0, _batch, parsed.GetValue(_batch), "1 or more");
        Require(parsed.GetValue(_pass) > 0, _pass, parsed.GetValue(_pass), "1 or more");
        double rate = parsed.GetValue(_rate) ?? (full ? 5e-4 : 2e-4);
        Require(rate is > 0 and < 10, _rate, rate, "more than 0, below 10");
        string[] targets = parsed.GetValue(_targets) ?? [];
        return new TrainingSettings
        {
            Lora = full ? null : new LoraSettings
            {
                Rank = parsed.GetValue(_rank), Alpha = parsed.GetValue(_alpha), Dropout = parsed.GetValue(_dropout), RankStabilised = parsed.GetValue(_stabilised),
                TargetModules = targets.Length > 0 ? targets : ["all-linear"],
            },
            Epochs = parsed.GetValue(_epochs),
            Steps = parsed.GetValue(_steps),
            SamplesPerStep = parsed.GetValue(_batch),
            TokensPerPass = parsed.GetValue(_pass),
            Averaging = parsed.GetValue(_averaging),
            Rate = new LearningRate(rate, parsed.GetValue(_shape), parsed.GetValue(_warmUp)),
            Optimiser = new AdamWSettings { WeightDecay = parsed.GetValue(_decay) },
            LongestGradient = parsed.GetValue(_clip),
            Seed = seed,
            CheckpointEvery = parsed.GetValue(_save),
            EvaluateEvery = parsed.GetValue(_evaluate),
        };
    }

    static void Require(bool holds, Option option, object? found, string expected)
    {
        if (!holds) throw new InputException(FormattableString.Invariant($"{option.Name} {found}: expected {expected}"));
    }
}
