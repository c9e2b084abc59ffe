using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

public sealed class TrainPreviewTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-train").FullName;
    readonly string _model;

    public TrainPreviewTests()
    {
        _model = Path.Combine(_folder, "tiny");
        TinyModel.Write(_model);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Samples_are_painted_with_what_carries_loss_and_the_file_is_summed_up()
    {
        Juxta.Result result = Juxta.Run("train", "--model", _model, "--preview", Write("a.jsonl",
            """{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"world"}]}""", """{"text":"hello"}"""));
        Assert.True(result.Code == 0, result.Error);
        Assert.Contains("a.jsonl line 1: ", result.Out);
        Assert.Contains("<s><|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n⟦world⟧⟦<|im_end|>⟧\n", result.Out);
        Assert.Contains("<s>⟦hello⟧⟦</s>⟧", result.Out);
        Assert.Contains("⟦…⟧ carries loss\na.jsonl: 2 records, 2 samples, ", result.Out);
    }

    [Fact]
    public void Json_lines_hold_ids_labels_authors_and_totals()
    {
        Juxta.Result result = Juxta.Run("train", "--model", _model, "--json", "--pack", "64", "--preview", Write("a.jsonl",
            """{"messages":[{"role":"user","content":"hello"},{"role":"assistant","content":"hello"}]}"""));
        Assert.True(result.Code == 0, result.Error);
        JsonElement[] lines = result.Lines;
        int[] ids = lines[0].GetProperty("ids").Deserialize<int[]>()!, labels = lines[0].GetProperty("labels").Deserialize<int[]>()!;
        string[] authors = lines[0].GetProperty("authors").Deserialize<string[]>()!;
        Assert.Equal(ids.Length, labels.Length);
        Assert.Equal([TinyModel.TurnEnd], labels.Where(label => label != -100).TakeLast(1));
        Assert.All(ids.Zip(labels), pair => Assert.True(pair.Second == -100 || pair.First == pair.Second));
        Assert.Equal(labels.Length, authors.Length);
        Assert.All(labels.Zip(authors), pair => Assert.True(pair.First is -100 or TinyModelTurnEnd || pair.Second == "assistant"));
        JsonElement totals = lines[1].GetProperty("totals");
        Assert.Equal(1, totals.GetProperty("samples").GetInt32());
        Assert.Equal(2, totals.GetProperty("loss_tokens").GetInt32());
        Assert.Equal(1, totals.GetProperty("packs").GetProperty("count").GetInt32());
    }

    const int TinyModelTurnEnd = 268;

    [Fact]
    public void A_record_that_makes_no_sample_is_told_and_makes_the_verdict_negative()
    {
        Juxta.Result result = Juxta.Run("train", "--model", _model, "--preview", Write("a.jsonl", """{"messages":[{"role":"user","content":"hello"}]}""", """{"text":"hello"}"""));
        Assert.Equal(1, result.Code);
        Assert.Contains("a.jsonl line 1: refused: no message is the assistant's", result.Out);
        Assert.Contains("refused: 1 of 2 records", result.Out);
    }

    [Fact]
    public void What_was_cut_is_told()
    {
        Juxta.Result result = Juxta.Run("train", "--model", _model, "--max-target-length", "4", "--preview", Write("a.jsonl", """{"instruction":"x","output":"abcdefgh"}"""));
        Assert.Contains("⟦abc⟧⟦<|im_end|>⟧", result.Out);
        Assert.Contains("cut: 1 of 1 samples, 0 tokens before answers, 5 of answers, 0 answers whole, 0 end tokens", result.Out);
    }

    [Fact]
    public void Mistakes_are_one_clear_line()
    {
        string good = Write("a.jsonl", """{"text":"hello"}""");
        Juxta.Refuses(["train", "--model", _model, "--preview", Path.Combine(_folder, "none.jsonl")], "none.jsonl: no such file");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--mode", "magic"], "'magic' is no way to make samples; there are session, last, split");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--mode", "chatglm3-demo"], "with the token [gMASK]", "which this tokenizer has not");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--max-length", "1"], "--max-length 1: expected 2 tokens or more");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--variables", "[1]"], "expected a JSON object");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--variables", "{"], "not valid JSON");
        Juxta.Refuses(["train", "--model", _model, "--preview", good, "--template-file", "nowhere"], "nowhere: no such file");
    }

    string Write(string name, params string[] lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
