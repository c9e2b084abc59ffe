using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Juxta.Eval.Runs;

namespace Juxta.Eval.Curves;

/// <summary>
/// How the loss fell while an adapter or a model was trained, as the trainer wrote it down. A run keeps a copy of that file in its own folder
/// (<c>training/</c>), so that its report does not depend on where the adapter lies.
/// </summary>
/// <param name="Name">The adapter's or the model's.</param>
/// <param name="Loss">Step and training loss.</param>
/// <param name="Validation">Step and validation loss; may be empty.</param>
public sealed partial record TrainingCurve(string Name, IReadOnlyList<(double X, double Y)> Loss, IReadOnlyList<(double X, double Y)> Validation)
{
    /// <summary>The folder of a run in which the copies are.</summary>
    public const string Folder = "training";

    /// <summary>Of the Hugging Face trainer and of LLaMA-Factory.</summary>
    static readonly string[] Files = ["trainer_state.json", "trainer_log.jsonl"];

    /// <summary>Copies what trainers left beside a run's adapters and model into the run's folder.</summary>
    /// <param name="run">The run's folder.</param>
    public static void Keep(string run, ModelIdentity model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach ((string name, string? folder) in Sources(model))
        {
            string? log = Files.Select(file => Path.Combine(folder ?? "", file)).FirstOrDefault(path => folder is not null && File.Exists(path));
            if (log is null) continue;
            string place = Directory.CreateDirectory(Path.Combine(run, Folder, name)).FullName;
            File.Copy(log, Path.Combine(place, Path.GetFileName(log)), overwrite: true);
        }
    }

    /// <summary>The curves that a run keeps; a file that cannot be read is none.</summary>
    public static IReadOnlyList<TrainingCurve> Of(RunRecord run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var curves = new List<TrainingCurve>();
        foreach ((string place, _) in Sources(run.Manifest.Model))
        {
            string? log = Files.Select(file => Path.Combine(run.Folder, Folder, place, file)).FirstOrDefault(File.Exists);
            if (log is not null && Read(place[(place.IndexOf('-') + 1)..], File.ReadAllText(log)) is { } curve) curves.Add(curve);
        }
        return curves;
    }

    /// <summary>A curve out of a trainer's file; null where there is no loss in it.</summary>
    public static TrainingCurve? Read(string name, string text)
    {
        text = NotNumbers().Replace(text, "$1null"); // Python writes NaN, which is not JSON
        var loss = new List<(double, double)>();
        var validation = new List<(double, double)>();
        try
        {
            foreach (JsonElement entry in Entries(text))
            {
                if (Number(entry, "step", "current_steps") is not { } step) continue;
                if (Number(entry, "loss") is { } trained) loss.Add((step, trained));
                if (Number(entry, "eval_loss") is { } validated) validation.Add((step, validated));
            }
        }
        catch (JsonException)
        {
            return null;
        }
        return loss.Count + validation.Count == 0 ? null : new TrainingCurve(name, loss, validation);
    }

    /// <summary>Adapters, and the model itself where it was trained whole; names that are safe as folders.</summary>
    static IEnumerable<(string Place, string? Folder)> Sources(ModelIdentity model)
    {
        for (int i = 0; i < model.Adapters.Count; i++) yield return ($"{i}-{Safe(model.Adapters[i].Name)}", model.Adapters[i].Folder);
        yield return ($"model-{Safe(model.Name)}", model.Folder);
    }

    static string Safe(string name)
    {
        var safe = new StringBuilder();
        foreach (char c in name) safe.Append(char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '+' ? c : '_');
        return safe.ToString().TrimStart('.');
    }

    static IEnumerable<JsonElement> Entries(string text)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{") || text.Contains("\"log_history\"", StringComparison.Ordinal))
        {
            using JsonDocument state = JsonDocument.Parse(text);
            if (state.RootElement.ValueKind == JsonValueKind.Object && state.RootElement.TryGetProperty("log_history", out JsonElement history) && history.ValueKind == JsonValueKind.Array)
                foreach (JsonElement entry in history.EnumerateArray()) yield return entry.Clone();
            yield break;
        }
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            yield return entry.RootElement.Clone();
        }
    }

    static double? Number(JsonElement entry, params string[] names)
    {
        foreach (string name in names)
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())) return value.GetDouble();
        }
        return null;
    }

    [GeneratedRegex(@"([:\[,]\s*)-?(NaN|Infinity)\b")]
    private static partial Regex NotNumbers();
}
