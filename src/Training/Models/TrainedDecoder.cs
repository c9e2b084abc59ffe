using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>
/// The pass that trains: the same stack as <see cref="PreNormDecoder"/>, layer by layer from the engine's own description of it, so every family built on that
/// stack can be trained. Activations inside a layer are computed again on the way back; only what passes between layers is kept.
/// </summary>
internal sealed class TrainedDecoder : IDisposable
{
    readonly PreNormDecoder _decoder;
    readonly Parameter? _embedding;
    readonly TrainedModule? _head;
    readonly Weight _headWeight;
    readonly TrainedLayer[] _layers;
    readonly TrainedNorm _norm;
    readonly Tape _tape;

    public TrainedDecoder(PreNormDecoder decoder, ParameterSet parameters, WorkerPool pool)
    {
        _decoder = decoder;
        _tape = new Tape(pool);
        AdaptableModule embedding = decoder.Embedding.Module;
        if (parameters.Full) _embedding = parameters.Matrix(embedding.Path, embedding.Rows, embedding.Columns, embedding.ReadRow);
        if (decoder.Head.Module.TiedTo is null) _head = new TrainedModule(decoder.Head.Linear, parameters);
        _headWeight = _head?.Weight ?? (_embedding is not null ? new Weight(_embedding) : new Weight(decoder.Head.Linear.Weight));
        _layers = [.. decoder.Stack.Select(layer => new TrainedLayer(layer, parameters))];
        _norm = new TrainedNorm(decoder.Norm, parameters);
        parameters.ThrowIfNothingNamed(decoder.Modules);
    }

    /// <summary>The weighted sum of the losses; with <paramref name="back"/> its gradient is added to the parameters'.</summary>
    /// <param name="nats">One per token: receives the losses where there is a target.</param>
    /// <param name="dropout">Seed of this pass's dropout; null = none.</param>
    public double Loss(TrainingBatch batch, bool back, Span<float> nats, ulong? dropout = null)
    {
        _tape.Clear();
        Variable hidden = _embedding is null ? Lookup.Of(_tape, batch.Ids, _decoder.Embedding.Module) : Lookup.Of(_tape, batch.Ids, _embedding);
        if (_decoder.EmbeddingScale != 1) hidden = Affine.Scale(_tape, _decoder.EmbeddingScale, hidden);
        foreach (TrainedLayer layer in _layers) hidden = _tape.Segment(hidden, input => layer.Of(_tape, input, batch, dropout));
        hidden = _norm.Of(_tape, hidden);
        double loss = HeadLoss.Of(_tape, hidden, _headWeight, batch.Targets, batch.Weights, _decoder.LogitCap, back, nats);
        if (back) _tape.Backward();
        return loss;
    }

    public void Dispose()
    {
        _tape.Dispose();
        if (_head is not null) _head.Dispose();
        else _headWeight.Dispose();
        foreach (TrainedLayer layer in _layers) layer.Dispose();
    }
}
