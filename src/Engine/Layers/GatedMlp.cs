using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>What bends the gate of a gated MLP.</summary>
internal enum GateActivation
{
    /// <summary>x · sigmoid(x): SwiGLU.</summary>
    Silu,

    /// <summary>GELU in its tanh form: GeGLU.</summary>
    GeluTanh,
}

/// <summary>down(activation(gate x) ∘ up x) (Shazeer 2020), gate and up stacked into one weight.</summary>
internal sealed class GatedMlp(int intermediate, Linear gateUpProj, Linear downProj, GateActivation activation = GateActivation.Silu)
{
    /// <summary>Width of gate and of up.</summary>
    public int Intermediate => intermediate;

    public Linear GateUpProj => gateUpProj;

    public Linear DownProj => downProj;

    public GateActivation Activation => activation;

    public void Forward(Step step, Matrix x, Matrix y)
    {
        Workspace.Mark mark = step.Workspace.Hold();
        Matrix gateUp = step.Rent(2 * intermediate);
        gateUpProj.Forward(step.Pool, step.Workspace, step.Runs, x, gateUp);
        Matrix gate = gateUp.ColumnRange(0, intermediate), up = gateUp.ColumnRange(intermediate, intermediate);
        if (activation == GateActivation.Silu) Kernels.Activation.SiluMultiply(step.Pool, gate, up, gate);
        else Kernels.Activation.GeluTanhMultiply(gate, up, gate);
        downProj.Forward(step.Pool, step.Workspace, step.Runs, gate, y);
        step.Workspace.Release(mark);
    }
}
