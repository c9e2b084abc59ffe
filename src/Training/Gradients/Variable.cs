using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>A matrix of activations on a <see cref="Tape"/> with the gradient of the loss after it, once that has come back so far.</summary>
internal sealed class Variable
{
    readonly Tape _tape;
    readonly Variable? _whole;
    readonly int _firstColumn;
    Matrix _gradient;

    public Variable(Tape tape, Matrix value) => (_tape, Value) = (tape, value);

    Variable(Variable whole, int firstColumn, int columns)
    {
        (_tape, _whole, _firstColumn) = (whole._tape, whole, firstColumn);
        Value = whole.Value.ColumnRange(firstColumn, columns);
    }

    public Matrix Value { get; }

    public int Rows => Value.Rows;

    public int Columns => Value.Columns;

    /// <summary>Of the same shape, zero when first asked for; what reads the value adds to it.</summary>
    public Matrix Gradient
    {
        get
        {
            if (_whole is not null) return _whole.Gradient.ColumnRange(_firstColumn, Columns);
            if (_gradient.Rows == 0 && Rows > 0) _gradient = _tape.RentZero(Rows, Columns);
            return _gradient;
        }
    }

    /// <summary>Some columns, sharing value and gradient with the whole.</summary>
    public Variable Part(int firstColumn, int columns) => new(this, firstColumn, columns);
}
