using System.CommandLine;
using Juxta.Training.Models;
using Juxta.Training.Objectives;
using Juxta.Training.Optimization;
using Juxta.Training.Runs;
using Juxta.Training.Samples;

namespace Juxta.Cli.Commands;

/// <summary>How a model is trained: the options of a run.</summary>
internal sealed class TrainingArguments
{
    readonly Option<bool> _full = new("--full") { Description = "Train every weight and write a whole model; without it a LoRA adapter" };
    readonly Option<DirectoryInfo?> _adapter = new("--adapter", "-a") { Description = "Adapter to go on from; it says rank, scale, dropout and modules. With dpo the reference is the base with it", HelpName = "DIR" };
    readonly Option<int> _rank = new("--lora-r") { Description = "Rank of the LoRA matrices", DefaultValueFactory = _ => 8, HelpName = "N" };
    readonly Option<float> _alpha = new("--lora-alpha") { Description = "Their scale is alpha / r", DefaultValueFactory = _ => 16, HelpName = "X" };
    readonly Option<float> _dropout = new("--lora-dropout") { Description = "Share of their inputs left out, 0 to 1", HelpName = "X" };
    readonly Option<bool> _stabilised = new("--rslora") { Description = "Scale by alpha / √r" };
    readonly Option<string[]> _targets = new("--lora-targets") { Description = "Modules that get them, such as q_proj v_proj, or one regular expression over whole paths; default all linear ones of the layers", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };
    readonly Option<string[]> _save = new("--modules-to-save") { Description = "Modules trained whole beside them, such as embed_tokens lm_head", AllowMultipleArgumentsPerToken = true, HelpName = "NAME" };
    readonly Option<string> _method = new Option<string>("--method") { Description = "sft: learn the answers; dpo: prefer the chosen answers of pairs to the rejected ones", DefaultValueFactory = _ => "sft", HelpName = "sft|dpo" }.AcceptOnlyFromAmong("sft", "dpo");
    readonly Option<double> _beta = new("--beta") { Description = "With dpo: how dear it is to move away from the model as it was", DefaultValueFactory = _ => 0.1, HelpName = "X" };
    readonly Option<double> _smoothing = new("--label-smoothing") { Description = "With dpo: share of the pairs taken for judged wrong, 0 to 0.5", HelpName = "X" };
    readonly Option<double> _epochs = new("--epochs") { Description = "Times the data is gone through", DefaultValueFactory = _ => 3, HelpName = "X" };
    readonly Option<int?> _steps = new("--steps") { Description = "Steps in all, instead of --epochs", HelpName = "N" };
    readonly Option<int> _batch = new("--batch-size") { Description = "Samples of a step", DefaultValueFactory = _ => 16, HelpName = "N" };
    readonly Option<int> _pass = new("--pass-tokens") { Description = "Tokens that go through the model at a time: memory against speed, the result is the same", DefaultValueFactory = _ => 2048, HelpName = "N" };
    readonly Option<bool> _keep = new("--keep-activations") { Description = "Keep what layers compute for the way back, and do not compute it again: faster, more memory, the result is the same" };
    readonly Option<LossAveraging> _averaging = new("--averaging") { Description = "PerToken: every token counts the same; PerSequence: every sample does", DefaultValueFactory = _ => LossAveraging.PerToken };
    readonly Option<double?> _rate = new("--learning-rate", "--lr") { Description = "Peak; default 2e-4 for LoRA, 5e-4 with --full; with dpo 5e-5 and 5e-6", HelpName = "X" };
    readonly Option<RateShape> _shape = new("--schedule") { Description = "How the rate falls after the warm-up", DefaultValueFactory = _ => RateShape.Cosine };
    readonly Option<int> _warmUp = new("--warmup-steps") { Description = "Steps up to the peak", DefaultValueFactory = _ => 10, HelpName = "N" };
    readonly Option<double> _decay = new("--weight-decay") { Description = "Of matrices", HelpName = "X" };
    readonly Option<double> _clip = new("--clip") { Description = "Longest gradient; 0 = any", DefaultValueFactory = _ => 1, HelpName = "X" };
    readonly Option<int> _saveEvery = new("--save-every") { Description = "Steps between checkpoints to go on from; 0 = none", DefaultValueFactory = _ => 100, HelpName = "N" };
    readonly Option<int> _evaluate = new("--eval-every") { Description = "Steps between measurements on held-out data; 0 = only at the end", DefaultValueFactory = _ => 100, HelpName = "N" };

