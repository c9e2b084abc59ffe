using System.Buffers.Binary;
using System.Text.Json;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.Cli.Bench;

/// <summary>Checkpoints of random weights in the shape of a published model: for measuring speed and memory without a download.</summary>
internal static class RandomCheckpoint
{
    sealed record Shape(
        string ModelType, string Architecture, int Hidden, int Intermediate, int Layers, int Heads, int KvHeads, int Vocabulary, int Context, double Theta);

    public static IReadOnlyDictionary<string, Func<RandomModel>> Shapes { get; } = new Dictionary<string, Func<RandomModel>>
    {
        ["qwen2.5-0.5b"] = () => Model(new("qwen2", "Qwen2ForCausalLM", 896, 4864, 24, 14, 2, 151936, 32768, 1_000_000)),
        ["qwen2.5-1.5b"] = () => Model(new("qwen2", "Qwen2ForCausalLM", 1536, 8960, 28, 12, 2, 151936, 32768, 1_000_000)),
        ["llama3.2-1b"] = () => Model(new("llama", "LlamaForCausalLM", 2048, 8192, 16, 32, 8, 128256, 131072, 500_000)),
        ["chatglm-6b"] = () => RandomGlm.ChatGlm6B(bits: 0),
        ["chatglm-6b-int8"] = () => RandomGlm.ChatGlm6B(bits: 8),
        ["chatglm-6b-int4"] = () => RandomGlm.ChatGlm6B(bits: 4),
        ["glm-4-9b"] = RandomGlm.Glm4,
        ["tiny"] = () => Model(new("qwen2", "Qwen2ForCausalLM", 64, 160, 2, 4, 2, 512, 512, 10_000)),
    };

    /// <exception cref="OperationCanceledException">It was cancelled, and no weights are left.</exception>
    public static void Write(string shapeName, string folder, CancellationToken cancel)
    {
        if (!Shapes.TryGetValue(shapeName, out Func<RandomModel>? shape))
            throw new InputException($"{shapeName}: no such shape; known are {string.Join(", ", Shapes.Keys)}");
        if (File.Exists(Path.Combine(folder, "config.json")))
            throw new InputException($"--make-random {folder}: there is a checkpoint already; name another folder or delete it");
        RandomModel model = shape();
        Directory.CreateDirectory(folder);
        string weights = Path.Combine(folder, "model.safetensors");
        try
        {
            WriteWeights(weights, model.Tensors, cancel);
        }
        catch (OperationCanceledException)
        {
            File.Delete(weights);
            throw;
        }
        // The config comes last: a folder with one is complete.
        File.WriteAllText(Path.Combine(folder, "generation_config.json"), JsonSerializer.Serialize(new { eos_token_id = model.EosId }, Indented));
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(model.Config, Indented));
    }

    static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true };

    static RandomModel Model(Shape s) => new(Config(s), s.Vocabulary - 1, [.. Tensors(s).Select(tensor => new RandomTensor(tensor.Name, DType.BF16, tensor.Shape))]);

    static object Config(Shape s) => new
    {
        architectures = new[] { s.Architecture },
        model_type = s.ModelType,
        hidden_size = s.Hidden,
        intermediate_size = s.Intermediate,
        num_hidden_layers = s.Layers,
        num_attention_heads = s.Heads,
        num_key_value_heads = s.KvHeads,
        vocab_size = s.Vocabulary,
        max_position_embeddings = s.Context,
        rope_theta = s.Theta,
        rms_norm_eps = 1e-6,
        hidden_act = "silu",
        tie_word_embeddings = true,
        torch_dtype = "bfloat16",
        eos_token_id = s.Vocabulary - 1,
    };

    static IEnumerable<(string Name, int[] Shape)> Tensors(Shape s)
    {
        int keys = s.Hidden / s.Heads * s.KvHeads;
        yield return ("model.embed_tokens.weight", [s.Vocabulary, s.Hidden]);
        for (int layer = 0; layer < s.Layers; layer++)
        {
            string path = $"model.layers.{layer}";
            yield return ($"{path}.input_layernorm.weight", [s.Hidden]);
            foreach ((string name, int rows) in new[] { ("q", s.Hidden), ("k", keys), ("v", keys) })
            {
                yield return ($"{path}.self_attn.{name}_proj.weight", [rows, s.Hidden]);
                if (s.ModelType == "qwen2") yield return ($"{path}.self_attn.{name}_proj.bias", [rows]);
            }
            yield return ($"{path}.self_attn.o_proj.weight", [s.Hidden, s.Hidden]);
            yield return ($"{path}.post_attention_layernorm.weight", [s.Hidden]);
            yield return ($"{path}.mlp.gate_proj.weight", [s.Intermediate, s.Hidden]);
            yield return ($"{path}.mlp.up_proj.weight", [s.Intermediate, s.Hidden]);
            yield return ($"{path}.mlp.down_proj.weight", [s.Hidden, s.Intermediate]);
        }
        yield return ("model.norm.weight", [s.Hidden]);
    }

    static void WriteWeights(string path, IReadOnlyList<RandomTensor> tensors, CancellationToken cancel)
    {
        using FileStream file = File.Create(path);
        SafeTensorsWriter.WriteHeader(file, tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)));
        ulong state = 1;
        byte[] block = new byte[1 << 20];
        foreach ((string name, DType type, int[] shape) in tensors)
        {
            bool norm = name.EndsWith("norm.weight", StringComparison.Ordinal), scale = name.EndsWith("_scale", StringComparison.Ordinal);
            long left = SafeTensorsWriter.Bytes(type, shape);
            while (left > 0)
            {
                cancel.ThrowIfCancellationRequested();
                int count = (int)Math.Min(left, block.Length);
                for (int i = 0; i < count; i += 2)
                {
                    state = (state * 6364136223846793005) + 1442695040888963407;
                    // Uniform in ±0.035: a standard deviation of 0.02, as checkpoints are initialised.
                    float value = norm ? 1f : scale ? 0.07f / 255 : ((state >> 40) / (float)(1 << 24) - 0.5f) * 0.07f;
                    BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(i), type switch
                    {
                        DType.I8 => (ushort)(state >> 48),
                        DType.F16 => BitConverter.HalfToUInt16Bits((Half)value),
                        _ => (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16),
                    });
                }
                file.Write(block, 0, count);
                left -= count;
            }
        }
    }
}

/// <summary>What <see cref="RandomCheckpoint"/> writes.</summary>
/// <param name="Config">config.json.</param>
/// <param name="EosId">generation_config.json's end of sequence.</param>
internal sealed record RandomModel(object Config, int EosId, IReadOnlyList<RandomTensor> Tensors);

internal sealed record RandomTensor(string Name, DType Type, int[] Shape);
