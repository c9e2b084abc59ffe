using System.Text;
using System.Text.Json.Nodes;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>What people get wrong, each once through the real command: a clear line, exit code 2, no stack trace.</summary>
public sealed class RefusalTests : IDisposable
{
    static readonly string Golden = Fixtures.Require("models", "qwen3");

    readonly string _folder = Directory.CreateTempSubdirectory("juxta-bad").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A copy of a healthy checkpoint to break.</summary>
    string Copy(string model = "qwen3")
    {
        string source = Fixtures.Require("models", model), target = Path.Combine(_folder, model);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(source).Where(f => !Path.GetFileName(f).StartsWith("expected", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        return target;
    }

    static void EditJson(string path, Action<JsonObject> edit)
    {
        JsonObject json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        edit(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    static string[] Generate(string model, params string[] more) => ["generate", "--model", model, "--ids", "1,2", "--max-tokens", "2", .. more];

    [Fact]
    public void A_backend_that_is_not_installed_or_not_known()
    {
        Juxta.Refuses(Generate(Golden, "--backend", "torchsharp"), "the backend torchsharp is not installed", "dotnet publish src/Engine.TorchSharp");
        Juxta.Refuses(Generate(Golden, "--backend", "vulkan"), "no such backend; there are cpu (the engine's own kernels) and torchsharp");
        Juxta.Refuses(Generate(Golden, "--device", "cuda"), "--device cuda goes with --backend torchsharp");
    }

    [Fact]
    public void A_truncated_weights_file()
    {
        string model = Copy();
        string weights = Path.Combine(model, "model.safetensors");
        using (FileStream file = File.OpenWrite(weights)) file.SetLength(file.Length / 2);
        Juxta.Refuses(Generate(model), "model.safetensors");
    }

    [Fact]
    public void A_header_that_claims_more_than_the_file_holds()
    {
        string model = Copy();
        using (FileStream file = File.OpenWrite(Path.Combine(model, "model.safetensors"))) file.Write([255, 255, 255, 255, 255, 255, 255, 127]);
        Juxta.Refuses(Generate(model), "model.safetensors", "header");
    }

    [Fact]
    public void A_missing_shard()
    {
        string model = Copy("qwen2-untied-sharded");
        File.Delete(Directory.EnumerateFiles(model, "model-00002*").Single());
        Juxta.Refuses(Generate(model), "model-00002-of-00003.safetensors");
    }

    [Fact]
    public void Weights_of_another_shape_than_the_config_says()
    {
        string model = Copy();
        EditJson(Path.Combine(model, "config.json"), json => json["intermediate_size"] = 99);
        Juxta.Refuses(Generate(model), "model.layers.0.mlp.gate_proj.weight", "[99, 48]", "config.json");
    }

    [Theory]
    [InlineData("num_key_value_heads", 3, "divide")]
    [InlineData("head_dim", 15, "even")]
    [InlineData("hidden_size", -4, "hidden_size")]
    [InlineData("num_hidden_layers", 1000000, "num_hidden_layers")]
    public void Numbers_in_the_config_that_make_no_model(string key, int value, string says)
    {
        string model = Copy();
        EditJson(Path.Combine(model, "config.json"), json => json[key] = value);
        Juxta.Refuses(Generate(model), "config.json", key, says);
    }

    [Fact]
    public void An_architecture_that_nobody_knows()
    {
        string model = Copy();
        EditJson(Path.Combine(model, "config.json"), json => { json["model_type"] = "frob"; json["architectures"] = new JsonArray("FrobForCausalLM"); });
        Juxta.Refuses(Generate(model), "frob", "FrobForCausalLM", "qwen3");
    }

    [Fact]
    public void An_adapter_for_another_base() =>
        Juxta.Refuses(Generate(Golden, "--adapter", Path.Combine(Fixtures.Require("models", "qwen2.5-tied-bf16"), "adapters/lora-all-linear")), "lora-all-linear");

    [Fact]
    public void An_adapter_without_effect()
    {
        string source = Path.Combine(Golden, "adapters/lora-qv"), adapter = Path.Combine(_folder, "nothing");
        Directory.CreateDirectory(adapter);
        foreach (string file in Directory.EnumerateFiles(source)) File.Copy(file, Path.Combine(adapter, Path.GetFileName(file)));
        string weights = Path.Combine(adapter, "adapter_model.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        int header = BitConverter.ToInt32(bytes);
        JsonObject tensors = JsonNode.Parse(Encoding.UTF8.GetString(bytes, 8, header))!.AsObject();
        foreach ((string name, JsonNode? tensor) in tensors)
        {
            if (!name.Contains("lora_B", StringComparison.Ordinal)) continue;
            int begin = tensor!["data_offsets"]![0]!.GetValue<int>(), end = tensor["data_offsets"]![1]!.GetValue<int>();
            Array.Clear(bytes, 8 + header + begin, end - begin);
        }
        File.WriteAllBytes(weights, bytes);
        Juxta.Refuses(Generate(Golden, "--adapter", adapter), "zero-effect", "lora_B");
    }

    [Fact]
    public void A_prompt_longer_than_the_context() =>
        Juxta.Refuses(["generate", "--model", Golden, "--ids", string.Join(',', Enumerable.Repeat(1, 600))], "600", "512");

    [Fact]
    public void Ids_outside_the_vocabulary() => Juxta.Refuses(["generate", "--model", Golden, "--ids", "1,99999"], "99999", "303");

    [Theory]
    [InlineData("--temperature", "-1", "temperature")]
    [InlineData("--temperature", "NaN", "temperature")]
    [InlineData("--top-p", "1.5", "top_p")]
    [InlineData("--min-p", "-0.1", "min_p")]
    [InlineData("--top-k", "-3", "top_k")]
    [InlineData("--max-tokens", "-1", "max_tokens")]
    [InlineData("--repetition-penalty", "0", "repetition_penalty")]
    [InlineData("--logit-bias", "5:1", "ID=bias")]
    [InlineData("--logit-bias", "99999=1", "logit_bias")]
    public void Settings_out_of_range(string option, string value, string says) => Juxta.Refuses(["generate", "--model", Golden, "--ids", "1,2", option, value], says);

    [Fact]
    public void A_text_prompt_for_a_model_without_tokenizer() => Juxta.Refuses(["generate", "--model", Golden, "--prompt", "Hello"], "tokenizer");

    [Fact]
    public void Files_that_are_no_JSON_Lines()
    {
        string file = Path.Combine(_folder, "bad.jsonl"), output = Path.Combine(_folder, "o.safetensors");
        File.WriteAllText(file, "{\"key\":\"a\",\"ids\":[1]}\n{\"key\":\"b\",\"ids\":[\"x\"]}\n");
        Juxta.Refuses(["logits", "--model", Golden, "--jsonl", file, "--out", output], "bad.jsonl:2", "token ids");
        File.WriteAllText(file, "{\"key\":");
        Juxta.Refuses(["logits", "--model", Golden, "--jsonl", file, "--out", output], "bad.jsonl:1", "JSON");
        File.WriteAllBytes(file, [0x7b, 0xff, 0xfe, 0x7d]);
        Juxta.Refuses(["logits", "--model", Golden, "--jsonl", file, "--out", output], "UTF-8");
        Juxta.Refuses(["logits", "--model", Golden, "--jsonl", "/nowhere.jsonl", "--out", output], "/nowhere.jsonl");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void A_template_that_loops_for_ever_ends_with_an_error()
    {
        string template = Path.Combine(_folder, "loop.jinja"), jsonl = Path.Combine(_folder, "m.jsonl");
        File.WriteAllText(template, "{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}{% endfor %}{% endfor %}{% endfor %}");
        File.WriteAllText(jsonl, "{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}\n");
        Juxta.Result result = Juxta.Run("template", "--template-file", template, "--jsonl", jsonl);
        Assert.Equal(0, result.Code);
        Assert.Contains("limit", result.Json.GetProperty("error").GetString());
    }

    [Fact]
    public void A_template_that_does_not_parse_is_every_line_s_error()
    {
        string template = Path.Combine(_folder, "broken.jinja");
        File.WriteAllText(template, "{% for x in %}");
        Juxta.Result result = Juxta.RunWith("{\"messages\":[]}\n{\"messages\":[]}\n", "template", "--template-file", template, "--jsonl", "-");
        Assert.Equal(2, result.Lines.Length);
        Assert.All(result.Lines, line => Assert.Contains("line 1", line.GetProperty("error").GetString()));
    }

    [Fact]
    public void Commands_and_options_that_do_not_exist()
    {
        Juxta.Refuses(["frob"], "frob", "--help");
        Juxta.Refuses(["generate", "--frob"], "--frob");
        Juxta.Refuses(["generate", "--ids", "1"], "--model");
        Juxta.Refuses(["generate", "--model", Golden], "--prompt");
        Juxta.Refuses(["generate", "--model", "/nowhere", "--ids", "1"], "/nowhere");
        Juxta.Refuses(["generate", "--model", Golden, "--ids", "1,x"], "'x'");
        Juxta.Refuses(["bench", "--make-random", "huge", Path.Combine(_folder, "h")], "huge", "qwen2.5-0.5b");
        Juxta.Refuses(["generate", "--model", Golden, "--ids", "1", "--adapter", "/nowhere=x"], "'x'");
    }

    [Fact]
    public void Help_teaches()
    {
        Juxta.Result help = Juxta.Run("--help");
        Assert.Equal(0, help.Code);
        foreach (string command in (ReadOnlySpan<string>)["serve", "chat", "generate", "tokenize", "template", "inspect", "doctor", "merge", "logits", "bench", "pull"]) Assert.Contains(command, help.Out);
        Assert.Contains("--temperature", Juxta.Run("generate", "--help").Out);
    }
}
