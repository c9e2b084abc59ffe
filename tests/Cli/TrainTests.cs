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
        Juxta.Result trained = Juxta.Run("train", "--model", _model, "--data", _data, "--out", Out("adapter"), "--steps", "6", "--batch-size", "4", "--lr", "0.01", "--eval-share", "0.2", "--json");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Equal(6, trained.Lines.Length);
        Assert.True(trained.Lines[^1].GetProperty("loss").GetDouble() < trained.Lines[0].GetProperty("loss").GetDouble());
        Assert.True(trained.Lines[^1].GetProperty("held_out_loss").GetDouble() > 0);
        Assert.Contains("16 samples", trained.Error, StringComparison.Ordinal);
        Assert.Equal(6, File.ReadAllLines(Path.Combine(Out("adapter"), "run", "log.jsonl")).Length);
        Assert.Contains("| steps | 6 |", File.ReadAllText(Path.Combine(Out("adapter"), "README.md")), StringComparison.Ordinal);
        Juxta.Result said = Juxta.Run("generate", "--model", _model, "--adapter", Out("adapter"), "--prompt", "Count", "--max-tokens", "3", "--json");
        Assert.True(said.Code == 0, said.Error);
        Juxta.Refuses(["train", "--model", _model, "--data", _data, "--out", Out("adapter")], "holds a finished adapter or model");
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
