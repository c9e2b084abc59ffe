using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Models;
using Juxta.Training.Models;
using Juxta.Training.Objectives;
using Juxta.Training.Optimization;
using Juxta.Training.Output;
using Juxta.Training.Samples;

namespace Juxta.Training.Runs;

/// <summary>
/// A model being trained: open it, take steps, save what came out. Bit-reproducible at any number of threads; a run that was killed goes on from its last
/// checkpoint to the same bits.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    readonly OpenedDecoder _opened;
    readonly ParameterSet _parameters;
    readonly TrainedModel _model;
    readonly AdamW _optimiser;
    readonly SampleOrder _order;
    readonly Objective _objective;
    readonly Objective _measure;
    readonly IReadOnlyList<TrainingItem> _items;
    readonly IReadOnlyList<TrainingItem> _heldOut;

    TrainingRun(OpenedDecoder opened, IReadOnlyList<TrainingItem> items, IReadOnlyList<TrainingItem> heldOut, TrainingSettings settings)
    {
        (_opened, _items, _heldOut, Settings, Steps) = (opened, items, heldOut, settings, settings.StepsFor(items.Count));
        _parameters = new ParameterSet(settings.Lora, settings.Seed);
        _order = new SampleOrder(items.Count, settings.Seed);
        try
        {
            _model = TrainedModel.Of(opened.Decoder, _parameters, opened.Pool);
            _model.KeepActivations = settings.KeepActivations;
            if (settings.Lora?.Start is { } start) StartAdapter.Load(start, opened.Decoder.Modules, _parameters);
            _objective = settings.Preferences is { } preferences
                ? new PreferenceObjective(_model, settings.TokensPerPass, preferences, [.. WillRead(), .. heldOut])
                : new NextTokenObjective(_model, settings.TokensPerPass, settings.Averaging);
            _measure = settings.Preferences is null ? new NextTokenObjective(_model, settings.TokensPerPass, LossAveraging.PerToken) : _objective;
            _optimiser = new AdamW(_parameters.Trained, settings.Optimiser);
        }
        catch
        {
            _model?.Dispose();
            _parameters.Dispose();
            throw;
        }
    }

    public TrainingSettings Settings { get; }

    /// <summary>Steps in all.</summary>
    public int Steps { get; }

    /// <summary>Steps taken.</summary>
    public int Step => checked((int)_optimiser.Steps);

    /// <summary>Numbers that are trained.</summary>
    public long TrainedNumbers => _parameters.Trained.Sum(parameter => parameter.Count);

    /// <summary>Opens a model's folder for training.</summary>
    /// <param name="folder">A Hugging Face folder; see <see cref="FreshModel"/> for one to train from nothing.</param>
    /// <param name="items">What to learn; at least one, with loss.</param>
    /// <param name="heldOut">What to measure on; may be empty.</param>
    /// <param name="threads">0 = the machine's processors. The result does not depend on it.</param>
    /// <exception cref="ModelFormatException">The folder cannot be used or trained.</exception>
    /// <exception cref="TrainingException">There is nothing to learn, or a sample has ids that the model has not.</exception>
    public static TrainingRun Open(string folder, IReadOnlyList<TrainingItem> items, IReadOnlyList<TrainingItem> heldOut, TrainingSettings settings, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(heldOut);
        ArgumentNullException.ThrowIfNull(settings);
        if (items.Count == 0) throw new TrainingException("there is no sample to learn from");
        OpenedDecoder opened = OpenedDecoder.Open(folder, threads);
        try
        {
            foreach (TrainingItem item in items.Concat(heldOut))
            {
                if (item.Rejected is null == settings.Preferences is not null) throw new TrainingException($"{item.Place} is {(item.Rejected is null ? "no preference pair, and this run trains on pairs" : "a preference pair, and this run trains on samples")}");
                foreach (TrainingSample sample in item.Samples) Check(sample, item.Place, opened.Decoder.Shape);
            }
            return new TrainingRun(opened, items, heldOut, settings);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Takes the next step. With held-out samples, measures when the settings say so and after the last.</summary>
    /// <exception cref="TrainingException">The loss or its gradient is no number; nothing was changed by this step.</exception>
    public TrainingStep Next(CancellationToken cancel = default)
    {
        long start = Stopwatch.GetTimestamp();
        TrainingItem[] items = [.. Enumerable.Range(0, Settings.SamplesPerStep).Select(i => _items[_order.At(((long)Step * Settings.SamplesPerStep) + i)])];
        Measured measured = Finite(_objective.Of(items, back: true, Settings.Seed + ((ulong)(uint)Step << 24), cancel));
        double norm = GradientNorm.Of(_parameters.Trained);
        if (!double.IsFinite(norm)) throw new TrainingException($"step {Step + 1}: the gradient is not a number though the loss is {measured.Loss:g4}; lower the learning rate ({Settings.Rate.Peak:g3}) or look for damaged weights. The samples were {Places(items)}");
        double rate = Settings.Rate.At(Step, Steps);
        _optimiser.Step(_opened.Pool, rate, GradientNorm.ClipFactor(norm, Settings.LongestGradient));
        bool measure = _heldOut.Count > 0 && (Step == Steps || (Settings.EvaluateEvery > 0 && Step % Settings.EvaluateEvery == 0));
        Measured? held = measure ? Finite(MeasureHeldOut(cancel)) : null;
        return new TrainingStep(Step, Steps, measured.Loss, rate, norm, items.Sum(item => item.Tokens), measured.LossTokens, Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            Epoch = (double)Step * Settings.SamplesPerStep / _items.Count,
            HeldOutLoss = held?.Loss,
            Rewards = measured.Rewards,
            HeldOutRewards = held?.Rewards,
        };
    }

    /// <summary>Mean loss over all tokens with loss of the held-out samples, or over all held-out pairs, nats.</summary>
    /// <exception cref="TrainingException">It is not a number.</exception>
    public double HeldOutLoss(CancellationToken cancel = default) => Finite(MeasureHeldOut(cancel)).Loss;

    Measured MeasureHeldOut(CancellationToken cancel) => _measure.Of([.. _heldOut], back: false, dropoutSeed: null, cancel);

    /// <summary>Writes what the run needs to go on, in one rename.</summary>
    public void Save(string runFolder) => RunCheckpoint.Save(runFolder, Step, Fingerprint(), _parameters.Trained, _optimiser);

    /// <summary>Goes on from the last checkpoint of a run's folder; false when there is none.</summary>
    /// <exception cref="TrainingException">It is damaged, or of a run with other settings, another model or other samples.</exception>
    public bool Resume(string runFolder) => RunCheckpoint.Load(runFolder, Fingerprint(), _parameters.Trained, _optimiser);

    /// <summary>Writes the result: a PEFT adapter folder of a LoRA run, else a whole Hugging Face folder.</summary>
    /// <param name="folder">Must not exist or be empty.</param>
    public void Export(string folder, ModelCard card)
    {
        if (Settings.Lora is { } lora) AdapterFolder.Write(folder, _opened.Folder, lora, _parameters, card);
        else ModelFolder.Write(folder, _opened.Folder, _parameters.Trained, card);
    }

    /// <summary>What a checkpoint must agree with to be gone on with.</summary>
    string Fingerprint() => RunFingerprint.Of(_opened.Folder, Settings, Steps, _items);

    Measured Finite(Measured measured) => measured.NotANumberAt is not { } place ? measured
        : throw new TrainingException($"step {Step + 1}: the loss is not a number, first at {place}. Lower the learning rate ({Settings.Rate.Peak:g3}), or look at that sample and at the model's weights (juxta doctor)");

    /// <summary>The items that the steps will read, each once.</summary>
    IEnumerable<TrainingItem> WillRead() => Enumerable.Range(0, checked(Steps * Settings.SamplesPerStep)).Select(place => _order.At(place)).Distinct().Order().Select(index => _items[index]);

    static string Places(IEnumerable<TrainingItem> items) => string.Join(", ", items.Select(item => item.Place).Distinct().Take(5));

    static void Check(TrainingSample sample, string place, DecoderShape shape)
    {
        foreach (int id in sample.Ids)
            if ((uint)id >= (uint)shape.Vocabulary) throw new TrainingException($"{place} has token id {id}, but the model's embedding has {shape.Vocabulary} rows: was it made with another tokenizer?");
        if (sample.Segments.Max(segment => segment.Length) > shape.ContextLength)
            throw new TrainingException($"{place} has a text of {sample.Segments.Max(segment => segment.Length)} tokens, but the model was made for {shape.ContextLength}; give a maximum length");
    }

    public void Dispose()
    {
        _optimiser.Dispose();
        _model.Dispose();
        _parameters.Dispose();
        _opened.Dispose();
    }
}
