using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;

namespace Juxta.Engine.Layers;

/// <summary>Hidden states → logits. A row whose adapter resized the vocabulary has its own width; columns beyond a row's width are −∞.</summary>
internal sealed class LmHead(AdaptableModule module, Linear linear)
{
    public AdaptableModule Module => module;

    public Linear Linear => linear;

    /// <param name="cap">c of c·tanh(logit / c) (Gemma 2); 0 = none.</param>
    public void Forward(Step step, Matrix hidden, Matrix logits, float cap = 0)
    {
        linear.Forward(step.Pool, step.Workspace, step.LogitRuns, hidden, logits);
        foreach (AdapterRun run in step.LogitRuns)
        {
            int vocabulary = linear.Outputs;
            foreach ((LoraAdapter adapter, _) in run.Adapters.Entries)
                vocabulary = adapter.Delta(module.Index)?.Weight?.Rows ?? vocabulary;
            for (int row = run.FirstRow; row < run.FirstRow + run.Rows; row++) {
                if (cap != 0) Activation.SoftCap(logits.Row(row)[..vocabulary], cap);
                logits.Row(row)[vocabulary..].Fill(float.NegativeInfinity);
            }
        }
    }
}
