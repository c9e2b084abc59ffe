using System.Text.Json.Nodes;
using Juxta.Engine.Memory;

namespace Juxta.Cli.Zoo;

/// <summary>A LoRA on the queries and values of a <see cref="TinyCheckpoint"/>, to be broken before it is written.</summary>
internal sealed class TinyAdapter
{
    public const int Rank = 4;

    readonly Random _random = new(9);

    public TinyAdapter()
    {
        for (int layer = 0; layer < TinyCheckpoint.Layers; layer++)
        {
            Add($"model.layers.{layer}.self_attn.q_proj", TinyCheckpoint.Hidden, TinyCheckpoint.Hidden);
            Add($"model.layers.{layer}.self_attn.v_proj", TinyCheckpoint.Hidden / 2, TinyCheckpoint.Hidden);
        }
    }

    public JsonObject Config { get; } = new()
    {
        ["peft_type"] = "LORA", ["r"] = Rank, ["lora_alpha"] = 8, ["target_modules"] = new JsonArray("q_proj", "v_proj"), ["bias"] = "none", ["task_type"] = "CAUSAL_LM",
        ["base_model_name_or_path"] = "juxta/tiny",
    };

    public Dictionary<string, TinyTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The tokenizer that its trainer saved beside it; null for none.</summary>
    public TinyCheckpoint? Tokenizer { get; set; }

    public static string A(string module) => $"base_model.model.{module}.lora_A.weight";

    public static string B(string module) => $"base_model.model.{module}.lora_B.weight";

    public void Add(string module, int outputs, int inputs)
    {
        Tensors[A(module)] = Numbers([Rank, inputs]);
        Tensors[B(module)] = Numbers([outputs, Rank]);
    }

    public TinyTensor Numbers(int[] shape) => new(shape, [.. Enumerable.Range(0, shape[0] * shape[1]).Select(_ => (float)(_random.NextDouble() - 0.5))], DType.F32);

    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        TinyCheckpoint.Save(folder, "adapter_config.json", Config);
        TinyCheckpoint.WriteTensors(Path.Combine(folder, "adapter_model.safetensors"), Tensors);
        Tokenizer?.WriteTokenizer(folder);
    }
}
