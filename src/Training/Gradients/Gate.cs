using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>The bent parts of feed-forward layers: y = f(gate)∘up, or f(x) alone, with f SiLU or GELU in its tanh form. Back by f′.</summary>
internal static class Gate
{
    /// <summary>f(gate)∘up (Shazeer 2020).</summary>
    public static Variable Of(Tape tape, Variable gate, Variable up, GateActivation activation)
    {
        Variable y = tape.Variable(gate.Rows, gate.Columns);
        if (activation == GateActivation.Silu) Activation.SiluMultiply(tape.Pool, gate.Value, up.Value, y.Value);
        else Activation.GeluTanhMultiply(gate.Value, up.Value, y.Value);
        tape.Note(() =>
        {
            Matrix dy = y.Gradient, dGate = gate.Gradient, dUp = up.Gradient;
            Work.EachRow(tape.Pool, y.Rows, row =>
            {
                ReadOnlySpan<float> gates = gate.Value.Row(row), ups = up.Value.Row(row), gradients = dy.Row(row);
                Span<float> toGate = dGate.Row(row), toUp = dUp.Row(row);
                for (int i = 0; i < gradients.Length; i++)
                {
                    (float value, float slope) = activation == GateActivation.Silu ? Silu(gates[i]) : GeluTanh(gates[i]);
                    toGate[i] += gradients[i] * ups[i] * slope;
                    toUp[i] += gradients[i] * value;
                }
            });
        });
        return y;
    }

    /// <summary>GELU in its tanh form (Hendrycks and Gimpel 2016).</summary>
    public static Variable Gelu(Tape tape, Variable x)
    {
        Variable y = tape.Variable(x.Rows, x.Columns);
        Work.EachRow(tape.Pool, x.Rows, row => Activation.GeluTanh(x.Value.Row(row), y.Value.Row(row)));
        tape.Note(() =>
        {
            Matrix dy = y.Gradient, dx = x.Gradient;
            Work.EachRow(tape.Pool, x.Rows, row =>
            {
                ReadOnlySpan<float> values = x.Value.Row(row), gradients = dy.Row(row);
                Span<float> target = dx.Row(row);
                for (int i = 0; i < target.Length; i++) target[i] += gradients[i] * GeluTanh(values[i]).Slope;
            });
        });
        return y;
    }

    /// <summary>x·σ(x) and σ(x)·(1 + x·(1 − σ(x))).</summary>
    static (float Value, float Slope) Silu(float x)
    {
        float sigmoid = 1 / (1 + MathF.Exp(-x));
        return (x * sigmoid, sigmoid * (1 + (x * (1 - sigmoid))));
    }

    static (float Value, float Slope) GeluTanh(float x)
    {
        const float root = 0.7978845608f, cubic = 0.044715f;
        float tanh = MathF.Tanh(root * (x + (cubic * x * x * x)));
        float inner = root * (1 + (3 * cubic * x * x));
        return (0.5f * x * (1 + tanh), (0.5f * (1 + tanh)) + (0.5f * x * (1 - (tanh * tanh)) * inner));
    }
}
