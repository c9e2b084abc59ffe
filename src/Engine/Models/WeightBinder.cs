using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Builds layers from checkpoint tensors by name, and knows at the end what was missing and what nobody asked for.
/// A missing tensor is noted, not thrown, so that one error lists them all (<see cref="Finish"/>).
/// </summary>
/// <param name="survey">Leave the weights in their files: modules read their rows there, and the layers hold empty matrices that compute nothing.</param>
internal sealed class WeightBinder(Checkpoint checkpoint, WorkerPool pool, IProgress<double>? progress = null, bool survey = false)
{
    readonly List<IDisposable> _owned = [];
    long _bound, _largest;

    public WorkerPool Pool { get; } = pool;

    public ModuleTable Modules { get; } = new();

    /// <summary>Bytes of weights in memory so far.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Dtype of the largest tensor bound: what people call the checkpoint's type.</summary>
    public DType WeightType { get; private set; }

    /// <summary>The checkpoint's own P-Tuning v2 prefix, or null.</summary>
    public KeyValuePrefix? Prefix { get; private set; }

    /// <summary>Memory that the decoder must free.</summary>
    public IReadOnlyList<IDisposable> Owned => _owned;

    /// <summary>One or several linear modules with the same input, stacked into one weight.</summary>
    /// <param name="inputs">Columns of each weight.</param>
    /// <param name="bias">Whether every module has a bias.</param>
    /// <param name="modules">Paths and rows.</param>
    public Linear Linear(int inputs, bool bias, params ReadOnlySpan<(string Path, int Outputs)> modules)
    {
        var tensors = new List<TensorView>();
        var biases = new List<float[]>();
        foreach ((string path, int outputs) in modules)
        {
            if (Tensor(path + ".weight", outputs, inputs) is { } weight) tensors.Add(weight);
            if (bias) biases.Add(Vector(path + ".bias", outputs));
        }
        (PackedMatrix packed, RowReader readRow) = Pack(tensors);
        float[]? stacked = bias ? [.. biases.SelectMany(b => b)] : null;
        var parts = new List<LinearPart>();
        int row = 0;
        for (int i = 0; i < modules.Length; i++)
        {
            (string path, int outputs) = modules[i];
            int firstRow = row;
            AdaptableModule module = Modules.Add(path, ModuleKind.Linear, outputs, inputs, (r, target) => readRow(firstRow + r, target), bias ? biases[i] : null);
            parts.Add(new LinearPart(module, firstRow));
            row += outputs;
        }
        return new Linear(packed, stacked, parts);
    }

    /// <summary>Embedding table and head, which share one weight when the checkpoint ties them.</summary>
    public (Embedding Embedding, LmHead Head) EmbeddingAndHead(string embeddingPath, string headPath, int vocabulary, int hidden, bool tied)
    {
        AdaptableModule embedding, head;
        PackedMatrix headWeight;
        RowReader readHead;
        if (tied)
        {
            (headWeight, readHead) = Pack(Tensor(embeddingPath + ".weight", vocabulary, hidden) is { } shared ? [shared] : []);
            checkpoint.TryFind(headPath + ".weight", out _); // some fine-tunes store the shared weight twice; the embedding is the one that counts
            embedding = Modules.Add(embeddingPath, ModuleKind.Embedding, vocabulary, hidden, readHead);
            head = Modules.Add(headPath, ModuleKind.Linear, vocabulary, hidden, readHead, tiedTo: embeddingPath);
        }
        else
        {
            RowReader readRow = Tensor(embeddingPath + ".weight", vocabulary, hidden) is { } table ? Copy(table) : (_, _) => { };
            (headWeight, readHead) = Pack(Tensor(headPath + ".weight", vocabulary, hidden) is { } own ? [own] : []);
            embedding = Modules.Add(embeddingPath, ModuleKind.Embedding, vocabulary, hidden, readRow);
            head = Modules.Add(headPath, ModuleKind.Linear, vocabulary, hidden, readHead);
        }
        return (new Embedding(embedding), new LmHead(head, new Linear(headWeight, null, [new LinearPart(head, 0)])));
    }

