using System.Diagnostics;
using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class TrainTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;
    readonly string _model, _data;

    public TrainTests()
    {
        TinyModel.Write(_model = Path.Combine(_folder, "tiny"));
        _data = Path.Combine(_folder, "chat.jsonl");
        File.WriteAllLines(_data, Enumerable.Range(0, 20).Select(i => JsonSerializer.Serialize(new
        {
            messages = new object[] { new { role = "user", content = $"Count from {i}" }, new { role = "assistant", content = $"{i} {i + 1} {i + 2}" } },
        })));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    string Out(string name) => Path.Combine(_folder, name);

    [Fact]
    public void An_adapter_is_trained_logged_and_used()
    {
        File.WriteAllText(Path.Combine(_model, ".juxta-hub.json"), """{"model":"acme/tiny","revision":"main","commit":"1234567","files":[]}""");
        Juxta.Result trained = Juxta.Run("train", "--model", _model, "--data", _data, "--out", Out("adapter"), "--steps", "6", "--batch-size", "4", "--lr", "0.01", "--eval-share", "0.2", "--json");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Equal(6, trained.Lines.Length);
        Assert.True(trained.Lines[^1].GetProperty("loss").GetDouble() < trained.Lines[0].GetProperty("loss").GetDouble());
        Assert.True(trained.Lines[^1].GetProperty("held_out_loss").GetDouble() > 0);
        Assert.Contains("16 samples", trained.Error, StringComparison.Ordinal);
        Assert.Equal(6, File.ReadAllLines(Path.Combine(Out("adapter"), "run", "log.jsonl")).Length);
        JsonElement state = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out("adapter"), "trainer_state.json"))).RootElement;
        Assert.Equal(trained.Lines.Select(line => line.GetProperty("loss").GetDouble()), state.GetProperty("log_history").EnumerateArray().Where(entry => entry.TryGetProperty("loss", out _)).Select(entry => entry.GetProperty("loss").GetDouble()));
        Assert.Equal(1.5, state.GetProperty("epoch").GetDouble());
        // The base has the name that others know it by, in the card and for PEFT.
        Assert.Contains("base_model: acme/tiny\n", File.ReadAllText(Path.Combine(Out("adapter"), "README.md")), StringComparison.Ordinal);
        Assert.Equal("acme/tiny", JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out("adapter"), "adapter_config.json"))).RootElement.GetProperty("base_model_name_or_path").GetString());
        Assert.Contains("| steps | 6 |", File.ReadAllText(Path.Combine(Out("adapter"), "README.md")), StringComparison.Ordinal);
        Juxta.Result said = Juxta.Run("generate", "--model", _model, "--adapter", Out("adapter"), "--prompt", "Count", "--max-tokens", "3", "--json");
        Assert.True(said.Code == 0, said.Error);
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("adapter")], "holds a finished adapter or model");
    }

    [Theory]
    [InlineData("--lora-dropout", "0.1")]
    [InlineData("--full", "--keep-activations")]
    public void A_killed_run_goes_on_to_the_bits_of_one_that_nobody_killed(string first, string second)
    {
        string[] Arguments(string name, string threads) =>
            ["train", "--model", _model, "--data", _data, "--out", Out(name), "--steps", "100", "--batch-size", "3", "--save-every", "2", "--eval-share", "0.2", "--eval-every", "50", "--lr", "0.001", "--threads", threads, first, second];
        using (Process killed = Juxta.Start(Arguments("killed", "2")))
        {
            string run = Path.Combine(Out("killed"), "run");
            while (!killed.HasExited && !(Directory.Exists(run) && Directory.GetDirectories(run, "checkpoint-*").Any(folder => !folder.EndsWith(".part", StringComparison.Ordinal)))) Thread.Sleep(5);
            killed.Kill(); // SIGKILL: nothing of it is told or tidied up
            killed.WaitForExit();
            Assert.NotEqual(0, killed.ExitCode);
        }
        Assert.True(Directory.GetFiles(Out("killed"), "*.safetensors").Length == 0);
        Juxta.Result again = Juxta.Run(Arguments("killed", "1")), whole = Juxta.Run(Arguments("whole", "2"));
        Assert.True(again.Code == 0 && whole.Code == 0, again.Error + whole.Error);
        string weights = first == "--full" ? "model.safetensors" : "adapter_model.safetensors";
        Assert.Equal(File.ReadAllBytes(Path.Combine(Out("whole"), weights)), File.ReadAllBytes(Path.Combine(Out("killed"), weights)));
        Assert.Equal(Losses("whole"), Losses("killed"));
        Assert.Equal(102, Losses("whole").Length);

        string[] Losses(string name) => [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out(name), "trainer_state.json"))).RootElement.GetProperty("log_history").EnumerateArray()
            .Where(entry => !entry.TryGetProperty("train_loss", out _)).Select(entry => entry.GetRawText())];
    }

    [Fact]
    public void Preference_pairs_are_trained_and_their_rewards_are_told()
    {
        string pairs = Out("pairs.jsonl");
        File.WriteAllLines(pairs, Enumerable.Range(0, 20).Select(i => JsonSerializer.Serialize(new { prompt = $"What of {i}?", chosen = $"aye, {i}", rejected = "no" })));
        string[] arguments = ["train", "--method", "dpo", "--model", _model, "--data", pairs, "--out", Out("dpo"), "--steps", "8", "--batch-size", "4", "--lr", "0.01", "--warmup-steps", "0", "--eval-share", "0.2"];
        Juxta.Result trained = Juxta.Run([.. arguments, "--json"]);
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("16 pairs", trained.Error, StringComparison.Ordinal);
        Assert.Equal(Math.Log(2), trained.Lines[0].GetProperty("loss").GetDouble(), 1e-9);
        Assert.True(trained.Lines[^1].GetProperty("held_out_rewards").GetProperty("margin").GetDouble() > 0);
        JsonElement[] log = [.. JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out("dpo"), "trainer_state.json"))).RootElement.GetProperty("log_history").EnumerateArray()];
        foreach (string name in (string[])["rewards/chosen", "rewards/rejected", "rewards/accuracies", "rewards/margins", "logps/chosen", "logps/rejected"])
        {
            Assert.True(log[0].TryGetProperty(name, out _), name);
            Assert.Single(log, entry => entry.TryGetProperty("eval_" + name, out _));
        }
        Assert.Equal(0, Juxta.Run("generate", "--model", _model, "--adapter", Out("dpo"), "--prompt", "What", "--max-tokens", "3").Code);
        arguments[8] = Out("dpo-told");
        Assert.Contains("margin ", Juxta.Run(arguments).Error, StringComparison.Ordinal);
        string[] further = ["train", "--method", "dpo", "--model", _model, "--adapter", Out("dpo"), "--data", pairs, "--steps", "2", "--batch-size", "4", "--out"];
        Juxta.Result goneOn = Juxta.Run([.. further, Out("further"), "--json"]);
        Assert.True(goneOn.Code == 0, goneOn.Error);
        Assert.Equal(Math.Log(2), goneOn.Lines[0].GetProperty("loss").GetDouble(), 1e-9);
        Assert.Contains("| started from | dpo |", File.ReadAllText(Path.Combine(Out("further"), "README.md")), StringComparison.Ordinal);
        Juxta.Refuses([.. further, Out("f"), "--lora-r", "4"], "--lora-r: the adapter to go on from says that itself");
        Juxta.Refuses([.. further, Out("g"), "--full"], "--adapter is an adapter to go on from, and --full trains every weight");
        Juxta.Refuses(["train", "--model", _model, "--adapter", Out("nowhere"), "--data", _data, "--out", Out("h")], "nowhere: no such folder");
        Juxta.Refuses(["train", "--method", "dpo", "--model", _model, "--data", _data, "--out", Out("a")], "chat.jsonl line 1: chosen is missing");
        Juxta.Refuses(["train", "--model", _model, "--data", pairs, "--out", Out("b")], "train on pairs with --method dpo");
        Juxta.Refuses(["train", "--method", "dpo", "--model", _model, "--data", pairs, "--out", Out("c"), "--beta", "0"], "--beta 0: expected more than 0");
        Juxta.Refuses(["train", "--method", "dpo", "--model", _model, "--data", pairs, "--out", Out("d"), "--label-smoothing", "0.5"], "--label-smoothing 0.5: expected");
        Juxta.Refuses(["train", "--method", "dpo", "--model", _model, "--data", pairs, "--out", Out("e"), "--mode", "split", "--max-length", "3"], "pairs.jsonl line 1: chosen: ");
    }

    [Fact]
    public void Whole_modules_and_an_expression_of_targets_are_taken()
    {
        Juxta.Result trained = Juxta.Run(
            "train", "--model", _model, "--data", _data, "--out", Out("a"), "--steps", "2", "--batch-size", "4", "--lora-targets", @".*layers\.1\..*_proj", "--modules-to-save", "lm_head", "--rslora", "--schedule", "linear");
        Assert.True(trained.Code == 0, trained.Error);
        JsonElement config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Out("a"), "adapter_config.json"))).RootElement;
        Assert.Equal((@".*layers\.1\..*_proj", "lm_head", true), (config.GetProperty("target_modules").GetString(), config.GetProperty("modules_to_save")[0].GetString(), config.GetProperty("use_rslora").GetBoolean()));
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("b"), "--modules-to-save", "wte"], "modules_to_save names wte");
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("c"), "--full", "--modules-to-save", "lm_head"], "with --full all are");
    }

    [Fact]
    public void From_texts_to_a_vocabulary_to_fresh_weights_to_a_model_that_opens()
    {
        string model = Out("own");
        Juxta.Result vocabulary = Juxta.Run("train-tokenizer", _data, "--out", model, "--size", "300", "--json");
        Assert.True(vocabulary.Code == 0, vocabulary.Error);
        Assert.InRange(vocabulary.Json.GetProperty("tokens").GetInt32(), 261, 300);
        File.WriteAllText(Path.Combine(model, "config.json"), """
            {"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":32,"intermediate_size":64,"num_hidden_layers":2,"num_attention_heads":4,"num_key_value_heads":2,
             "vocab_size":300,"max_position_embeddings":256,"rms_norm_eps":1e-5,"tie_word_embeddings":true,"hidden_act":"silu"}
            """);
        string texts = Out("texts.txt");
        File.WriteAllText(texts, "one two three\nfour five six\n");
        Juxta.Result trained = Juxta.Run("train", "--model", model, "--fresh", "--full", "--data", texts, "--out", Out("trained"), "--steps", "3");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Contains("fresh weights", trained.Error, StringComparison.Ordinal);
        Assert.Contains("step 3 of 3", trained.Error, StringComparison.Ordinal);
        Assert.Contains(" ┤", trained.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Out("trained"), "trainer_state.json")));
        Assert.Equal(0, Juxta.Run("generate", "--model", Out("trained"), "--prompt", "one", "--max-tokens", "2").Code);
    }

    [Fact]
    public void What_is_missing_or_out_of_range_is_said_before_anything_is_trained()
    {
        Juxta.Refuses(["train", "--model", _model], "give --data FILE to train on, or --preview FILE");
        Juxta.Refuses(["train", "--model", _model, "--data", _data], "give --out DIR");
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("x"), "--lora-r", "0"], "--lora-r 0: expected 1 to 4096");
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("x"), "--eval-share", "1"], "--eval-share 1: expected");
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("x"), "--fresh"], "give --full with it");
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("y"), "--lora-targets", "query_key_value"], "which this model has not; it has q_proj");
        File.WriteAllText(Out("bad.jsonl"), "{\"messages\":[{\"role\":\"user\",\"content\":\"only a question\"}]}\n");
        Juxta.Refuses(["train", "--model", _model, "--data", Out("bad.jsonl"), "--out", Out("z")], "bad.jsonl line 1");
        Juxta.Refuses(["train-tokenizer", _data, "--out", Out("v"), "--eos", "</s>"], "is no special token of this vocabulary");
    }
}
