using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>y = x / √(mean(x²) + ε) ∘ (w + offset) (Zhang &amp; Sennrich 2019), each row with its adapters' weight. Gemma's offset is 1, all others' 0.</summary>
internal sealed class RmsNorm(AdaptableModule module, float[] weight, float epsilon, float offset = 0)
{
    readonly float[] _gain = Factors(weight, offset);

    public int Channels => weight.Length;

    public AdaptableModule Module => module;

    /// <summary>As in the checkpoint, without <see cref="Offset"/>.</summary>
    public float[] Weight => weight;

    public float Epsilon => epsilon;

    /// <summary>Added to the weight.</summary>
    public float Offset => offset;

    public void Forward(WorkerPool pool, List<AdapterRun> runs, Matrix x, Matrix y)
    {
        foreach (AdapterRun run in runs)
            Norm.Rms(pool, x.RowRange(run.FirstRow, run.Rows), Gain(run.Adapters), epsilon, y.RowRange(run.FirstRow, run.Rows));
    }

    /// <summary>Norms each head of each row by itself (Qwen3's q_norm and k_norm): rows hold whole heads of <see cref="Channels"/>.</summary>
    public void ForwardHeads(List<AdapterRun> runs, Matrix x)
    {
        foreach (AdapterRun run in runs)
        {
            float[] gain = Gain(run.Adapters);
            for (int row = run.FirstRow; row < run.FirstRow + run.Rows; row++)
            {
                Span<float> heads = x.Row(row);
                for (int start = 0; start < heads.Length; start += Channels)
                {
                    Span<float> head = heads.Slice(start, Channels);
                    Norm.Rms(head, gain, epsilon, head);
                }
            }
        }
    }

    float[] Gain(AdapterSet adapters)
    {
        float[]? replacement = null;
        foreach ((LoraAdapter adapter, _) in adapters.Entries) replacement = adapter.Delta(module.Index)?.NormWeight ?? replacement;
        return replacement is null ? _gain : Factors(replacement, offset);
    }

    static float[] Factors(float[] weight, float offset) => offset == 0 ? weight : [.. weight.Select(w => w + offset)];
}
