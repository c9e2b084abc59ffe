using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class DataCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-cli").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }

    [Fact]
    public void Logits_of_base_and_adapter_equal_the_reference()
    {
        string model = Fixtures.Require("models", "qwen3");
        JsonElement expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(model, "expected.json"))).RootElement;
        Dictionary<string, float[]> reference = ReadSafeTensors(Path.Combine(model, "expected.safetensors"));
        foreach ((string? adapter, JsonElement prompts) in (ReadOnlySpan<(string?, JsonElement)>)[
            (null, expected.GetProperty("prompts")), ("dora-all-linear", expected.GetProperty("adapters").GetProperty("dora-all-linear").GetProperty("prompts"))])
        {
            JsonElement[] stored = [.. prompts.EnumerateArray().Where(p => p.TryGetProperty("logits_key", out _) && !p.TryGetProperty("logits_from", out _))];
            string jsonl = Write("ids.jsonl", [.. stored.Select(p => $"{{\"key\":\"{p.GetProperty("logits_key")}\",\"ids\":{p.GetProperty("ids").GetRawText()}}}")]);
            string output = Path.Combine(_folder, "logits.safetensors");
            string[] adapterArguments = adapter is null ? [] : ["--adapter", $"{Path.Combine(model, "adapters", adapter)}=1.0"];
            Juxta.Result result = Juxta.Run(["logits", "--model", model, .. adapterArguments, "--jsonl", jsonl, "--out", output]);
            Assert.True(result.Code == 0, result.Error);
            foreach ((string key, float[] values) in ReadSafeTensors(output))
            {
                Assert.Equal(reference[key].Length, values.Length);
                Assert.True(values.Zip(reference[key], (a, b) => Math.Abs(a - b)).Max() < 2e-4, key);
            }
        }
    }

    [Fact]
    public void Tokenize_answers_line_by_line()
    {
        string stories = Fixtures.Require("models", "stories260k");
        string jsonl = Write("texts.jsonl", "{\"text\":\"Once upon a time\",\"add_special\":false,\"parse_special\":true}", "", "{\"text\":\"你好\",\"add_special\":true}");
        JsonElement[] lines = Juxta.Run("tokenize", "--model", stories, "--jsonl", jsonl).Lines;
        Assert.Equal("[403,407,261,378]", lines[0].GetProperty("ids").GetRawText());
        Assert.Equal("Once upon a time", lines[0].GetProperty("decoded").GetString());
        Assert.Equal(1, lines[1].GetProperty("ids")[0].GetInt32());
        Assert.Equal("<s> 你好", lines[1].GetProperty("decoded").GetString());
        Assert.Equal("你好", lines[1].GetProperty("decoded_skip_special").GetString()!.Trim());
    }

    [Theory]
    [InlineData("qwen2.5")]
    [InlineData("llama3.1")]
    [InlineData("mistral-nemo")]
    public void Template_renders_every_case_or_says_why_not(string name)
    {
        JsonElement fixture = JsonDocument.Parse(File.ReadAllBytes(Fixtures.Require("chat-templates", $"{name}.json"))).RootElement;
        string template = Path.Combine(_folder, "template.jinja");
        File.WriteAllText(template, fixture.GetProperty("chat_template").GetString());
        JsonElement[] cases = [.. fixture.GetProperty("cases").EnumerateArray()];
        string jsonl = Write("cases.jsonl", [.. cases.Select(c => Line(c, fixture.GetProperty("special_tokens")))]);
        JsonElement[] answers = Juxta.Run("template", "--template-file", template, "--jsonl", jsonl).Lines;
        Assert.Equal(cases.Length, answers.Length);
        for (int i = 0; i < cases.Length; i++)
        {
            if (cases[i].TryGetProperty("rendered", out JsonElement rendered)) Assert.Equal(rendered.GetString(), answers[i].GetProperty("rendered").GetString());
            else Assert.False(string.IsNullOrEmpty(answers[i].GetProperty("error").GetString()));
        }
    }

    static string Line(JsonElement c, JsonElement specials)
    {
        var extra = new Dictionary<string, JsonElement>();
        foreach (JsonProperty special in specials.EnumerateObject()) extra[special.Name] = special.Value;
        if (c.TryGetProperty("extra", out JsonElement more) && more.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty variable in more.EnumerateObject()) extra[variable.Name] = variable.Value;
        return JsonSerializer.Serialize(new
        {
            messages = c.GetProperty("messages"),
            tools = c.TryGetProperty("tools", out JsonElement tools) ? (JsonElement?)tools : null,
            add_generation_prompt = c.GetProperty("add_generation_prompt"),
            extra,
            now = "2024-07-26T13:05:09",
        });
    }

    [Fact]
    public void Inspect_tells_what_a_checkpoint_is_and_what_its_adapter_does()
    {
        string model = Fixtures.Require("models", "qwen2.5-tied-bf16");
        JsonElement info = Juxta.Run("inspect", "--model", model, "--adapter", Path.Combine(model, "adapters/lora-all-linear"), "--json").Json;
        Assert.Equal("qwen2", info.GetProperty("description").GetProperty("family").GetString());
        Assert.Equal("BF16", info.GetProperty("description").GetProperty("weight_type").GetString());
        Assert.Equal([316, 317, 318], info.GetProperty("stop_ids").EnumerateArray().Select(s => s.GetProperty("id").GetInt32()));
        JsonElement receipt = info.GetProperty("adapters")[0];
        Assert.Equal(21, receipt.GetProperty("modules").GetArrayLength()); // 7 linears in 3 layers
        Assert.True(receipt.GetProperty("probe_max_logit_difference").GetDouble() > 0.1);
        Assert.Contains("stop id", Juxta.Run("inspect", "--model", model).Out);
    }

    [Fact]
    public void Bench_makes_a_random_checkpoint_and_measures_each_storage_of_it()
    {
        string folder = Path.Combine(_folder, "random");
        Assert.Equal(0, Juxta.Run("bench", "--make-random", "tiny", folder).Code);
        JsonElement result = Juxta.Run("bench", "--model", folder, "--depth", "40", "--tokens", "8", "--runs", "2", "--weights", "f32", "--weights", "q4_0", "--quality", "--json").Json;
        JsonElement[] tables = [.. result.GetProperty("tables").EnumerateArray()];
        Assert.Equal(["BF16", "q4_0"], tables.Select(table => table.GetProperty("weights").GetString())); // f32 changes no value
        Assert.InRange(tables[0].GetProperty("step_megabytes").GetDouble() / tables[1].GetProperty("step_megabytes").GetDouble(), 3.7, 7.2); // 32 bits over 8.5 of the head and 4.5
        foreach (JsonElement table in tables)
        {
            JsonElement[] rows = [.. table.GetProperty("rows").EnumerateArray()];
            Assert.Equal(["decode 1 0", "decode 1 40", "decode 4 0", "decode 16 0", "prefill 1 0"], rows.Select(row => $"{row.GetProperty("job")} {row.GetProperty("sequences")} {row.GetProperty("depth")}"));
            foreach (JsonElement row in rows)
                foreach (string figure in (ReadOnlySpan<string>)["tokens_per_second", "memory_gigabytes_per_second"]) Assert.True(row.GetProperty(figure).GetDouble() > 0, figure);
            Assert.True(rows[0].GetProperty("share_of_memory").GetDouble() > 0);
        }
        Assert.Equal(0, tables[0].GetProperty("quality").GetProperty("mean_kl").GetDouble());
        JsonElement quality = tables[1].GetProperty("quality");
        Assert.Equal("random ids", quality.GetProperty("text").GetString());
        Assert.InRange(quality.GetProperty("mean_kl").GetDouble(), 1e-7, 0.5);

        JsonElement cached = Juxta.Run("bench", "--model", folder, "--depth", "40", "--tokens", "8", "--runs", "1", "--cache", "q8_0", "--quality", "--json").Json.GetProperty("tables")[0];
        Assert.Equal(("BF16", "q8_0"), (cached.GetProperty("weights").GetString(), cached.GetProperty("cache").GetString()));
        Assert.InRange(cached.GetProperty("quality").GetProperty("mean_kl").GetDouble(), 1e-12, 1e-3);
        Assert.True(cached.GetProperty("rows")[1].GetProperty("megabytes_per_step").GetDouble() < tables[0].GetProperty("rows")[1].GetProperty("megabytes_per_step").GetDouble());

        Juxta.Result asked = Juxta.RunWith("decode 4\nprefill 16\ndecode 4 16 3\n", "bench", "--model", folder, "--weights", "q8_0", "--on-request");
        Assert.Equal(4, asked.Lines.Length);
        Assert.True(asked.Lines[3].GetProperty("tokens_per_second").GetDouble() > 0);
        Juxta.Refuses(["bench", "--make-random", "tiny", folder], "already");
        Juxta.Refuses(["bench", "--model", folder, "--weights", "q5"], "--weights q5", "q8_0");
        Juxta.Refuses(["bench", "--model", folder, "--runs", "0"], "--runs 0");
        Juxta.Refuses(["bench"], "--shape");
        Juxta.Refuses(["bench", "--shape", "huge"], "huge", "qwen2.5-0.5b");
        Assert.Equal(2, Juxta.RunWith("decode\n", "bench", "--model", folder, "--on-request").Code);
    }

    [Fact]
    public void Bench_measures_ratios_beside_their_targets()
    {
        string folder = Path.Combine(_folder, "random"), demo = Path.Combine(Fixtures.Repository, "models", "demo");
        Assert.Equal(0, Juxta.Run("bench", "--make-random", "tiny", folder).Code);
        JsonElement[] targets = [.. Juxta.Run("bench", "--model", folder, "--targets", "--tokenizer", demo, "--weights", "q4_0", "--tokens", "8", "--runs", "1", "--json").Json.GetProperty("targets").EnumerateArray()];
        Assert.Equal(["tokenizer", "load_cold", "load_again", "side_by_side", "adapter", "second_turn", "sampling", "sampling_top_p"], targets.Select(target => target.GetProperty("name").GetString()));
        foreach (JsonElement target in targets)
        {
            double value = target.GetProperty("value").GetDouble(), bound = target.GetProperty("bound").GetDouble();
            Assert.InRange(value, 1e-6, 1e4);
            Assert.Equal(target.GetProperty("at_most").GetBoolean() ? value <= bound : value >= bound, target.GetProperty("met").GetBoolean());
            Assert.Equal(target.GetProperty("name").GetString() == "tokenizer" ? null : "q4_0", target.GetProperty("weights").GetString());
        }
        JsonElement adapters = Juxta.Run("bench", "--model", folder, "--targets", "--only", "adapters", "--tokens", "8", "--runs", "1", "--json").Json.GetProperty("targets");
        Assert.Equal(["side_by_side", "adapter"], adapters.EnumerateArray().Select(target => target.GetProperty("name").GetString()));
        Juxta.Refuses(["bench", "--model", folder, "--targets", "--only", "luck"], "bench --only luck: expected some of tokenizer, load, adapters");
        Juxta.Refuses(["bench", "--model", folder, "--targets", "--cache", "f16"], "bench --targets", "leave --cache f16 out");
        Juxta.Refuses(["bench", "--model", folder, "--targets", "--tokenizer", folder], "--tokenizer", "no tokenizer there");
        Juxta.Refuses(["bench", "--model", folder, "--targets", "--tokenizer", demo, "--text", "nowhere.txt"], "--text nowhere.txt: no such file");
    }

    static Dictionary<string, float[]> ReadSafeTensors(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        JsonElement header = JsonDocument.Parse(Encoding.UTF8.GetString(bytes, 8, length)).RootElement;
        return header.EnumerateObject().Where(t => t.Name != "__metadata__").ToDictionary(t => t.Name, t =>
        {
            int begin = t.Value.GetProperty("data_offsets")[0].GetInt32(), end = t.Value.GetProperty("data_offsets")[1].GetInt32();
            return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(8 + length + begin, end - begin)).ToArray();
        });
    }
}
