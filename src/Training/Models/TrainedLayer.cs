using Juxta.Engine;
using Juxta.Engine.Layers;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary><see cref="DecoderLayer"/> on a tape: h += attention(norm(h)); h += mlp(norm(h)), with the norms after each where a family has them.</summary>
internal sealed class TrainedLayer(DecoderLayer layer, ParameterSet parameters) : IDisposable
{
    readonly TrainedNorm _attentionNorm = new(layer.AttentionNorm, parameters), _mlpNorm = new(layer.MlpNorm, parameters);
    readonly TrainedNorm? _qNorm = Optional(layer.SelfAttn.QNorm, parameters), _kNorm = Optional(layer.SelfAttn.KNorm, parameters);
    readonly TrainedNorm? _afterAttention = Optional(layer.AfterAttention, parameters), _afterMlp = Optional(layer.AfterMlp, parameters);
    readonly TrainedModule _qkv = new(layer.SelfAttn.QkvProj, parameters), _o = new(layer.SelfAttn.OProj, parameters);
    readonly TrainedModule _gateUp = new(layer.Mlp.GateUpProj, parameters), _down = new(layer.Mlp.DownProj, parameters);

    readonly RotaryEmbedding _rotary = layer.SelfAttn.Rotary as RotaryEmbedding
        ?? throw new ModelFormatException($"training {layer.SelfAttn.QkvProj.Parts[0].Module.Path}: this kind of position embedding has no way back yet");

    public Variable Of(Tape tape, Variable hidden, TrainingBatch batch, DropoutDraw? dropout)
    {
        Variable attended = Attend(tape, _attentionNorm.Of(tape, hidden), batch, dropout);
        hidden = Affine.Add(tape, 1, _afterAttention?.Of(tape, attended) ?? attended, hidden);
        Variable fed = Feed(tape, _mlpNorm.Of(tape, hidden), dropout);
        return Affine.Add(tape, 1, _afterMlp?.Of(tape, fed) ?? fed, hidden);
    }

    Variable Attend(Tape tape, Variable x, TrainingBatch batch, DropoutDraw? dropout)
    {
        AttentionConfig config = layer.SelfAttn.Config;
        (Variable q, Variable k, Variable v) = Heads.Split(tape, _qkv.Of(tape, x, dropout), config);
        if (_qNorm is not null) q = _qNorm.Of(tape, q);
        if (_kNorm is not null) k = _kNorm.Of(tape, k);
        Rotation.Apply(tape, _rotary, q, config.HeadDim, batch.Positions);
        Rotation.Apply(tape, _rotary, k, config.HeadDim, batch.Positions);
        return _o.Of(tape, CausalAttention.Of(tape, batch.Segments, config, q, k, v), dropout);
    }

    Variable Feed(Tape tape, Variable x, DropoutDraw? dropout)
    {
        Variable gateUp = _gateUp.Of(tape, x, dropout);
        int width = layer.Mlp.Intermediate;
        return _down.Of(tape, Gate.Of(tape, gateUp.Part(0, width), gateUp.Part(width, width), layer.Mlp.Activation), dropout);
    }

    static TrainedNorm? Optional(RmsNorm? norm, ParameterSet parameters) => norm is null ? null : new TrainedNorm(norm, parameters);

    public void Dispose()
    {
        foreach (TrainedModule module in (TrainedModule[])[_qkv, _o, _gateUp, _down]) module.Dispose();
    }
}
