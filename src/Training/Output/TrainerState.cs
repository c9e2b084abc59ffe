using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Training.Objectives;
using Juxta.Training.Runs;

namespace Juxta.Training.Output;

/// <summary>
/// A run's log as Hugging Face's Trainer keeps it, <c>trainer_state.json</c>: what was set, how far the run is, and <c>log_history</c> with an entry for every step,
/// one for every measurement on held-out samples, and a last one for the whole run. Dashboards and scripts written for that file read it as it is.
/// </summary>
public static class TrainerState
{
    public const string FileName = "trainer_state.json";

    static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the file in one rename: a reader sees the old one or the new one, whole.</summary>
    public static void Write(string folder, TrainingSettings settings, IReadOnlyList<TrainingStep> steps)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(steps);
        string path = Path.Combine(folder, FileName), temporary = path + ".part";
        File.WriteAllText(temporary, Of(settings, steps).ToJsonString(Json));
        File.Move(temporary, path, overwrite: true);
    }

    static JsonObject Of(TrainingSettings settings, IReadOnlyList<TrainingStep> steps)
    {
        TrainingStep? last = steps.Count > 0 ? steps[^1] : null;
        return new JsonObject
        {
            ["best_global_step"] = null,
            ["best_metric"] = null,
            ["best_model_checkpoint"] = null,
            ["epoch"] = last?.Epoch ?? 0,
            ["eval_steps"] = settings.EvaluateEvery,
            ["global_step"] = last?.Step ?? 0,
            ["is_hyper_param_search"] = false,
            ["is_local_process_zero"] = true,
            ["is_world_process_zero"] = true,
            ["log_history"] = new JsonArray([.. steps.SelectMany(Entries), .. Whole(settings, steps)]),
            ["logging_steps"] = 1,
            ["max_steps"] = last?.Steps ?? 0,
            ["num_input_tokens_seen"] = steps.Sum(step => (long)step.Tokens),
            ["num_train_epochs"] = (int)Math.Ceiling(settings.Epochs),
            ["save_steps"] = settings.CheckpointEvery,
            ["stateful_callbacks"] = new JsonObject(),
            ["total_flos"] = 0,
            ["train_batch_size"] = settings.SamplesPerStep,
            ["trial_name"] = null,
            ["trial_params"] = null,
        };
    }

    static IEnumerable<JsonNode> Entries(TrainingStep step)
    {
        yield return With(step.Rewards, "", new JsonObject { ["epoch"] = step.Epoch, ["grad_norm"] = step.GradientNorm, ["learning_rate"] = step.Rate, ["loss"] = step.Loss, ["step"] = step.Step });
        if (step.HeldOutLoss is { } held) yield return With(step.HeldOutRewards, "eval_", new JsonObject { ["epoch"] = step.Epoch, ["eval_loss"] = held, ["step"] = step.Step });
    }

    /// <summary>Rewards under the names that TRL's DPOTrainer gives them.</summary>
    static JsonObject With(PairRewards? rewards, string prefix, JsonObject entry)
    {
        if (rewards is null) return entry;
        foreach ((string name, double value) in ((string, double)[])[
            ("rewards/chosen", rewards.Chosen), ("rewards/rejected", rewards.Rejected), ("rewards/accuracies", rewards.Accuracy), ("rewards/margins", rewards.Margin),
            ("logps/chosen", rewards.ChosenLogProb), ("logps/rejected", rewards.RejectedLogProb)])
            entry[prefix + name] = value;
        return entry;
    }

    static IEnumerable<JsonNode> Whole(TrainingSettings settings, IReadOnlyList<TrainingStep> steps)
    {
        if (steps.Count == 0 || steps[^1].Step < steps[^1].Steps) yield break;
        double seconds = Math.Max(steps.Sum(step => step.Seconds), 1e-9);
        yield return new JsonObject
        {
            ["epoch"] = steps[^1].Epoch,
            ["step"] = steps[^1].Step,
            ["total_flos"] = 0,
            ["train_loss"] = steps.Average(step => step.Loss),
            ["train_runtime"] = seconds,
            ["train_samples_per_second"] = steps.Count * settings.SamplesPerStep / seconds,
            ["train_steps_per_second"] = steps.Count / seconds,
        };
    }
}
