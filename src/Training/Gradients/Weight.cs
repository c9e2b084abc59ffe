using Juxta.Engine.Kernels;

namespace Juxta.Training.Gradients;

/// <summary>
/// A weight of (outputs, inputs) as products need it: packed for the way forward, its transpose packed for the way back. A frozen one keeps the checkpoint's
/// type; a trained one is packed anew, in f32, whenever its parameter changed.
/// </summary>
internal sealed unsafe class Weight : IDisposable
{
    readonly PackedMatrix? _frozen;
    readonly Parameter? _numbers;
    PackedMatrix? _forward;
    PackedMatrix? _back;
    int _version = -1;

    /// <param name="frozen">Stays its owner's.</param>
    public Weight(PackedMatrix frozen) => (_frozen, Rows, Columns) = (frozen, frozen.Rows, frozen.Columns);

    /// <param name="trained">Whether training changes the numbers; else no gradient is added to them.</param>
    public Weight(Parameter numbers, bool trained = true) => (_numbers, Parameter, Rows, Columns) = (numbers, trained ? numbers : null, numbers.Rows, numbers.Columns);

    /// <summary>What training changes; null = frozen.</summary>
    public Parameter? Parameter { get; }

    public int Rows { get; }

    public int Columns { get; }

    public PackedMatrix Forward(WorkerPool pool)
    {
        if (_frozen is not null) return _frozen;
        Refresh();
        return _forward ??= Transpose.Pack(pool, _numbers!.Value, transposed: false);
    }

    /// <summary>The transpose, (inputs, outputs).</summary>
    public PackedMatrix Back(WorkerPool pool)
    {
        if (_frozen is not null) return _back ??= Transpose.OfPacked(pool, _frozen);
        Refresh();
        return _back ??= Transpose.Pack(pool, _numbers!.Value, transposed: true);
    }

    void Refresh()
    {
        if (_version == _numbers!.Version) return;
        _version = _numbers.Version;
        _forward?.Dispose();
        _back?.Dispose();
        (_forward, _back) = (null, null);
    }

    public void Dispose()
    {
        _forward?.Dispose();
        _back?.Dispose();
    }
}
