using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>
/// The pre-norm residual block that most families share: h += attention(norm(h)); h += mlp(norm(h)). Some norm what a sub-layer gives too, before it is
/// added ("sandwich" norms: Gemma 2, GLM-4-0414).
/// </summary>
/// <param name="attentionNorm">Before attention.</param>
/// <param name="mlpNorm">Before the MLP.</param>
/// <param name="afterAttention">On attention's output, or null.</param>
/// <param name="afterMlp">On the MLP's output, or null.</param>
internal sealed class DecoderLayer(
    RmsNorm attentionNorm, SelfAttention selfAttn, RmsNorm mlpNorm, GatedMlp mlp, RmsNorm? afterAttention = null, RmsNorm? afterMlp = null)
{
    public RmsNorm AttentionNorm => attentionNorm;

    public SelfAttention SelfAttn => selfAttn;

    public RmsNorm MlpNorm => mlpNorm;

    public GatedMlp Mlp => mlp;

    public RmsNorm? AfterAttention => afterAttention;

    public RmsNorm? AfterMlp => afterMlp;

    /// <param name="hidden">(tokens, hidden), changed in place.</param>
    public void Forward(Step step, Matrix hidden)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        Matrix x = step.Rent(hidden.Columns), y = step.Rent(hidden.Columns);
        attentionNorm.Forward(step.Pool, step.Runs, hidden, x);
        selfAttn.Forward(step, x, y);
        afterAttention?.Forward(step.Pool, step.Runs, y, y);
        Residual.Add(hidden, y);
        mlpNorm.Forward(step.Pool, step.Runs, hidden, x);
        mlp.Forward(step, x, y);
        afterMlp?.Forward(step.Pool, step.Runs, y, y);
        Residual.Add(hidden, y);
        step.Workspace.Release(mark);
    }
}
