using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>The pre-norm residual block that most families share: h += attention(norm(h)); h += mlp(norm(h)).</summary>
internal sealed class DecoderLayer(RmsNorm inputLayerNorm, SelfAttention selfAttn, RmsNorm postAttentionLayerNorm, SwiGluMlp mlp)
{
    /// <param name="hidden">(tokens, hidden), changed in place.</param>
    public void Forward(Step step, Matrix hidden)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        Matrix x = step.Rent(hidden.Columns), y = step.Rent(hidden.Columns);
        inputLayerNorm.Forward(step.Pool, step.Runs, hidden, x);
        selfAttn.Forward(step, x, y);
        Residual.Add(hidden, y);
        postAttentionLayerNorm.Forward(step.Pool, step.Runs, hidden, x);
        mlp.Forward(step, x, y);
        Residual.Add(hidden, y);
        step.Workspace.Release(mark);
    }
}
