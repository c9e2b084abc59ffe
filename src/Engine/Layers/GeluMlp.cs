using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>down(gelu(up x)), GELU in its tanh form: the feed-forward layer before gates (GPT-2, ChatGLM-6B).</summary>
internal sealed class GeluMlp(Linear upProj, Linear downProj)
{
    public Linear UpProj => upProj;

    public Linear DownProj => downProj;

    public void Forward(Step step, Matrix x, Matrix y)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        Matrix up = step.Rent(upProj.Outputs);
        upProj.Forward(step.Pool, step.Workspace, step.Runs, x, up);
        Activation.GeluTanh(step.Pool, up, up);
        downProj.Forward(step.Pool, step.Workspace, step.Runs, up, y);
        step.Workspace.Release(mark);
    }
}
