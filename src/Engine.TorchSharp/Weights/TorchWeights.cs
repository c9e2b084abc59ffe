using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Weights;

/// <summary>The checkpoint's matrices on the device, in the type that is computed in. Modules with the same input share one, as in the engine's layers.</summary>
internal sealed class TorchWeights(Compute compute) : IWeightPlace, IDisposable
{
    readonly Dictionary<string, Tensor> _byPath = new(StringComparer.Ordinal);

    public bool Computes => true;

    /// <summary>Bytes on the device.</summary>
    public long Bytes { get; private set; }

    /// <summary>(outputs, inputs) of the module, or of the modules that are stacked below it; an embedding's is (vocabulary, channels).</summary>
    public Tensor Of(AdaptableModule first) => _byPath[first.TiedTo ?? first.Path];

    public RowReader Take(string path, IReadOnlyList<StoredMatrix> weights)
    {
        if (weights.Count == 0) return (_, _) => { }; // it is missing, and the binder will say so
        int columns = Columns(weights[0]);
        Tensor all = empty([weights.Sum(weight => (long)weight.Rows), columns], compute.Type, compute.Device);
        _byPath.Add(path, all);
        Bytes += all.NumberOfElements * all.ElementSize;
        long first = 0;
        foreach (StoredMatrix weight in weights)
        {
            Put(weight, all, first);
            first += weight.Rows;
        }
        return new RowWindow(all).Read;
    }

    void Put(StoredMatrix weight, Tensor all, long first)
    {
        if (weight.Plain is { } plain)
        {
            Compute.Copy(plain, all, first);
            return;
        }
        using Tensor widened = compute.Rows(weight.Rows, Columns(weight), weight.ReadRow), rows = all.narrow(0, first, weight.Rows);
        rows.copy_(widened);
    }

    static int Columns(StoredMatrix weight) => weight.Plain?.Columns ?? weight.Quantised!.Value.Columns;

    public void Dispose()
    {
        foreach (Tensor weight in _byPath.Values) weight.Dispose();
        _byPath.Clear();
    }
}
