using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>down(silu(gate x) ∘ up x) (Shazeer 2020), gate and up stacked into one weight.</summary>
internal sealed class SwiGluMlp(int intermediate, Linear gateUpProj, Linear downProj)
{
    public void Forward(Step step, Matrix x, Matrix y)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        Matrix gateUp = step.Rent(2 * intermediate);
        gateUpProj.Forward(step.Pool, step.Workspace, step.Runs, x, gateUp);
        Matrix gate = gateUp.ColumnRange(0, intermediate), up = gateUp.ColumnRange(intermediate, intermediate);
        Activation.SiluMultiply(step.Pool, gate, up, gate);
        downProj.Forward(step.Pool, step.Workspace, step.Runs, gate, y);
        step.Workspace.Release(mark);
    }
}
