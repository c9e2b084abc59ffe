using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.TorchSharp.Weights;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>y = W x + b with what each row's adapters add, in the order that <see cref="ModuleDelta"/> gives.</summary>
internal sealed class TorchLinear(Linear described, TorchWeights weights, Compute compute)
{
    readonly Tensor _weight = weights.Of(described.Parts[0].Module);
    readonly Tensor? _bias = described.Bias is { } bias ? compute.Floats(bias).to(compute.Type) : null;

    public int Outputs { get; } = described.Parts.Sum(part => part.Module.Rows);

    /// <param name="x">(rows, inputs).</param>
    /// <param name="width">Columns of the result, where an adapter may have more outputs than the base; those of rows without it are left as they are.</param>
    /// <returns>(rows, width).</returns>
    public Tensor Forward(IReadOnlyList<AdapterRun> runs, Tensor x, int? width = null)
    {
        bool plain = runs.All(run => run.Adapters.IsEmpty);
        Tensor y = nn.functional.linear(x, _weight, plain ? _bias : null);
        if (width > Outputs) y = nn.functional.pad(y, [0, width.Value - Outputs]);
        if (plain) return y;
        foreach (AdapterRun run in runs)
        {
            Tensor own = y.narrow(0, run.FirstRow, run.Rows);
            if (run.Adapters.IsEmpty)
            {
                if (_bias is not null) own.narrow(1, 0, Outputs).add_(_bias);
                continue;
            }
            Tensor input = x.narrow(0, run.FirstRow, run.Rows);
            foreach (LinearPart part in described.Parts) Apply(run.Adapters, part, input, own);
        }
        return y;
    }

    /// <param name="x">(rows, inputs).</param>
    /// <param name="y">(rows, width) of all parts, changed in place.</param>
    void Apply(AdapterSet adapters, LinearPart part, Tensor x, Tensor y)
    {
        Tensor own = y.narrow(1, part.FirstRow, part.Module.Rows);
        Tensor? bias = _bias?.narrow(0, part.FirstRow, part.Module.Rows);
        List<(TorchDelta Delta, float Scale)> changes = [];
        foreach ((LoraAdapter adapter, float scale) in adapters.Entries)
        {
            if (TorchDelta.Of(adapter, part.Module, compute) is not { } delta) continue;
            changes.Add((delta, scale));
            if (delta.Weight is { } weight)
            {
                own = y.narrow(1, part.FirstRow, weight.shape[0]);
                own.copy_(nn.functional.linear(x, weight));
            }
            bias = delta.Bias ?? bias;
        }

        // Every adapter starts from the same W'x, so that their order does not matter but for rounding.
        Tensor? product = changes.Exists(change => change.Delta.Gain is not null) ? own.clone() : null;
        foreach ((TorchDelta delta, float scale) in changes)
        {
            if (delta is { A: { } a, B: { } b })
            {
                Tensor low = nn.functional.linear(nn.functional.linear(x, a), b);
                if (delta.Gain is { } gain) own.add_((((gain - 1) * product!) + (gain * (low * delta.Scale))) * scale);
                else own.narrow(1, 0, b.shape[0]).add_(low, delta.Scale * scale);
            }
            if (delta.ReplacedRows is { } rows) own.index_copy_(1, delta.ReplacedRowIds!, nn.functional.linear(x, rows));
            if (delta.LoraBias is { } loraBias) own.add_(loraBias, scale);
        }
        if (bias is not null) own.add_(bias);
    }
}
