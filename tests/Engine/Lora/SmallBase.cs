using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.EngineTests.Weights;

namespace Juxta.EngineTests.Lora;

/// <summary>
/// A base of five modules with known weights, and adapter folders crafted for it: embed (6 tokens × 4), layers.0.q (4 × 4), layers.0.k (2 × 4 with bias),
/// norm (4), lm_head (6 × 4, tied to embed or not).
/// </summary>
sealed class SmallBase : IDisposable
{
    public const int Vocabulary = 6, Hidden = 4;

    readonly WorkerPool _pool = new(1);

    public SmallBase(bool tied = true)
    {
        Embed = Weights(Vocabulary * Hidden, 1);
        Q = Weights(16, 2);
        K = Weights(8, 3);
        Norm = [1, 2, 3, 4];
        Head = tied ? Embed : Weights(Vocabulary * Hidden, 4);
        Table.Add("model.embed", ModuleKind.Embedding, Vocabulary, Hidden, Reader(Embed));
        Table.Add("model.layers.0.q", ModuleKind.Linear, 4, 4, Reader(Q));
        Table.Add("model.layers.0.k", ModuleKind.Linear, 2, 4, Reader(K), [0.5f, -0.5f]);
        Table.Add("model.norm", ModuleKind.Norm, 4, 1, (row, destination) => destination[0] = Norm[row]);
        Table.Add("lm_head", ModuleKind.Linear, Vocabulary, Hidden, Reader(Head), tiedTo: tied ? "model.embed" : null);
    }

    public TempFolder Folder { get; } = new();

    public ModuleTable Table { get; } = new();

    public float[] Embed { get; }

    public float[] Q { get; }

    public float[] K { get; }

    public float[] Norm { get; }

    public float[] Head { get; }

    /// <summary>Reproducible weights, none of them zero.</summary>
    public static float[] Weights(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2) - 1.001f)];
    }

    /// <summary>LoRA factors of rank 2 for a linear module, under PEFT's names.</summary>
    public static (string, int[], float[])[] Lora(string path, int outputs, int seed = 10, int rank = 2) =>
    [
        ($"base_model.model.{path}.lora_A.weight", [rank, Hidden], Weights(rank * Hidden, seed)),
        ($"base_model.model.{path}.lora_B.weight", [outputs, rank], Weights(outputs * rank, seed + 1)),
    ];

    public void Write(string config, params (string, int[], float[])[] tensors)
    {
        Folder.Write("adapter_config.json", config);
        Folder.WriteSafeTensors("adapter_model.safetensors", tensors);
    }

    public LoraAdapter Load(AdapterOptions? options = null) => LoraAdapter.Load(Folder.Path, "test", Table, _pool, options);

    public ModuleDelta Delta(LoraAdapter adapter, string path) => adapter.Delta(Table.Find(path)!.Index)!;

    public void Refused(params string[] expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => Load());
        foreach (string part in expected) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(Folder.Path, error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Folder.Dispose();
        _pool.Dispose();
    }

    static RowReader Reader(float[] weights) => (row, destination) => weights.AsSpan(row * Hidden, Hidden).CopyTo(destination);
}
