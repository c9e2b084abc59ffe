using System.Runtime.InteropServices;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>Hidden states → logits in the engine's memory. A row whose adapter resized the vocabulary has its own width; columns beyond a row's width are −∞.</summary>
internal sealed class TorchHead(LmHead described, TorchWeights weights, Compute compute)
{
    readonly TorchLinear _linear = new(described.Linear, weights, compute);

    /// <param name="hidden">(rows, hidden).</param>
    /// <param name="logits">(rows, at least the largest vocabulary in use).</param>
    /// <param name="cap">c of c·tanh(logit / c); 0 = none.</param>
    public void Forward(TorchStep step, Tensor hidden, Matrix logits, float cap)
    {
        Tensor all = _linear.Forward(step.LogitRuns, hidden, logits.Columns).to(ScalarType.Float32);
        if (cap != 0) all = (all / cap).tanh() * cap;
        all = all.cpu().contiguous();
        ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(all.bytes);
        int width = (int)all.shape[1];
        foreach (AdapterRun run in step.LogitRuns)
        {
            int vocabulary = _linear.Outputs;
            foreach ((LoraAdapter adapter, _) in run.Adapters.Entries) vocabulary = adapter.Delta(described.Module.Index)?.Weight?.Rows ?? vocabulary;
            for (int row = run.FirstRow; row < run.FirstRow + run.Rows; row++)
            {
                values.Slice(row * width, vocabulary).CopyTo(logits.Row(row));
                logits.Row(row)[vocabulary..].Fill(float.NegativeInfinity);
            }
        }
    }
}
