using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>The pass that trains a model: embedding, a family's own layers, head and loss, and all the way back.</summary>
internal abstract class TrainedModel : IDisposable
{
    readonly AdaptableModule _frozenEmbedding;
    readonly Parameter? _embedding;
    readonly TrainedModule? _head;
    readonly Weight _headWeight;
    readonly float _logitCap;
    readonly Tape _tape;

    protected TrainedModel((Embedding Embedding, LmHead Head) ends, float logitCap, ParameterSet parameters, WorkerPool pool)
    {
        (_frozenEmbedding, _logitCap, _tape) = (ends.Embedding.Module, logitCap, new Tape(pool));
        if (parameters.Trains(_frozenEmbedding.Path)) _embedding = parameters.Matrix([new(_frozenEmbedding.Path + ".weight", [_frozenEmbedding.Rows, _frozenEmbedding.Columns])], _frozenEmbedding.ReadRow);
        // A tied head follows the embedding where every weight is trained; with an adapter it stays the base's, or is a copy of its own.
        if (ends.Head.Module.TiedTo is null || (!parameters.Full && parameters.Trains(ends.Head.Module.Path))) _head = new TrainedModule(ends.Head.Linear, parameters);
        _headWeight = _head?.Weight ?? (parameters.Full ? new Weight(_embedding!) : new Weight(ends.Head.Linear.Weight));
    }

    /// <summary>Keep what layers compute for the way back, and do not compute it again: faster, at the price of memory, and the same to the bits.</summary>
    public bool KeepActivations { get => _tape.KeepSegments; set => _tape.KeepSegments = value; }

    /// <param name="parameters">Receives what is trained.</param>
    /// <exception cref="ModelFormatException">The family cannot be trained, or the settings name modules that it has not.</exception>
    public static TrainedModel Of(Decoder decoder, ParameterSet parameters, WorkerPool pool)
    {
        TrainedModel model = decoder switch
        {
            PreNormDecoder stack => new TrainedDecoder(stack, parameters, pool),
            ChatGlmDecoder glm => new TrainedChatGlm(glm, parameters, pool),
            _ => throw new ModelFormatException($"training: {decoder.GetType().Name} has no pass that trains"),
        };
        parameters.ThrowIfNothingNamed(decoder.Modules);
        return model;
    }

    /// <summary>The weighted sum of the losses; with <paramref name="back"/> its gradient is added to the parameters'.</summary>
    /// <param name="nats">One per token: receives the losses where there is a target.</param>
    /// <param name="dropout">What dropout leaves out; null = nothing.</param>
    /// <param name="weigh">Called between the losses and their gradients: gives the batch its weights, where those follow from the losses.</param>
    public double Loss(TrainingBatch batch, bool back, float[] nats, DropoutDraw? dropout = null, Action? weigh = null)
    {
        _tape.Clear();
        Variable embedded = _embedding is null ? Lookup.Of(_tape, batch.Ids, _frozenEmbedding) : Lookup.Of(_tape, batch.Ids, _embedding);
        Variable hidden = Hidden(_tape, embedded, batch, dropout);
        if (weigh is not null)
        {
            HeadLoss.Of(_tape, hidden, _headWeight, batch.Targets, batch.Weights, _logitCap, back: false, nats);
            weigh();
        }
        double loss = HeadLoss.Of(_tape, hidden, _headWeight, batch.Targets, batch.Weights, _logitCap, back, nats);
        if (back) _tape.Backward();
        return loss;
    }

    /// <summary>What the head reads. A layer goes through <see cref="Tape.Segment"/>: only what passes between layers is kept.</summary>
    protected abstract Variable Hidden(Tape tape, Variable embedded, TrainingBatch batch, DropoutDraw? dropout);

    protected abstract IEnumerable<IDisposable> Owned { get; }

    public void Dispose()
    {
        _tape.Dispose();
        if (_head is not null) _head.Dispose();
        else _headWeight.Dispose();
        foreach (IDisposable owned in Owned) owned.Dispose();
    }
}
