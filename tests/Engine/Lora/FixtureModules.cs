using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Lora;

/// <summary>The module table of a fixture checkpoint, from the names and shapes of its tensors alone.</summary>
static class FixtureModules
{
    static readonly string[] Embeddings = ["embed_tokens", "word_embeddings", "tok_embeddings"];

    public static ModuleTable Of(string model)
    {
        string folder = Fixtures.Require("models", model);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        var table = new ModuleTable();
        string? embedding = null;
        foreach (string name in checkpoint.Names.Where(name => name.EndsWith(".weight", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            checkpoint.TryFind(name, out TensorView tensor);
            string path = name[..^".weight".Length];
            float[] values = tensor.ToFloats();
            int columns = tensor.Columns;
            ModuleKind kind = tensor.Shape.Length == 1 ? ModuleKind.Norm : Embeddings.Any(path.EndsWith) ? ModuleKind.Embedding : ModuleKind.Linear;
            if (kind == ModuleKind.Embedding) embedding = path;
            float[]? bias = checkpoint.TryFind(path + ".bias", out TensorView stored) ? stored.ToFloats() : null;
            table.Add(path, kind, tensor.Rows, columns, (row, destination) => values.AsSpan(row * columns, columns).CopyTo(destination), bias);
        }
        if (config.BoolOr("tie_word_embeddings", config.StringOr("model_type", "") is "gemma2" or "gemma3_text") && table.Find("lm_head") is null)
        {
            AdaptableModule tied = table.Find(embedding!)!;
            table.Add("lm_head", ModuleKind.Linear, tied.Rows, tied.Columns, tied.ReadRow, tiedTo: embedding);
        }
        return table;
    }
}
