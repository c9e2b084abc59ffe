using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>y = (x − mean) / √(variance + ε) ∘ w + b (Ba et al. 2016), each row with its adapters' weight and bias.</summary>
internal sealed class LayerNorm(AdaptableModule module, float[] weight, float[] bias, float epsilon)
{
    public AdaptableModule Module => module;

    public float[] Weight => weight;

    public float[] Bias => bias;

    public float Epsilon => epsilon;

    public void Forward(WorkerPool pool, List<AdapterRun> runs, Matrix x, Matrix y)
    {
        foreach (AdapterRun run in runs)
        {
            float[] ownWeight = weight, ownBias = bias;
            foreach ((LoraAdapter adapter, _) in run.Adapters.Entries)
            {
                if (adapter.Delta(module.Index) is not { } delta) continue;
                ownWeight = delta.NormWeight ?? ownWeight;
                ownBias = delta.Bias ?? ownBias;
            }
            Norm.Layer(pool, x.RowRange(run.FirstRow, run.Rows), ownWeight, ownBias, epsilon, y.RowRange(run.FirstRow, run.Rows));
        }
    }
}
