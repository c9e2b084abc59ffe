using System.Diagnostics;
using System.Text.Json;
using Juxta.Training.Output;

namespace Juxta.Training.Runs;

/// <summary>
/// A run on the disk: <c>trainer_state.json</c> for whoever watches, <c>log.jsonl</c> with a line for every step, the last checkpoint, and in the end what was trained
/// beside them. A run that is started again with the same settings goes on from its last checkpoint; the lines of steps that it takes again are dropped first.
/// </summary>
public sealed class RunFolder
{
    static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    /// <summary>How old trainer_state.json may become while short steps are taken; a step that is long beside writing it is written at once.</summary>
    static readonly TimeSpan Behind = TimeSpan.FromSeconds(2), Long = TimeSpan.FromSeconds(0.5);

    readonly string _state;

    /// <param name="output">Receives the adapter or the model; the run keeps its own files in <c>run/</c> below it.</param>
    /// <exception cref="TrainingException">A result is there already.</exception>
    public RunFolder(string output)
    {
        Output = Path.GetFullPath(output);
        _state = Path.Combine(Output, "run");
        if (File.Exists(Path.Combine(Output, "adapter_config.json")) || File.Exists(Path.Combine(Output, "config.json")))
            throw new TrainingException($"{Output} holds a finished adapter or model; name another folder, or delete this one");
        Directory.CreateDirectory(_state);
    }

    public string Output { get; }

    public string Log => Path.Combine(_state, "log.jsonl");

    /// <summary>Takes a run to its end, or until cancelled: then the steps taken are kept to go on from.</summary>
    /// <param name="progress">Told of each step; called on this thread.</param>
    /// <exception cref="TrainingException">The checkpoint there is another run's, or the loss became no number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the state is saved.</exception>
    public IReadOnlyList<TrainingStep> Take(TrainingRun run, ModelCard card, Action<TrainingStep>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Resume(_state);
        List<TrainingStep> steps = [.. ReadLog().Where(step => step.Step <= run.Step)];
        File.WriteAllLines(Log, steps.Select(Line));
        TrainerState.Write(Output, run.Settings, steps);
        var written = Stopwatch.StartNew();
        using (StreamWriter log = File.AppendText(Log))
        {
            while (run.Step < run.Steps)
            {
                if (cancel.IsCancellationRequested)
                {
                    run.Save(_state);
                    TrainerState.Write(Output, run.Settings, steps);
                    cancel.ThrowIfCancellationRequested();
                }
                TrainingStep step = run.Next(CancellationToken.None);
                log.WriteLine(Line(step));
                log.Flush();
                steps.Add(step);
                progress?.Invoke(step);
                if (written.Elapsed > Behind || step.Seconds > Long.TotalSeconds)
                {
                    TrainerState.Write(Output, run.Settings, steps);
                    written.Restart();
                }
                if (run.Settings.CheckpointEvery > 0 && run.Step % run.Settings.CheckpointEvery == 0 && run.Step < run.Steps) run.Save(_state);
            }
        }
        TrainerState.Write(Output, run.Settings, steps);
        run.Export(Output, card with { Facts = [.. card.Facts, .. Facts(steps)] });
        foreach (string checkpoint in Directory.GetDirectories(_state, "checkpoint-*")) Directory.Delete(checkpoint, recursive: true);
        return steps;
    }

    IEnumerable<TrainingStep> ReadLog()
    {
        if (!File.Exists(Log)) return [];
        // The last line of a killed run may be half a line.
        return File.ReadAllLines(Log).Select(Parse).OfType<TrainingStep>();
    }

    static TrainingStep? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingStep>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static string Line(TrainingStep step) => JsonSerializer.Serialize(step, Json);

    static IEnumerable<(string, string)> Facts(List<TrainingStep> steps)
    {
        if (steps.Count == 0) yield break;
        yield return ("steps", FormattableString.Invariant($"{steps.Count}"));
        yield return ("loss", FormattableString.Invariant($"{steps[0].Loss:0.000} at the first step, {steps[^1].Loss:0.000} at the last"));
        if (steps.LastOrDefault(step => step.HeldOutLoss is not null) is { } measured) yield return ("held-out loss", FormattableString.Invariant($"{measured.HeldOutLoss:0.000} nats a token"));
    }
}
