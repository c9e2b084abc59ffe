using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>Numbers that training changes, f32, with the gradient of the loss after them.</summary>
internal sealed unsafe class Parameter : IDisposable
{
    readonly AlignedBuffer _value;
    readonly AlignedBuffer _gradient;

    /// <param name="tensors">What it holds, one tensor after the other.</param>
    /// <param name="decays">Whether weight decay acts on it: on matrices, not on norms and biases.</param>
    public Parameter(IReadOnlyList<NamedShape> tensors, int rows, int columns, bool decays)
    {
        (Tensors, Rows, Columns, Decays) = (tensors, rows, columns, decays);
        _value = new AlignedBuffer((long)rows * columns * sizeof(float));
        _gradient = new AlignedBuffer((long)rows * columns * sizeof(float));
    }

    /// <summary>The checkpoint's tensors that it holds, one after the other: q, k and v are one parameter.</summary>
    public IReadOnlyList<NamedShape> Tensors { get; }

    public string Name => Tensors[0].Name;

    public int Rows { get; }

    public int Columns { get; }

    public bool Decays { get; }

    public long Count => (long)Rows * Columns;

    /// <summary>(Rows, Columns), rows without gaps.</summary>
    public Matrix Value => new((float*)_value.Pointer, Rows, Columns);

    /// <summary>Added to by every backward pass until cleared.</summary>
    public Matrix Gradient => new((float*)_gradient.Pointer, Rows, Columns);

    /// <summary>Rose each time the values changed: packed copies look at it.</summary>
    public int Version { get; private set; }

    /// <summary>To be called after changing values.</summary>
    public void Changed() => Version++;

    /// <summary>All numbers, row after row.</summary>
    public Span<float> Values => new(_value.Pointer, checked((int)Count));

    public void Dispose()
    {
        _value.Dispose();
        _gradient.Dispose();
    }
}

/// <summary>A tensor of a checkpoint.</summary>
internal readonly record struct NamedShape(string Name, int[] Shape)
{
    public int Count => Shape.Aggregate(1, (product, n) => checked(product * n));
}