    /// <param name="offset">Added to the weight: 1 for Gemma.</param>
    public RmsNorm RmsNorm(string path, int channels, float epsilon, float offset = 0)
    {
        float[] weight = Vector(path + ".weight", channels);
        AdaptableModule module = Modules.Add(path, ModuleKind.Norm, channels, 1, (row, target) => target[0] = weight[row]);
        return new RmsNorm(module, weight, epsilon, offset);
    }

    /// <summary>LayerNorm with its bias.</summary>
    public LayerNorm LayerNorm(string path, int channels, float epsilon)
    {
        float[] weight = Vector(path + ".weight", channels), bias = Vector(path + ".bias", channels);
        AdaptableModule module = Modules.Add(path, ModuleKind.Norm, channels, 1, (row, target) => target[0] = weight[row], bias);
        return new LayerNorm(module, weight, bias, epsilon);
    }

    /// <summary>Lets the model take P-Tuning v2 prefixes, and reads the one that the checkpoint may hold.</summary>
    /// <param name="tokens">config.json's pre_seq_len; 0 = none.</param>
    /// <exception cref="ModelFormatException">The folder is a prefix alone, or its prefix does not fit.</exception>
    public void PrefixEncoder(PrefixShape shape, int tokens)
    {
        Modules.Prefix = shape;
        if (checkpoint.Names.Count > 0 && checkpoint.Names.All(Lora.PrefixEncoder.IsPart))
            throw new ModelFormatException($"{checkpoint.Folder}: holds a P-Tuning v2 prefix and no model; open its base model and load this folder as an adapter", checkpoint.Folder);
        if (tokens == 0 && !checkpoint.Contains(Lora.PrefixEncoder.Table)) return;
        if (survey)
        {
            foreach (string name in checkpoint.Names.Where(Lora.PrefixEncoder.IsPart)) checkpoint.TryFind(name, out _);
            return;
        }
        Prefix = Lora.PrefixEncoder.Read(checkpoint, shape, tokens == 0 ? null : tokens, Pool);
        WeightBytes += Prefix.Bytes;
    }

    /// <summary>Throws one error with every missing or misshapen tensor.</summary>
    public void Finish()
    {
        try
        {
            checkpoint.ThrowIfIncomplete();
        }
        catch
        {
            foreach (IDisposable owned in _owned) owned.Dispose();
            throw;
        }
    }

    TensorView? Tensor(string name, params ReadOnlySpan<int> shape)
    {
        if (!checkpoint.Expect(name, shape)) return null;
        TensorView tensor = checkpoint.Require(name, shape);
        if (tensor.Bytes > _largest) (_largest, WeightType) = (tensor.Bytes, tensor.Type);
        return tensor;
    }

    float[] Vector(string name, int length)
    {
        var values = new float[length];
        if (Tensor(name, length) is { } tensor)
        {
            using var copy = new RowTable(tensor.AsRow());
            copy.ReadRow(0, values);
            Account(tensor);
        }
        return values;
    }

    RowReader Copy(TensorView tensor)
    {
        if (survey) return (row, target) => tensor.ReadRow(row, target);
        var table = new RowTable(tensor);
        _owned.Add(table);
        WeightBytes += table.Bytes;
        Account(tensor);
        return table.ReadRow;
    }

    (PackedMatrix Packed, RowReader ReadRow) Pack(List<TensorView> tensors)
    {
        PackedMatrix packed = tensors.Count > 0 && !survey ? PackedMatrix.Pack(Pool, [.. tensors]) : PackedMatrix.FromRows([], 0, 0);
        _owned.Add(packed);
        WeightBytes += packed.Bytes;
        foreach (TensorView tensor in tensors) Account(tensor);
        return (packed, survey ? (row, target) => ReadStacked(tensors, row, target) : packed.ReadRow);
    }

    static void ReadStacked(List<TensorView> tensors, int row, Span<float> target)
    {
        foreach (TensorView tensor in tensors)
        {
            if (row < tensor.Rows)
            {
                tensor.ReadRow(row, target);
                return;
            }
            row -= tensor.Rows;
        }
    }

    void Account(TensorView tensor)
    {
        MappedPages.Forget(tensor);
        _bound += tensor.Bytes;
        progress?.Report(Math.Min(1, (double)_bound / Math.Max(1, checkpoint.TotalBytes)));
    }
}
