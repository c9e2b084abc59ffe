using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>A matrix as a checkpoint stores it: plain numbers, or integers with a scale a row. It owns nothing.</summary>
internal readonly struct StoredMatrix
{
    readonly TensorView? _plain;
    readonly QuantisedView? _quantised;

    public StoredMatrix(TensorView plain) => _plain = plain;

    public StoredMatrix(QuantisedView quantised) => _quantised = quantised;

    /// <summary>The numbers, or null where they are quantised.</summary>
    public TensorView? Plain => _plain;

    /// <summary>The integers, or null where there are none.</summary>
    public QuantisedView? Quantised => _quantised;

    public int Rows => _quantised?.Rows ?? _plain!.Value.Rows;

    /// <summary>Weights of a row.</summary>
    public int Columns => _quantised?.Columns ?? _plain!.Value.Columns;

    /// <summary>Widens a row to f32.</summary>
    public void ReadRow(int row, Span<float> destination)
    {
        if (_quantised is { } quantised) quantised.ReadRow(row, destination);
        else _plain!.Value.ReadRow(row, destination);
    }

    /// <summary>The tensors it consists of.</summary>
    public IEnumerable<TensorView> Tensors => _quantised is { } quantised ? [quantised.Values, quantised.Scales] : [_plain!.Value];

    public override string ToString() => _quantised?.ToString() ?? _plain!.Value.ToString();
}
