using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>y = x·Wᵀ. Back: dx = dy·W, dW = dyᵀ·x, each through the engine's own product: a sum over rows runs from the first to the last.</summary>
internal static class Product
{
    /// <param name="x">(rows, w.Columns)</param>
    /// <returns>(rows, w.Rows)</returns>
    public static Variable Of(Tape tape, Variable x, Weight w)
    {
        Variable y = tape.Variable(x.Rows, w.Rows);
        Into(tape, x, w, y);
        return y;
    }

    /// <summary>The same into y, which may be some columns of another.</summary>
    public static void Into(Tape tape, Variable x, Weight w, Variable y)
    {
        MatMul.Multiply(tape.Pool, w.Forward(tape.Pool), x.Value, y.Value);
        tape.Note(() =>
        {
            MatMul.MultiplyAdd(tape.Pool, w.Back(tape.Pool), y.Gradient, 1, x.Gradient);
            if (w.Parameter is { } parameter) AddOuter(tape.Pool, y.Gradient, x.Value, 1, parameter.Gradient);
        });
    }

    /// <summary>target += scale · aᵀ·b.</summary>
    /// <param name="a">(rows, target.Rows)</param>
    /// <param name="b">(rows, target.Columns)</param>
    public static unsafe void AddOuter(WorkerPool pool, Matrix a, Matrix b, float scale, Matrix target)
    {
        using PackedMatrix columns = Transpose.Pack(pool, b, transposed: true);
        using var turned = new AlignedBuffer((long)a.Rows * a.Columns * sizeof(float));
        var rows = new Matrix((float*)turned.Pointer, a.Columns, a.Rows);
        Transpose.Write(pool, a, rows);
        MatMul.MultiplyAdd(pool, columns, rows, scale, target);
    }
}
