using Juxta.Engine.Memory;

namespace Juxta.Cli.Bench;

/// <summary>The ChatGLM shapes of <see cref="RandomCheckpoint"/>: names and sizes as their repositories store them.</summary>
internal static class RandomGlm
{
    /// <summary>ChatGLM-6B in f16, or its INT8 or INT4 checkpoint.</summary>
    public static RandomModel ChatGlm6B(int bits)
    {
        const int Hidden = 4096, Inner = 16384, Layers = 28, Vocabulary = 130528;
        var config = new Dictionary<string, object>
        {
            ["architectures"] = new[] { "ChatGLMModel" }, ["model_type"] = "chatglm", ["hidden_size"] = Hidden, ["inner_hidden_size"] = Inner, ["num_layers"] = Layers,
            ["num_attention_heads"] = 32, ["vocab_size"] = Vocabulary, ["max_sequence_length"] = 2048, ["layernorm_epsilon"] = 1e-5, ["position_encoding_2d"] = true,
            ["bos_token_id"] = 130004, ["eos_token_id"] = 130005, ["mask_token_id"] = 130000, ["gmask_token_id"] = 130001, ["pad_token_id"] = 3, ["torch_dtype"] = "float16",
        };
        if (bits > 0) config["quantization_bit"] = bits;
        return new RandomModel(config, Vocabulary - 1, [.. Tensors()]);

        IEnumerable<RandomTensor> Tensors()
        {
            yield return new("transformer.word_embeddings.weight", DType.F16, [Vocabulary, Hidden]);
            for (int layer = 0; layer < Layers; layer++)
            {
                string path = $"transformer.layers.{layer}";
                foreach (RandomTensor tensor in Norm($"{path}.input_layernorm").Concat(Linear($"{path}.attention.query_key_value", 3 * Hidden, Hidden))
                    .Concat(Linear($"{path}.attention.dense", Hidden, Hidden)).Concat(Norm($"{path}.post_attention_layernorm"))
                    .Concat(Linear($"{path}.mlp.dense_h_to_4h", Inner, Hidden)).Concat(Linear($"{path}.mlp.dense_4h_to_h", Hidden, Inner))) yield return tensor;
            }
            foreach (RandomTensor tensor in Norm("transformer.final_layernorm")) yield return tensor;
            yield return new("lm_head.weight", DType.F16, [Vocabulary, Hidden]);
        }

        static IEnumerable<RandomTensor> Norm(string path) => [new($"{path}.weight", DType.F16, [Hidden]), new($"{path}.bias", DType.F16, [Hidden])];

        IEnumerable<RandomTensor> Linear(string path, int outputs, int inputs)
        {
            if (bits == 0) yield return new($"{path}.weight", DType.F16, [outputs, inputs]);
            else
            {
                yield return new($"{path}.weight", DType.I8, [outputs, inputs * bits / 8]);
                yield return new($"{path}.weight_scale", DType.F16, [outputs]);
            }
            yield return new($"{path}.bias", DType.F16, [outputs]);
        }
    }

    /// <summary>GLM-4-9B-chat in its original format, bf16.</summary>
    public static RandomModel Glm4()
    {
        const int Hidden = 4096, Inner = 13696, Layers = 40, Vocabulary = 151552, Fused = (32 + 2 + 2) * 128;
        var config = new Dictionary<string, object>
        {
            ["architectures"] = new[] { "ChatGLMModel" }, ["model_type"] = "chatglm", ["hidden_size"] = Hidden, ["ffn_hidden_size"] = Inner, ["num_layers"] = Layers,
            ["num_attention_heads"] = 32, ["kv_channels"] = 128, ["multi_query_attention"] = true, ["multi_query_group_num"] = 2, ["padded_vocab_size"] = Vocabulary,
            ["seq_length"] = 131072, ["rope_ratio"] = 500, ["layernorm_epsilon"] = 1.5625e-07, ["add_qkv_bias"] = true, ["add_bias_linear"] = false,
            ["rmsnorm"] = true, ["post_layer_norm"] = true, ["torch_dtype"] = "bfloat16", ["eos_token_id"] = new[] { 151329, 151336, 151338 },
        };
        return new RandomModel(config, Vocabulary - 1, [.. Tensors()]);

        static IEnumerable<RandomTensor> Tensors()
        {
            yield return new("transformer.embedding.word_embeddings.weight", DType.BF16, [Vocabulary, Hidden]);
            for (int layer = 0; layer < Layers; layer++)
            {
                string path = $"transformer.encoder.layers.{layer}";
                yield return new($"{path}.input_layernorm.weight", DType.BF16, [Hidden]);
                yield return new($"{path}.self_attention.query_key_value.weight", DType.BF16, [Fused, Hidden]);
                yield return new($"{path}.self_attention.query_key_value.bias", DType.BF16, [Fused]);
                yield return new($"{path}.self_attention.dense.weight", DType.BF16, [Hidden, 4096]);
                yield return new($"{path}.post_attention_layernorm.weight", DType.BF16, [Hidden]);
                yield return new($"{path}.mlp.dense_h_to_4h.weight", DType.BF16, [2 * Inner, Hidden]);
                yield return new($"{path}.mlp.dense_4h_to_h.weight", DType.BF16, [Hidden, Inner]);
            }
            yield return new("transformer.encoder.final_layernorm.weight", DType.BF16, [Hidden]);
            yield return new("transformer.output_layer.weight", DType.BF16, [Vocabulary, Hidden]);
        }
    }
}
