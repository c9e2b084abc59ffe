using System.Text.Json;
using System.Text.RegularExpressions;

namespace Juxta.Training.Output;

/// <summary>How a loss went, as a trainer_state.json tells it, whoever wrote that: Juxta or a Trainer of Hugging Face.</summary>
/// <param name="Training">Loss of the steps that say one, by step.</param>
/// <param name="HeldOut">Loss on held-out samples, by step.</param>
/// <param name="Steps">In all; 0 = the file does not say.</param>
/// <param name="Step">The last one taken.</param>
public sealed partial record LossCurve(IReadOnlyList<LossPoint> Training, IReadOnlyList<LossPoint> HeldOut, int Steps, int Step)
{
    /// <summary>No more than this is read: a longer file is no log of a run.</summary>
    const long MaxBytes = 256L << 20;

    /// <summary>Whether there is anything to draw.</summary>
    public bool Any => Training.Count > 0 || HeldOut.Count > 0;

    /// <summary>Reads the curve of an adapter's or a model's folder; null where it has none.</summary>
    /// <exception cref="TrainingLogException">The file is there and cannot be understood.</exception>
    public static LossCurve? Read(string folder)
    {
        string path = Path.Combine(folder, TrainerState.FileName);
        var file = new FileInfo(path);
        if (!file.Exists) return null;
        if (file.Length > MaxBytes) throw new TrainingLogException($"{path} has {file.Length >> 20} MB; a log of a run has less than {MaxBytes >> 20}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(BareNumber().Replace(File.ReadAllText(path), ": null"));
            return Of(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new TrainingLogException($"{path} cannot be read as a Trainer's log: {e.Message}. Delete it, or save it again from the training", e);
        }
    }

    /// <summary>Python writes what is no number bare, which is no JSON.</summary>
    [GeneratedRegex(@":\s*(NaN|-?Infinity)\b")]
    private static partial Regex BareNumber();

    /// <exception cref="InvalidOperationException">Something is of another kind than it should be.</exception>
    static LossCurve Of(JsonElement state)
    {
        List<LossPoint> training = [], heldOut = [];
        if (state.TryGetProperty("log_history", out JsonElement entries))
        {
            foreach (JsonElement entry in entries.EnumerateArray())
            {
                if (Number(entry, "step") is not { } step) continue;
                if (Number(entry, "loss") is { } loss) training.Add(new LossPoint((int)step, loss));
                if (Number(entry, "eval_loss") is { } held) heldOut.Add(new LossPoint((int)step, held));
            }
        }
        int last = training.Concat(heldOut).Select(point => point.Step).DefaultIfEmpty(0).Max();
        return new LossCurve(training, heldOut, (int)(Number(state, "max_steps") ?? 0), Math.Max(last, (int)(Number(state, "global_step") ?? 0)));
    }

    /// <summary>A number within the range of steps and losses, else null.</summary>
    static double? Number(JsonElement holder, string name) =>
        holder.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && Math.Abs(number) < 1e9 ? number : null;
}

/// <summary>A loss after a step, in nats.</summary>
public readonly record struct LossPoint(int Step, double Loss);

/// <summary>A log of a training run cannot be read; the message says which and why.</summary>
public sealed class TrainingLogException : Exception
{
    public TrainingLogException() : this("the log of a training run cannot be read") { }

    public TrainingLogException(string message) : base(message) { }

    public TrainingLogException(string message, Exception? inner) : base(message, inner) { }
}
