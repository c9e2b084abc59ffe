using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>Computes rows together where no adapter tells them apart.</summary>
internal static class AdaptedRows
{
    /// <param name="x">(rows, …).</param>
    /// <param name="module">Index of the module in the base's table.</param>
    /// <param name="compute">What becomes of rows on which these adapters act.</param>
    public static Tensor Map(IReadOnlyList<AdapterRun> runs, Tensor x, int module, Func<AdapterSet, Tensor, Tensor> compute) =>
        runs.All(run => run.Adapters.Entries.All(entry => entry.Adapter.Delta(module) is null))
            ? compute(AdapterSet.None, x)
            : cat([.. runs.Select(run => compute(run.Adapters, x.narrow(0, run.FirstRow, run.Rows)))]);
}
