using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>Leaves the weights in their mapped files and reads rows there: enough to judge and to merge.</summary>
internal sealed class FilePlace : IWeightPlace
{
    public bool Computes => false;

    public RowReader Take(string path, IReadOnlyList<StoredMatrix> weights) => (row, target) => ReadStacked(weights, row, target);

    static void ReadStacked(IReadOnlyList<StoredMatrix> weights, int row, Span<float> target)
    {
        foreach (StoredMatrix weight in weights)
        {
            if (row < weight.Rows)
            {
                weight.ReadRow(row, target);
                return;
            }
            row -= weight.Rows;
        }
    }
}
