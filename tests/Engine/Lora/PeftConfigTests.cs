using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.EngineTests.Weights;

namespace Juxta.EngineTests.Lora;

/// <summary>Which modules and which scale an adapter_config.json means, by PEFT's rules; and every other method that PEFT has, refused by its name.</summary>
public sealed class PeftConfigTests : IDisposable
{
    static readonly string[] Names = ["self_attn.q_proj", "self_attn.k_proj", "mlp.down_proj"];

    readonly TempFolder _folder = new();
    readonly ModuleTable _table = new();

    public PeftConfigTests()
    {
        _table.Add("model.embed_tokens", ModuleKind.Embedding, 4, 4, (_, _) => { });
        for (int layer = 0; layer < 12; layer++)
        {
            foreach (string name in Names) _table.Add($"model.layers.{layer}.{name}", ModuleKind.Linear, 4, 4, (_, _) => { });
            _table.Add($"model.layers.{layer}.input_layernorm", ModuleKind.Norm, 4, 1, (_, _) => { });
        }
        _table.Add("lm_head", ModuleKind.Linear, 4, 4, (_, _) => { });
    }

    public void Dispose() => _folder.Dispose();

    PeftConfig Read(string fields)
    {
        _folder.Write("adapter_config.json", "{\"peft_type\":\"LORA\",\"r\":8,\"lora_alpha\":16," + fields + "}");
        return PeftConfig.Read(_folder.Path);
    }

    string[] Targets(string fields)
    {
        PeftConfig config = Read(fields);
        return [.. _table.Modules.Where(module => config.IsTarget(module, module.Path == "lm_head")).Select(module => module.Path)];
    }

    [Fact]
    public void A_list_names_last_parts_or_whole_paths()
    {
        Assert.Equal(12, Targets("\"target_modules\":[\"q_proj\"]").Length);
        Assert.Equal(["model.layers.3.mlp.down_proj"], Targets("\"target_modules\":[\"model.layers.3.mlp.down_proj\"]"));
        Assert.Equal(["model.layers.3.mlp.down_proj"], Targets("\"target_modules\":[\"3.mlp.down_proj\"]"));
        Assert.Empty(Targets("\"target_modules\":[\"proj\"]")); // not the end of a name, the end of a path
        Assert.Equal(["model.embed_tokens", "lm_head"], Targets("\"target_modules\":[\"embed_tokens\",\"lm_head\"]"));
    }

    [Fact]
    public void A_text_is_an_expression_over_the_whole_path()
    {
        Assert.Equal(["model.layers.1.self_attn.k_proj", "model.layers.1.mlp.down_proj"], Targets("\"target_modules\":\".*layers\\\\.1\\\\.(self_attn\\\\.k_proj|mlp\\\\.down_proj)\""));
        Assert.Empty(Targets("\"target_modules\":\"q_proj\""));
        Assert.Equal(12, Targets("\"target_modules\":\".*\\\\.(?P<name>q_proj)\"").Length);
    }

    [Fact]
    public void All_linear_leaves_the_head_out() => Assert.Equal(36, Targets("\"target_modules\":\"all-linear\"").Length);

    [Fact]
    public void Excluded_modules_are_taken_away()
    {
        Assert.Equal(24, Targets("\"target_modules\":\"all-linear\",\"exclude_modules\":[\"down_proj\"]").Length);
        Assert.Equal(33, Targets("\"target_modules\":\"all-linear\",\"exclude_modules\":\".*layers\\\\.1\\\\..*\"").Length);
    }

    [Fact]
    public void Layers_narrow_lists_only()
    {
        Assert.Equal(["model.layers.1.self_attn.q_proj"], Targets("\"target_modules\":[\"q_proj\"],\"layers_to_transform\":1"));
        Assert.Equal(["model.layers.1.self_attn.q_proj", "model.layers.11.self_attn.q_proj"], Targets("\"target_modules\":[\"q_proj\"],\"layers_to_transform\":[1,11],\"layers_pattern\":\"layers\""));
        Assert.Equal(["model.layers.1.self_attn.q_proj"], Targets("\"target_modules\":[\"q_proj\"],\"layers_to_transform\":[1],\"layers_pattern\":[\"h\",\"layers\"]"));
        Assert.Empty(Targets("\"target_modules\":[\"q_proj\"],\"layers_to_transform\":[1],\"layers_pattern\":\"blocks\""));
        Assert.Equal(12, Targets("\"target_modules\":\".*q_proj\",\"layers_to_transform\":[1]").Length);
    }

    [Fact]
    public void No_targets_and_nulls_mean_what_the_tensors_say()
    {
        PeftConfig config = Read("\"target_modules\":null,\"use_dora\":null,\"layers_to_transform\":null,\"rank_pattern\":null,\"alpha_pattern\":null,\"bias\":\"none\",\"modules_to_save\":null");
        Assert.DoesNotContain(_table.Modules, module => config.IsTarget(module, isHead: false));
        Assert.Equal(2, config.Scale("model.layers.0.self_attn.q_proj", 8));
        Assert.Empty(config.Warnings);
    }

