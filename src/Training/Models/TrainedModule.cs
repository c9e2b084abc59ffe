using Juxta.Engine.Layers;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>
/// One stacked linear layer of a model as training sees it: its weight and bias, frozen or trained, and the low-rank changes of those of its modules that an
/// adapter names. Where some of its modules are trained whole and others are not, each is a block of its own.
/// </summary>
internal sealed class TrainedModule : IDisposable
{
    readonly Block[] _blocks;
    readonly int _outputs;
    readonly (LinearPart Part, LowRank Change)[] _changes;

    public TrainedModule(Linear linear, ParameterSet parameters)
    {
        _outputs = linear.Outputs;
        bool[] trained = [.. linear.Parts.Select(part => parameters.Trains(part.Module.Path))];
        _blocks = trained.Distinct().Count() == 1
            ? [new Block(linear, linear.Parts, parameters, trained[0])]
            : [.. linear.Parts.Select((part, i) => new Block(linear, [part], parameters, trained[i]))];
        _changes = [.. linear.Parts.Select(part => (part, parameters.LowRank(part.Module))).Where(change => change.Item2 is not null).Select(change => (change.part, change.Item2!))];
    }

    /// <summary>Of a layer of one module.</summary>
    public Weight Weight => _blocks[0].Weight;

    /// <param name="dropout">What dropout leaves out in this pass; null = nothing.</param>
    public Variable Of(Tape tape, Variable x, DropoutDraw? dropout)
    {
        Variable y = tape.Variable(x.Rows, _outputs);
        foreach (Block block in _blocks) block.Apply(tape, x, y);
        foreach ((LinearPart part, LowRank change) in _changes) change.AddTo(tape, x, y.Part(part.FirstRow, part.Module.Rows), dropout?.For(part.Module.Index));
        return y;
    }

    public void Dispose()
    {
        foreach (Block block in _blocks) block.Dispose();
        foreach ((_, LowRank change) in _changes) change.Dispose();
    }

    /// <summary>Neighbouring modules that are all trained, or all frozen.</summary>
    sealed class Block : IDisposable
    {
        readonly int _firstRow;
        readonly Parameter? _bias;
        readonly bool _trained;

        public Block(Linear linear, IReadOnlyList<LinearPart> parts, ParameterSet parameters, bool trained)
        {
            (_firstRow, _trained) = (parts[0].FirstRow, trained);
            NamedShape[] weights = [.. parts.Select(part => new NamedShape(part.Module.Path + ".weight", [part.Module.Rows, part.Module.Columns]))];
            int rows = weights.Sum(weight => weight.Shape[0]);
            if (trained) Weight = new Weight(parameters.Matrix(weights, ReadRow));
            else if (parts.Count == linear.Parts.Count) Weight = new Weight(linear.Weight);
            else Weight = new Weight(parameters.Frozen(weights, ReadRow), trained: false);
            if (linear.Bias is { } bias) _bias = parameters.Vector([.. parts.Select(part => new NamedShape(part.Module.Path + ".bias", [part.Module.Rows]))], bias[_firstRow..(_firstRow + rows)], trained);

            void ReadRow(int row, Span<float> target)
            {
                LinearPart part = parts.Last(part => part.FirstRow <= _firstRow + row);
                part.Module.ReadRow(_firstRow + row - part.FirstRow, target);
            }
        }

        public Weight Weight { get; }

        public void Apply(Tape tape, Variable x, Variable y)
        {
            Variable own = y.Part(_firstRow, Weight.Rows);
            Product.Into(tape, x, Weight, own);
            if (_bias is not null) Affine.AddBias(tape, own, _bias, _trained);
        }

        public void Dispose() => Weight.Dispose();
    }
}
