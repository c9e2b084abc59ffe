using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Layers;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// Builds layers from checkpoint tensors by name, and knows at the end what was missing and what nobody asked for.
/// A missing tensor is noted, not thrown, so that one error lists them all (<see cref="Finish"/>).
/// </summary>
/// <param name="place">Where the matrices go; null = packed into memory for the kernels here.</param>
/// <param name="storage">What they are rounded to when they are packed here; null = kept as stored.</param>
/// <param name="cache">How the decoder is to keep keys and values; null = f32.</param>
/// <param name="kept">What an earlier opening packed, and what this one packs for a later; null = nothing is kept.</param>
internal sealed class WeightBinder(
    Checkpoint checkpoint, WorkerPool pool, IProgress<double>? progress = null, IWeightPlace? place = null, WeightStorage? storage = null, CacheStorage? cache = null,
    PackedWeights? kept = null)
{
    readonly List<IDisposable> _owned = kept is null ? [] : [kept];
    long _bound;

    public WorkerPool Pool { get; } = pool;

    public ModuleTable Modules { get; } = new();

    /// <summary>What the numbers of the decoder's caches are.</summary>
    public CacheFormat CacheFormat { get; } = (cache ?? CacheStorage.Float32).Format;

    /// <summary>Bytes of weights in memory so far.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Bytes among them that only look-ups read: embedding tables that are not also the head.</summary>
    public long TableBytes { get; private set; }

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
        var weights = new List<StoredMatrix>();
        var biases = new List<float[]>();
        foreach ((string path, int outputs) in modules)
        {
            if (checkpoint.ExpectMatrix(path, outputs, inputs) is { } weight) weights.Add(weight);
            if (bias) biases.Add(Vector(path + ".bias", outputs));
        }
        (PackedMatrix packed, RowReader readRow) = Pack(modules[0].Path, weights, storage?.Format);
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
            (headWeight, readHead) = Pack(embeddingPath, checkpoint.ExpectMatrix(embeddingPath, vocabulary, hidden) is { } shared ? [shared] : [], storage?.Head);
            checkpoint.TryFind(headPath + ".weight", out _); // some fine-tunes store the shared weight twice; the embedding is the one that counts
            embedding = Modules.Add(embeddingPath, ModuleKind.Embedding, vocabulary, hidden, readHead);
            head = Modules.Add(headPath, ModuleKind.Linear, vocabulary, hidden, readHead, tiedTo: embeddingPath);
        }
        else
        {
            RowReader readRow = checkpoint.ExpectMatrix(embeddingPath, vocabulary, hidden) is { } table ? Copy(embeddingPath, table) : (_, _) => { };
            (headWeight, readHead) = Pack(headPath, checkpoint.ExpectMatrix(headPath, vocabulary, hidden) is { } own ? [own] : [], storage?.Head);
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
        if (place is { Computes: false })
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
        return checkpoint.Require(name, shape);
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

    RowReader Copy(string path, StoredMatrix table)
    {
        if (place is not null || table.Plain is not { } plain)
        {
            (PackedMatrix packed, RowReader readRow) = Pack(path, [table], format: null);
            TableBytes += packed.Bytes;
            return readRow;
        }
        RowTable rows = kept?.Table(path, plain) ?? new RowTable(plain);
        kept?.Add(path, plain, rows);
        _owned.Add(rows);
        WeightBytes += rows.Bytes;
        TableBytes += rows.Bytes;
        Account(plain);
        return rows.ReadRow;
    }

    (PackedMatrix Packed, RowReader ReadRow) Pack(string path, List<StoredMatrix> weights, WeightFormat? format)
    {
        RowReader? elsewhere = place?.Take(path, weights);
        PackedMatrix packed = weights.Count > 0 && place is null ? PackOrTake(path, format, weights) : PackedMatrix.FromRows([], 0, 0);
        _owned.Add(packed);
        WeightBytes += packed.Bytes;
        foreach (TensorView tensor in weights.SelectMany(weight => weight.Tensors)) Account(tensor);
        return (packed, elsewhere ?? packed.ReadRow);
    }

    PackedMatrix PackOrTake(string path, WeightFormat? format, List<StoredMatrix> weights)
    {
        if (kept?.Matrix(path, weights.Sum(weight => weight.Rows), weights[0].Columns) is { } taken) return taken;
        PackedMatrix packed = PackAs(format, weights);
        kept?.Add(path, packed);
        return packed;
    }

    /// <param name="format">Null = as stored.</param>
    PackedMatrix PackAs(WeightFormat? format, List<StoredMatrix> weights)
    {
        if (weights.TrueForAll(weight => weight.Plain is not null))
        {
            TensorView[] plain = [.. weights.Select(weight => weight.Plain!.Value)];
            return format is null ? PackedMatrix.Pack(Pool, plain) : PackedMatrix.Pack(Pool, format, plain);
        }
        if (weights is [{ Quantised: { } only }]) return PackedMatrix.Pack(Pool, only);
        throw new ModelFormatException($"{checkpoint.Folder}: {string.Join(" and ", weights)} read the same input, and quantised weights cannot be stacked; only ChatGLM's checkpoints are known to be quantised so", checkpoint.Folder);
    }

    void Account(TensorView tensor)
    {
        PageAdvice.Forget(tensor);
        _bound += tensor.Bytes;
        progress?.Report(Math.Min(1, (double)_bound / Math.Max(1, checkpoint.TotalBytes)));
    }
}