    public IEnumerable<Option> All => [_method, _beta, _smoothing, _full, _adapter, _rank, _alpha, _dropout, _stabilised, _targets, _save, _epochs, _steps, _batch, _pass, _keep, _averaging, _rate, _shape, _warmUp, _decay, _clip, _saveEvery, _evaluate];

    /// <summary>Whether the data are preference pairs.</summary>
    public bool Preferences(ParseResult parsed) => parsed.GetValue(_method) == "dpo";

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
        bool pairs = Preferences(parsed);
        Require(parsed.GetValue(_beta) is > 0 and < 1000, _beta, parsed.GetValue(_beta), "more than 0");
        Require(parsed.GetValue(_smoothing) is >= 0 and < 0.5, _smoothing, parsed.GetValue(_smoothing), "0 or more, below 0.5");
        string[] saved = parsed.GetValue(_save) ?? [];
        if (full && saved.Length > 0) throw new InputException("--modules-to-save names modules to train whole beside an adapter; with --full all are: leave it out");
        string? start = parsed.GetValue(_adapter)?.FullName;
        if (start is not null)
        {
            if (full) throw new InputException("--adapter is an adapter to go on from, and --full trains every weight: merge it first (juxta merge), then train the merged model");
            if (((Option[])[_rank, _alpha, _dropout, _stabilised, _targets, _save]).FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } told)
                throw new InputException($"{told.Name}: the adapter to go on from says that itself ({Path.Combine(start, "adapter_config.json")}); leave it out");
        }
        double rate = parsed.GetValue(_rate) ?? (pairs ? full ? 5e-6 : 5e-5 : full ? 5e-4 : 2e-4);
        Require(rate is > 0 and < 10, _rate, rate, "more than 0, below 10");
        string[] targets = parsed.GetValue(_targets) ?? [];
        return new TrainingSettings
        {
            Lora = full ? null : start is not null ? StartAdapter.Settings(start) : new LoraSettings
            {
                Rank = parsed.GetValue(_rank), Alpha = parsed.GetValue(_alpha), Dropout = parsed.GetValue(_dropout), RankStabilised = parsed.GetValue(_stabilised),
                TargetModules = targets.Length > 0 ? targets : ["all-linear"],
                TargetPattern = targets is [var only] && only.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) ? only : null,
                ModulesToSave = saved,
            },
            Epochs = parsed.GetValue(_epochs),
            Steps = parsed.GetValue(_steps),
            SamplesPerStep = parsed.GetValue(_batch),
            TokensPerPass = parsed.GetValue(_pass),
            KeepActivations = parsed.GetValue(_keep),
            Preferences = pairs ? new PreferenceSettings { Beta = parsed.GetValue(_beta), LabelSmoothing = parsed.GetValue(_smoothing) } : null,
            Averaging = parsed.GetValue(_averaging),
            Rate = new LearningRate(rate, parsed.GetValue(_shape), parsed.GetValue(_warmUp)),
            Optimiser = new AdamWSettings { WeightDecay = parsed.GetValue(_decay) },
            LongestGradient = parsed.GetValue(_clip),
            Seed = seed,
            CheckpointEvery = parsed.GetValue(_saveEvery),
            EvaluateEvery = parsed.GetValue(_evaluate),
        };
    }

    static void Require(bool holds, Option option, object? found, string expected)
    {
        if (!holds) throw new InputException(FormattableString.Invariant($"{option.Name} {found}: expected {expected}"));
    }
}
