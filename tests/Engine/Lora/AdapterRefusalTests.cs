using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;

namespace Juxta.EngineTests.Lora;

/// <summary>Every way in which an adapter is refused, and what the message says.</summary>
public sealed class AdapterRefusalTests : IDisposable
{
    const string Plain = """{"peft_type":"LORA","r":2,"lora_alpha":4,"target_modules":["q"],"base_model_name_or_path":"some/base"}""";
    const string Q = "base_model.model.model.layers.0.q";

    readonly SmallBase _small = new();

    public void Dispose() => _small.Dispose();

    static string With(string fields) => Plain.Replace("\"r\":2", "\"r\":2," + fields, StringComparison.Ordinal);

    static (string, int[], float[]) Tensor(string name, params int[] shape) => (name, shape, SmallBase.Weights(shape.Aggregate(1, (a, b) => a * b), 5));

    [Fact]
    public void A_folder_without_an_adapter_is_told_apart()
    {
        _small.Refused("no adapter_config.json; expected a folder that PEFT's save_pretrained wrote");
        _small.Folder.Write("config.json", "{}");
        _small.Refused("it is a model or a P-Tuning checkpoint and not a PEFT adapter");
        _small.Folder.Write("adapter_config.json", Plain);
        _small.Refused("no adapter weights: expected adapter_model.safetensors or adapter_model.bin; found adapter_config.json, config.json");
        var error = Assert.Throws<ModelFormatException>(() => PeftConfig.Read(_small.Folder.File("gone")));
        Assert.Contains("no such folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_file_names_its_usual_cause()
    {
        _small.Write(Plain);
        _small.Refused("no tensors", "DeepSpeed ZeRO-3");
    }

    [Fact]
    public void Unsupported_things_are_all_named_before_any_weight_is_read()
    {
        _small.Folder.Write("adapter_config.json",
            """
            {"peft_type":"IA3","target_parameters":["experts.w"],"layer_replication":[[0,4],[2,5]],"use_qalora":true,"eva_config":{"rho":2},"corda_config":{"a":1},
             "loftq_config":{"loftq_bits":4},"megatron_config":{"a":1},"alora_invocation_tokens":[1,2],"arrow_config":{"k":1},"init_lora_weights":"pissa_niter_16",
             "use_dora":true,"lora_bias":true}
            """);
        _small.Folder.Write("adapter_model.safetensors", "not even a tensor file");
        _small.Refused("peft_type IA3 (expected LORA)", "target_parameters", "layer_replication", "use_qalora", "eva_config", "corda_config", "loftq_config", "megatron_config",
            "alora_invocation_tokens", "arrow_config", "init_lora_weights \"pissa_niter_16\" (its training changed the base too", "use_dora together with lora_bias", "Nothing was loaded");
    }

    [Theory]
    [InlineData("\"r\":0", "'r' is 0; expected an integer from 1")]
    [InlineData("\"r\":\"8\"", "'r' is the string \"8\"")]
    [InlineData("\"lora_alpha\":\"x\"", "'lora_alpha' is the string \"x\"; expected a finite number")]
    [InlineData("\"target_modules\":\"(unclosed\"", "'target_modules' holds '(unclosed', which is not a valid regular expression")]
    [InlineData("\"target_modules\":7", "'target_modules' is 7; expected a list of strings")]
    [InlineData("\"alpha_pattern\":{\"*q\":1}", "'alpha_pattern' holds '*q', which is not a valid regular expression")]
    [InlineData("\"alpha_pattern\":{\"q\":\"x\"}", "'alpha_pattern.q' is the string \"x\"")]
    [InlineData("\"rank_pattern\":{\"q\":-1}", "'rank_pattern.q' is -1")]
    [InlineData("\"trainable_token_indices\":[1,1]", "'trainable_token_indices' names a token id twice")]
    [InlineData("\"trainable_token_indices\":{\"embed\":[-1]}", "'trainable_token_indices.embed' is -1")]
    [InlineData("\"enable_lora\":[1,0]", "'enable_lora' must be a list of true and false")]
    [InlineData("\"use_dora\":\"yes\"", "'use_dora' is the string \"yes\"; expected true or false")]
    public void A_wrong_config_value_is_named(string field, string expected)
    {
        _small.Write("{" + field + "}", SmallBase.Lora("model.layers.0.q", 4));
        _small.Refused("adapter_config.json", expected);
    }

    [Fact]
    public void A_hostile_expression_cannot_hang()
    {
        string name = new('a', 60);
        _small.Table.Add(name + ".b", ModuleKind.Linear, 1, 1, (_, destination) => destination[0] = 1);
        _small.Write("""{"target_modules":"(a+)+x","r":2}""", SmallBase.Lora("model.layers.0.q", 4));
        var error = Assert.Throws<ModelFormatException>(() => _small.Load());
        Assert.Contains("takes too long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_expression_beyond_all_reason_is_refused()
    {
        _small.Write(Plain.Replace("[\"q\"]", "\"" + new string('a', 20_000) + "\"", StringComparison.Ordinal), SmallBase.Lora("model.layers.0.q", 4));
        _small.Refused("a regular expression of 20000 characters, more than the 16384 allowed");
        _small.Write(Plain.Replace("[\"q\"]", "\"" + new string('(', 8000) + "q" + new string(')', 8000) + "\"", StringComparison.Ordinal), SmallBase.Lora("model.layers.0.q", 4));
        using LoraAdapter adapter = _small.Load();
        Assert.Equal(["model.layers.0.q"], adapter.Receipt.Modules.Select(module => module.Path));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_all_named_with_both_widths()
    {
        _small.Write(Plain, Tensor(Q + ".lora_A.weight", 2, 8), Tensor(Q + ".lora_B.weight", 4, 2), Tensor("base_model.model.model.layers.0.k.lora_A.weight", 2, 4), Tensor("base_model.model.model.layers.0.k.lora_B.weight", 3, 2));
        _small.Refused("trained on some/base", "does not fit this base", "model.layers.0.q: lora_A is [2, 8]: it takes 8 inputs, the base has 4", "model.layers.0.k: lora_B is [3, 2]: it gives 3 outputs, the base has 2");
    }

    [Fact]
    public void Factors_of_different_rank_or_alone_are_refused()
    {
        _small.Write(Plain, Tensor(Q + ".lora_A.weight", 2, 4), Tensor(Q + ".lora_B.weight", 4, 3));
        _small.Refused("model.layers.0.q: lora_A has rank 2, lora_B 3");
        _small.Write(Plain, Tensor(Q + ".lora_A.weight", 2, 4));
        _small.Refused($"model.layers.0.q: has {Q}.lora_A.weight without lora_B");
        _small.Write(Plain, Tensor(Q + ".lora_B.weight", 4, 2));
        _small.Refused($"model.layers.0.q: has {Q}.lora_B.weight without lora_A");
        _small.Write(Plain, Tensor(Q + ".lora_A.weight", 0, 4), Tensor(Q + ".lora_B.weight", 4, 0));
        _small.Refused("lora_A is [0, 4]");
    }

    [Fact]
    public void Parts_at_the_wrong_kind_of_module_are_refused()
    {
        _small.Write(Plain, SmallBase.Lora("model.norm", 4));
        _small.Refused("model.norm: is a norm and takes no base_model.model.model.norm.lora_A.weight");
        _small.Write(Plain, SmallBase.Lora("model.embed", 6));
        _small.Refused("model.embed: is an embedding and takes no base_model.model.model.embed.lora_A.weight");
        _small.Write(Plain, Tensor(Q + ".lora_embedding_A", 2, 4), Tensor(Q + ".lora_embedding_B", 4, 2));
        _small.Refused("model.layers.0.q: is a linear layer and takes no base_model.model.model.layers.0.q.lora_embedding_A");
    }

    [Fact]
    public void Embedding_factors_must_fit_vocabulary_and_channels()
    {
        const string E = "base_model.model.model.embed.";
        _small.Write(Plain, Tensor(E + "lora_embedding_A", 2, 7), Tensor(E + "lora_embedding_B", 4, 2));
        _small.Refused("lora_embedding_A is [2, 7]: it knows 7 tokens, the vocabulary has 6");
        _small.Write(Plain, Tensor(E + "lora_embedding_A", 2, 6), Tensor(E + "lora_embedding_B", 5, 2));
        _small.Refused("lora_embedding_B is [5, 2]: it gives 5 channels, the base has 4");
        _small.Write(Plain, Tensor(E + "lora_embedding_A", 2, 6), Tensor(E + "lora_embedding_B", 4, 3));
        _small.Refused("lora_embedding_A has rank 2, lora_embedding_B 3");
        _small.Write(With("\"use_dora\":true"), Tensor(E + "lora_embedding_A", 2, 6), Tensor(E + "lora_embedding_B", 4, 2), Tensor(E + "lora_magnitude_vector", 4));
        _small.Refused("DoRA on an embedding (model.embed) is not supported; nothing was read");
    }

    [Fact]
    public void Dora_must_agree_with_its_config()
    {
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor(Q + ".lora_magnitude_vector", 4)]);
        _small.Refused("lora_magnitude_vector, but adapter_config.json does not set use_dora");
        _small.Write(With("\"use_dora\":true"), SmallBase.Lora("model.layers.0.q", 4));
        _small.Refused("has no lora_magnitude_vector, but adapter_config.json sets use_dora");
        _small.Write(With("\"use_dora\":true"), [.. SmallBase.Lora("model.layers.0.q", 4), Tensor(Q + ".lora_magnitude_vector.weight", 5)]);
        _small.Refused("lora_magnitude_vector has 5 entries, the base 4 outputs");
        _small.Write(With("\"use_dora\":true"), Tensor(Q + ".lora_magnitude_vector.default.weight", 4));
        _small.Refused("without lora_A and lora_B");
    }

    [Fact]
    public void Biases_and_saved_weights_must_fit()
    {
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor(Q + ".lora_B.bias", 4)]);
        _small.Refused("does not set lora_bias");
        _small.Write(With("\"lora_bias\":true"), [.. SmallBase.Lora("model.layers.0.q", 4), Tensor(Q + ".lora_B.bias", 3)]);
        _small.Refused("lora_B.bias has 3 entries, expected 4");
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor("base_model.model.model.layers.0.k.bias", 3)]);
        _small.Refused("model.layers.0.k: the bias has 3 entries, the base 2");
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor("base_model.model.model.layers.0.k.weight", 3, 4)]);
        _small.Refused("model.layers.0.k: the saved weight is [3, 4], the base's is [2, 4]");
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor("base_model.model.model.norm.weight", 5)]);
        _small.Refused("model.norm: the weight has 5 entries, the base 4");
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor("base_model.model.model.embed.weight", 8, 5)]);
        _small.Refused("model.embed: the saved weight is [8, 5], the base's is [6, 4]");
    }

    [Fact]
    public void A_head_that_can_draw_ids_the_embedding_cannot_read_is_refused()
    {
        _small.Write(With("\"modules_to_save\":[\"lm_head\"]"), Tensor("base_model.model.lm_head.weight", 8, 4));
        _small.Refused("its head knows 8 tokens, but the embedding would know 6: both must be resized together");
    }

    [Fact]
    public void Trained_tokens_must_fit()
    {
        const string Rows = "base_model.model.model.embed.token_adapter.trainable_tokens_delta";
        _small.Write(Plain, Tensor(Rows, 2, 4));
        _small.Refused("trainable_token_indices names no tokens for it");
        _small.Write(With("\"trainable_token_indices\":[1]"), Tensor(Rows, 2, 4));
        _small.Refused($"{Rows} is [2, 4], expected [1, 4]");
        _small.Write(With("\"trainable_token_indices\":[1,6]"), Tensor(Rows, 2, 4));
        _small.Refused("trainable_token_indices names token 6, the vocabulary has 6");
    }

    [Fact]
    public void Fused_layers_must_fit()
    {
        string config = With("\"enable_lora\":[true,false,true]");
        _small.Write(config, Tensor(Q + ".lora_A.weight", 4, 4), Tensor(Q + ".lora_B.weight", 2, 2, 1));
        _small.Refused("lora_A is [4, 4], expected 2 times the rank and 4 inputs");
        _small.Write(With("\"enable_lora\":[true,true]"), Tensor(Q + ".lora_A.weight", 4, 4), Tensor(Q + ".lora_B.weight", 3, 2, 1));
        _small.Refused("lora_B is [3, 2, 1], expected [4, 2, 1]");
    }

    [Fact]
    public void Unused_tensors_are_all_named()
    {
        _small.Write(Plain, [.. SmallBase.Lora("model.layers.0.q", 4), Tensor("base_model.model.model.layers.7.q.lora_A.weight", 2, 4), Tensor("base_model.model.model.layers.0.q.bias", 4), Tensor("lora_A.weight", 2, 4), Tensor("stranger", 1)]);
        _small.Refused("belong to no module of this base and would be ignored", "base_model.model.model.layers.7.q.lora_A.weight", "base_model.model.model.layers.0.q.bias", "lora_A.weight", "stranger");
    }

    [Fact]
    public void A_file_of_strangers_shows_names_of_both_sides()
    {
        _small.Write(Plain, SmallBase.Lora("transformer.h.0.attn", 4));
        _small.Refused("none of its 2 tensors belongs to a module of this base: the adapter has base_model.model.transformer.h.0.attn.lora_A.weight, the base model.embed");
    }

    [Fact]
    public void A_diverged_adapter_is_refused_by_name()
    {
        _small.Write(Plain, (Q + ".lora_A.weight", [1, 4], [1, float.NaN, 1, 1]), (Q + ".lora_B.weight", [4, 1], [1, 1, float.PositiveInfinity, 1]));
        _small.Refused("NaN or infinity", Q + ".lora_A.weight", Q + ".lora_B.weight");
    }

    [Fact]
    public void A_zero_effect_adapter_is_refused()
    {
        _small.Write(Plain, Tensor(Q + ".lora_A.weight", 2, 4), (Q + ".lora_B.weight", [4, 2], new float[8]));
        _small.Refused("zero-effect adapter");
        _small.Write(Plain, ("base_model.model.model.embed.weight", [6, 4], _small.Embed));
        _small.Refused("zero-effect adapter");
        _small.Write(Plain.Replace("\"lora_alpha\":4", "\"lora_alpha\":0", StringComparison.Ordinal), SmallBase.Lora("model.layers.0.q", 4));
        _small.Refused("zero-effect adapter");
    }

    [Fact]
    public void An_untrained_dora_is_a_zero_effect_adapter()
    {
        float[] magnitudes = [.. Enumerable.Range(0, 4).Select(row => MathF.Sqrt(_small.Q.Skip(4 * row).Take(4).Sum(value => value * value)))];
        _small.Write(With("\"use_dora\":true"), Tensor(Q + ".lora_A.weight", 2, 4), (Q + ".lora_B.weight", [4, 2], new float[8]), (Q + ".lora_magnitude_vector", [4], magnitudes));
        _small.Refused("zero-effect adapter");
    }

    [Fact]
    public void Tensors_of_integers_are_refused()
    {
        _small.Folder.Write("adapter_config.json", Plain);
        _small.Folder.WriteSafeTensors("adapter_model.safetensors", $$$"""{"{{{Q}}}.lora_A.weight":{"dtype":"I8","shape":[2,4],"data_offsets":[0,8]}}""", 8);
        _small.Refused($"{Q}.lora_A.weight holds I8, expected F32, F16 or BF16");
    }

    [Fact]
    public void An_unknown_field_that_is_set_is_a_warning()
    {
        _small.Write(With("\"brand_new_trick\":true,\"other\":null"), SmallBase.Lora("model.layers.0.q", 4));
        using LoraAdapter adapter = _small.Load();
        Assert.Contains("'brand_new_trick'", Assert.Single(adapter.Receipt.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        _small.Write(With("\"use_dora\":true,\"trainable_token_indices\":[1,3],\"alpha_pattern\":{\"q\":3}"),
            [.. SmallBase.Lora("model.layers.0.q", 4), Tensor(Q + ".lora_magnitude_vector", 4), Tensor("base_model.model.model.embed.token_adapter.trainable_tokens_delta", 2, 4)]);
        byte[] config = File.ReadAllBytes(_small.Folder.File("adapter_config.json")), tensors = File.ReadAllBytes(_small.Folder.File("adapter_model.safetensors"));
        var random = new Random(5);
        int loaded = 0;
        for (int round = 0; round < 500; round++)
        {
            _small.Folder.Write("adapter_config.json", round % 2 == 0 ? Damage(config) : config);
            _small.Folder.Write("adapter_model.safetensors", round % 2 == 1 ? Damage(tensors) : tensors);
            try
            {
                using LoraAdapter adapter = _small.Load();
                loaded++;
            }
            catch (ModelFormatException)
            {
            }
        }
        Assert.InRange(loaded, 1, 499);

        byte[] Damage(byte[] whole)
        {
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 3); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(32, 128);
            return damaged;
        }
    }
}
