using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>Numbers that training changes, f32, with the gradient of the loss after them.</summary>
internal sealed unsafe class Parameter : IDisposable
{
    readonly AlignedBuffer _value;
    readonly AlignedBuffer _gradient;

    /// <param name="name">Unique among a model's parameters: its place in a checkpoint of the run.</param>
    /// <param name="decays">Whether weight decay acts on it: on matrices, not on norms and biases.</param>
    public Parameter(string name, int rows, int columns, bool decays)
    {
        (Name, Rows, Columns, Decays) = (name, rows, columns, decays);
        _value = new AlignedBuffer((long)rows * columns * sizeof(float));
        _gradient = new AlignedBuffer((long)rows * columns * sizeof(float));
    }

    public string Name { get; }

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

    public void ClearGradient()
    {
        for (int row = 0; row < Rows; row++) Gradient.Row(row).Clear();
    }

    public void Dispose()
    {
        _value.Dispose();
        _gradient.Dispose();
    }
}