    [Fact]
    public void The_first_alpha_pattern_that_fits_wins_and_the_tensors_give_the_rank()
    {
        PeftConfig config = Read("\"rank_pattern\":{\"q_proj\":99},\"alpha_pattern\":{\"layers.1.self_attn.q_proj\":40,\"q_proj\":24,\".*down_proj\":4,\"mlp.down_proj\":1000}");
        Assert.Equal(5, config.Scale("model.layers.1.self_attn.q_proj", 8));
        Assert.Equal(3, config.Scale("model.layers.0.self_attn.q_proj", 8));
        Assert.Equal(6, config.Scale("model.layers.0.self_attn.q_proj", 4));
        Assert.Equal(0.5, config.Scale("model.layers.7.mlp.down_proj", 8));
        Assert.Equal(2, config.Scale("model.layers.7.self_attn.k_proj", 8));
        Assert.Equal(3, config.Scale("model.layers.11.self_attn.q_proj", 8)); // "layers.1." is no part of it
    }

    [Fact]
    public void Rank_stabilised_scales_divide_by_the_root_of_each_module_s_own_rank()
    {
        PeftConfig config = Read("\"use_rslora\":true,\"alpha_pattern\":{\"k_proj\":6}");
        Assert.Equal(4, config.Scale("model.layers.0.self_attn.q_proj", 16));
        Assert.Equal(3, config.Scale("model.layers.0.self_attn.k_proj", 4));
    }

    [Fact]
    public void Fields_of_trainers_that_change_nothing_raise_nothing()
    {
        // As PEFT 0.17, LLaMA-Factory and XTuner write them.
        PeftConfig config = Read(
            """
            "auto_mapping":null,"base_model_name_or_path":"Qwen/Qwen2.5-0.5B","corda_config":null,"eva_config":null,"exclude_modules":null,"fan_in_fan_out":true,"inference_mode":true,
            "init_lora_weights":true,"layer_replication":null,"layers_pattern":null,"loftq_config":{},"lora_bias":false,"lora_dropout":0.05,"megatron_config":null,
            "megatron_core":"megatron.core","qalora_group_size":16,"revision":null,"target_parameters":null,"task_type":"CAUSAL_LM","trainable_token_indices":null,
            "use_qalora":false,"use_rslora":false,"merge_weights":false,"enable_lora":null,"modules_to_save":null
            """);
        Assert.Empty(config.Warnings);
        Assert.Equal("Qwen/Qwen2.5-0.5B", config.TrainedOn);
        Assert.Null(config.EnableLora);
    }

    [Theory]
    [InlineData("IA3")]
    [InlineData("ADALORA")]
    [InlineData("LOHA")]
    [InlineData("LOKR")]
    [InlineData("OFT")]
    [InlineData("BOFT")]
    [InlineData("VERA")]
    [InlineData("VBLORA")]
    [InlineData("XLORA")]
    [InlineData("FOURIERFT")]
    [InlineData("HRA")]
    [InlineData("LN_TUNING")]
    [InlineData("POLY")]
    [InlineData("BONE")]
    [InlineData("MISS")]
    [InlineData("RANDLORA")]
    [InlineData("SHIRA")]
    [InlineData("C3A")]
    [InlineData("ROAD")]
    [InlineData("CPT")]
    [InlineData("TRAINABLE_TOKENS")]
    [InlineData("PREFIX_TUNING")]
    [InlineData("PROMPT_TUNING")]
    [InlineData("MULTITASK_PROMPT_TUNING")]
    [InlineData("P_TUNING")]
    [InlineData("ADAPTION_PROMPT")]
    public void Another_method_is_refused_by_its_name_before_any_weight_is_read(string type)
    {
        _folder.Write("adapter_config.json", $$"""{"peft_type":"{{type}}","task_type":"CAUSAL_LM"}""");
        _folder.Write("adapter_model.safetensors", "not even a tensor file");
        var error = Assert.Throws<ModelFormatException>(() => AdapterFile.Open(_folder.Path));
        Assert.Contains($"not supported: peft_type {type} (expected LORA). Nothing was loaded", error.Message, StringComparison.Ordinal);
        Assert.Equal(ModelFault.UnsupportedAdapter, error.Fault);
    }

    [Theory]
    [InlineData("\"LORA\"")]
    [InlineData("\"PeftType.LORA\"")]
    [InlineData("null")]
    public void Lora_is_understood_in_every_spelling(string type)
    {
        _folder.Write("adapter_config.json", "{\"peft_type\":" + type + "}");
        Assert.Equal("LoRA r=8 alpha=8", PeftConfig.Read(_folder.Path).Method);
    }
}
