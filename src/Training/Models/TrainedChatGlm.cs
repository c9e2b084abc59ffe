using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary><see cref="ChatGlmDecoder"/> on a tape: x = LayerNorm(h), h = a·x + f(x), two positions a token, prompt tokens that see one another.</summary>
internal sealed class TrainedChatGlm(ChatGlmDecoder decoder, ParameterSet parameters, WorkerPool pool) : TrainedModel(decoder.Ends, logitCap: 0, parameters, pool)
{
    readonly Layer[] _layers = [.. decoder.Stack.Select(layer => new Layer(layer, parameters))];
    readonly TrainedLayerNorm _last = new(decoder.FinalLayernorm, parameters);

    protected override IEnumerable<IDisposable> Owned => _layers;

    protected override Variable Hidden(Tape tape, Variable embedded, TrainingBatch batch, DropoutDraw? dropout)
    {
        Variable hidden = embedded;
        foreach (Layer layer in _layers) hidden = tape.Segment(hidden, input => layer.Of(tape, input, batch, dropout));
        return _last.Of(tape, hidden);
    }

    sealed class Layer(ChatGlmDecoder.Layer layer, ParameterSet parameters) : IDisposable
    {
        readonly TrainedLayerNorm _input = new(layer.InputLayernorm, parameters), _postAttention = new(layer.PostAttentionLayernorm, parameters);
        readonly TrainedModule _qkv = new(layer.Attention.QkvProj, parameters), _dense = new(layer.Attention.OProj, parameters);
        readonly TrainedModule _up = new(layer.Mlp.UpProj, parameters), _down = new(layer.Mlp.DownProj, parameters);
        readonly RotaryEmbedding _rotary = ((ChatGlmDecoder.TwoDimensionalRotary)layer.Attention.Rotary).Half;

        public Variable Of(Tape tape, Variable hidden, TrainingBatch batch, DropoutDraw? dropout)
        {
            Variable x = _input.Of(tape, hidden);
            hidden = Affine.Add(tape, ChatGlmDecoder.ResidualFactor, x, Attend(tape, x, batch, dropout));
            x = _postAttention.Of(tape, hidden);
            return Affine.Add(tape, ChatGlmDecoder.ResidualFactor, x, _down.Of(tape, Gate.Gelu(tape, _up.Of(tape, x, dropout)), dropout));
        }

        Variable Attend(Tape tape, Variable x, TrainingBatch batch, DropoutDraw? dropout)
        {
            AttentionConfig config = layer.Attention.Config;
            (Variable q, Variable k, Variable v) = Heads.Split(tape, _qkv.Of(tape, x, dropout), config);
            int[] places = batch.Places ?? throw new InvalidOperationException("a batch for ChatGLM-6B needs two positions for each token");
            Rotation.ApplyToHalves(tape, _rotary, q, config.HeadDim, batch.Positions, places);
            Rotation.ApplyToHalves(tape, _rotary, k, config.HeadDim, batch.Positions, places);
            return _dense.Of(tape, CausalAttention.Of(tape, batch.Segments, config, q, k, v), dropout);
        }

        public void Dispose()
        {
            foreach (TrainedModule module in (TrainedModule[])[_qkv, _dense, _up, _down]) module.Dispose();
        }
    }
}
