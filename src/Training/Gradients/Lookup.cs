using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Training.Gradients;

/// <summary>Token ids → rows of the embedding. Back: each row's gradient is added to its id's, in the order of the text.</summary>
internal static class Lookup
{
    /// <summary>From a table that is not trained: nothing goes back.</summary>
    public static Variable Of(Tape tape, IReadOnlyList<int> ids, AdaptableModule frozen)
    {
        Variable rows = tape.Variable(ids.Count, frozen.Columns);
        for (int i = 0; i < ids.Count; i++) frozen.ReadRow(ids[i], rows.Value.Row(i));
        return rows;
    }

    /// <param name="table">(vocabulary, channels)</param>
    public static Variable Of(Tape tape, IReadOnlyList<int> ids, Parameter table)
    {
        Variable rows = tape.Variable(ids.Count, table.Columns);
        for (int i = 0; i < ids.Count; i++) table.Value.Row(ids[i]).CopyTo(rows.Value.Row(i));
        tape.Note(() =>
        {
            Matrix gradient = rows.Gradient;
            for (int i = 0; i < ids.Count; i++) Elementwise.Add(gradient.Row(i), table.Gradient.Row(ids[i]));
        });
        return rows;
    }
}
