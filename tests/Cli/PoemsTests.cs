using System.Text.Json;
using Juxta.Tests;

namespace Juxta.CliTests;

/// <summary>runs/poems for real: from nothing to a model that recites each of five texts from its title and stops.</summary>
public sealed class PoemsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-poems-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_model_learns_five_texts_by_heart_recites_each_from_its_title_and_stops()
    {
        string run = Path.Combine(Fixtures.Repository, "runs", "poems"), poems = Path.Combine(run, "poems.jsonl"), start = Path.Combine(_folder, "start"), trained = Path.Combine(_folder, "trained");
        Assert.Equal(0, Juxta.Run("train-tokenizer", poems, "--out", start, "--size", "400").Code);
        File.Copy(Path.Combine(run, "config.json"), Path.Combine(start, "config.json"));
        Juxta.Result training = Juxta.Run("train", "--model", start, "--fresh", "--full", "--data", poems, "--mode", "pretrain", "--out", trained, "--steps", "120", "--batch-size", "5", "--lr", "5e-3", "--seed", "1", "--threads", "1");
        Assert.True(training.Code == 0, training.Error);

        foreach (string text in File.ReadLines(poems).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!))
        {
            int title = text.IndexOf('\n', StringComparison.Ordinal) + 1;
            Juxta.Result said = Juxta.Run("generate", "--model", trained, "--prompt", text[..title], "--temperature", "0", "--max-tokens", "200", "--threads", "1", "--json");
            Assert.True(said.Code == 0, said.Error);
            Assert.Equal(text[title..], said.Json.GetProperty("text").GetString());
            Assert.StartsWith("eos", said.Json.GetProperty("outcome").GetString(), StringComparison.Ordinal);
        }
    }
}
