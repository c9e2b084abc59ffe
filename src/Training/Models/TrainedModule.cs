using Juxta.Engine.Layers;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>
/// One stacked linear layer of a model as training sees it: its weight, frozen or trained, its bias, and the low-rank changes of those of its modules that
/// an adapter names.
/// </summary>
internal sealed class TrainedModule : IDisposable
{
    readonly Linear _linear;
    readonly Weight _weight;
    readonly Parameter? _bias;
    readonly bool _full;
    readonly (LinearPart Part, LowRank Change)[] _changes;

    public TrainedModule(Linear linear, ParameterSet parameters)
    {
        _linear = linear;
        _full = parameters.Full;
        _weight = _full ? new Weight(parameters.Matrix([.. linear.Parts.Select(part => new NamedShape(part.Module.Path + ".weight", [part.Module.Rows, part.Module.Columns]))], ReadRow)) : new Weight(linear.Weight);
        if (linear.Bias is { } bias) _bias = parameters.Vector([.. linear.Parts.Select(part => new NamedShape(part.Module.Path + ".bias", [part.Module.Rows]))], bias, trained: _full);
        _changes = [.. linear.Parts.Select(part => (part, parameters.LowRank(part.Module))).Where(change => change.Item2 is not null).Select(change => (change.part, change.Item2!))];
    }

    public Weight Weight => _weight;

    public IReadOnlyList<LinearPart> Parts => _linear.Parts;

    /// <param name="seed">Of this pass's dropout; null = none.</param>
    public Variable Of(Tape tape, Variable x, ulong? seed)
    {
        Variable y = Product.Of(tape, x, _weight);
        if (_bias is not null) Affine.AddBias(tape, y, _bias, _full);
        foreach ((LinearPart part, LowRank change) in _changes)
            change.AddTo(tape, x, y.Part(part.FirstRow, part.Module.Rows), seed + ((ulong)part.Module.Index << 40));
        return y;
    }

    void ReadRow(int row, Span<float> target)
    {
        LinearPart part = _linear.Parts.Last(part => part.FirstRow <= row);
        part.Module.ReadRow(row - part.FirstRow, target);
    }

    public void Dispose()
    {
        _weight.Dispose();
        foreach ((_, LowRank change) in _changes) change.Dispose();
    }
}
