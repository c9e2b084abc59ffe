using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Models;
using Juxta.Training.Models;
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
            _optimiser = new AdamW(_parameters.Trained, settings.Optimiser);
        }
        catch
        {
            _parameters.Dispose();
            opened.Dispose();
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
            foreach (TrainingItem item in items.Concat(heldOut)) Check(item, opened.Decoder.Shape);
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
        IReadOnlyList<double[]> weights = LossWeights.Of([.. items.Select(item => item.Sample)], Settings.Averaging);
        double loss = 0;
        int pass = 0, lossTokens = 0;
        foreach (Range range in Passes(items))
        {
            cancel.ThrowIfCancellationRequested();
            TrainingItem[] own = items[range];
            TrainingBatch batch = TrainingBatch.Of([.. own.Select(item => item.Sample)], [.. weights.Take(range)]);
            float[] nats = new float[batch.Ids.Length];
            double part = _model.Loss(batch, back: true, nats, dropout: Settings.Seed + ((ulong)(uint)Step << 24) + (ulong)(uint)pass++);
            if (!double.IsFinite(part)) throw NotANumber(own, batch, nats);
            loss += part;
            lossTokens += batch.Targets.Count(target => target != TrainingSample.NoLoss);
        }
        double norm = GradientNorm.Of(_parameters.Trained);
        if (!double.IsFinite(norm)) throw new TrainingException($"step {Step + 1}: the gradient is not a number though the loss is {loss:g4}; lower the learning rate ({Settings.Rate.Peak:g3}) or look for damaged weights. The samples were {Places(items)}");
        double rate = Settings.Rate.At(Step, Steps);
        _optimiser.Step(_opened.Pool, rate, GradientNorm.ClipFactor(norm, Settings.LongestGradient));
        bool measure = _heldOut.Count > 0 && (Step == Steps || (Settings.EvaluateEvery > 0 && Step % Settings.EvaluateEvery == 0));
        return new TrainingStep(Step, Steps, loss, rate, norm, items.Sum(item => item.Sample.Length), lossTokens, Stopwatch.GetElapsedTime(start).TotalSeconds)
        {
            HeldOutLoss = measure ? HeldOutLoss(cancel) : null,
        };
    }

    /// <summary>Mean loss over all tokens with loss of the held-out samples, nats.</summary>
    public double HeldOutLoss(CancellationToken cancel = default)
    {
        TrainingItem[] items = [.. _heldOut];
        IReadOnlyList<double[]> weights = LossWeights.Of([.. items.Select(item => item.Sample)], LossAveraging.PerToken);
        double loss = 0;
        foreach (Range range in Passes(items))
        {
            cancel.ThrowIfCancellationRequested();
            TrainingBatch batch = TrainingBatch.Of([.. items[range].Select(item => item.Sample)], [.. weights.Take(range)]);
            loss += _model.Loss(batch, back: false, new float[batch.Ids.Length]);
        }
        return loss;
    }

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

    /// <summary>Consecutive samples, as many as fit into a pass; at least one.</summary>
    IEnumerable<Range> Passes(TrainingItem[] items)
    {
        int first = 0, tokens = 0;
        for (int i = 0; i < items.Length; i++)
        {
            if (i > first && tokens + items[i].Sample.Length > Settings.TokensPerPass)
            {
                yield return first..i;
                (first, tokens) = (i, 0);
            }
            tokens += items[i].Sample.Length;
        }
        if (first < items.Length) yield return first..items.Length;
    }

    TrainingException NotANumber(TrainingItem[] items, TrainingBatch batch, float[] nats)
    {
        int token = Array.FindIndex(nats, value => !float.IsFinite(value)), start = 0;
        TrainingItem? worst = items.FirstOrDefault(item => token < (start += item.Sample.Length));
        return new TrainingException($"step {Step + 1}: the loss is not a number, first at {worst?.Place ?? Places(items)}. Lower the learning rate ({Settings.Rate.Peak:g3}), or look at that sample and at the model's weights (juxta doctor)");
    }

    static string Places(IEnumerable<TrainingItem> items) => string.Join(", ", items.Select(item => item.Place).Distinct().Take(5));

    static void Check(TrainingItem item, DecoderShape shape)
    {
        foreach (int id in item.Sample.Ids)
            if ((uint)id >= (uint)shape.Vocabulary) throw new TrainingException($"{item.Place} has token id {id}, but the model's embedding has {shape.Vocabulary} rows: was it made with another tokenizer?");
        if (item.Sample.Segments.Max(segment => segment.Length) > shape.ContextLength)
            throw new TrainingException($"{item.Place} has a text of {item.Sample.Segments.Max(segment => segment.Length)} tokens, but the model was made for {shape.ContextLength}; give a maximum length");
    }

    public void Dispose()
    {
        _optimiser.Dispose();
        _model.Dispose();
        _parameters.Dispose();
        _opened.Dispose();
    }
}
