using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>
/// Reverse-mode differentiation (Linnainmaa 1970) over whole matrices: operations note how their gradient goes back, and <see cref="Backward"/> runs the
/// notes from the last to the first. Each operation is one file that holds both directions. Sums run in an order that does not depend on the number of
/// threads, so a training run has the same bits on one thread and on many.
/// </summary>
internal sealed class Tape(WorkerPool pool) : IDisposable
{
    readonly Workspace _memory = new();
    List<Action> _notes = [];

    public WorkerPool Pool { get; } = pool;

    /// <summary>Whether segments keep what they compute, as the rest does.</summary>
    public bool KeepSegments { get; set; }

    /// <summary>An uninitialised (rows, columns) matrix that lives until the tape is cleared, or the segment that made it has gone back.</summary>
    public Matrix Rent(int rows, int columns) => _memory.Rent(rows, columns);

    public Matrix RentZero(int rows, int columns)
    {
        Matrix matrix = Rent(rows, columns);
        for (int row = 0; row < rows; row++) matrix.Row(row).Clear();
        return matrix;
    }

    /// <summary>A place to come back to: see <see cref="Workspace"/>.</summary>
    public Workspace.Mark Hold() => _memory.Hold();

    public void Release(Workspace.Mark mark) => _memory.Release(mark);

    public Variable Variable(int rows, int columns) => new(this, Rent(rows, columns));

    /// <summary>Notes how an operation's gradient goes back: it reads its output's gradient and adds to its inputs'.</summary>
    public void Note(Action back) => _notes.Add(back);

    /// <summary>
    /// Runs part of a model without keeping what it computes inside: that is computed again when the gradient comes back (gradient checkpointing, Chen et al.
    /// 2016). The part must give the same output each time.
    /// </summary>
    public Variable Segment(Variable input, Func<Variable, Variable> part)
    {
        if (KeepSegments) return part(input);
        Variable output = Variable(input.Rows, input.Columns);
        Workspace.Mark mark = _memory.Hold();
        List<Action> outer = _notes;
        _notes = [];
        Copy(part(input).Value, output.Value);
        _notes = outer;
        _memory.Release(mark);
        Note(() =>
        {
            _ = input.Gradient; // rented below the mark: it outlives the segment
            Matrix gradient = output.Gradient;
            Workspace.Mark mark = _memory.Hold();
            List<Action> outer = _notes;
            _notes = [];
            Copy(gradient, part(input).Gradient);
            Backward();
            _notes = outer;
            _memory.Release(mark);
        });
        return output;
    }

    /// <summary>Takes the gradients back through everything noted, last first.</summary>
    public void Backward()
    {
        for (int i = _notes.Count - 1; i >= 0; i--) _notes[i]();
        _notes.Clear();
    }

    /// <summary>Forgets everything; its memory is used again.</summary>
    public void Clear()
    {
        _notes.Clear();
        _memory.Reset();
    }

    public void Dispose() => _memory.Dispose();

    void Copy(Matrix from, Matrix to) => Work.EachRow(Pool, from.Rows, row => from.Row(row).CopyTo(to.Row(row)));
}
