using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>The same stack as <see cref="PreNormDecoder"/>, layer by layer from the engine's own description, so every family built on it can be trained.</summary>
internal sealed class TrainedDecoder(PreNormDecoder decoder, ParameterSet parameters, WorkerPool pool) : TrainedModel(decoder.Ends, decoder.LogitCap, parameters, pool)
{
    readonly TrainedLayer[] _layers = [.. decoder.Stack.Select(layer => new TrainedLayer(layer, parameters))];
    readonly TrainedNorm _norm = new(decoder.Norm, parameters);

    protected override IEnumerable<IDisposable> Owned => _layers;

    protected override Variable Hidden(Tape tape, Variable embedded, TrainingBatch batch, DropoutDraw? dropout)
    {
        Variable hidden = decoder.EmbeddingScale == 1 ? embedded : Affine.Scale(tape, decoder.EmbeddingScale, embedded);
        foreach (TrainedLayer layer in _layers) hidden = tape.Segment(hidden, input => layer.Of(tape, input, batch, dropout));
        return _norm.Of(tape, hidden);
    }
}
