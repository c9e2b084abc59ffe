using System.Text.Json;
using Juxta.Training.Output;
using Juxta.Training.Runs;

namespace Juxta.TrainingTests.Output;

public sealed class TrainerStateTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static TrainingStep[] Steps(int taken, int all) =>
    [
        .. Enumerable.Range(1, taken).Select(step => new TrainingStep(step, all, 4.0 / step, 1e-3, 0.5, 100, 40, 0.25) { Epoch = step / 2.0, HeldOutLoss = step % 2 == 0 ? 5.0 / step : null }),
    ];

    JsonElement Written(int taken, int all)
    {
        TrainerState.Write(_folder, new TrainingSettings { SamplesPerStep = 8, EvaluateEvery = 2, CheckpointEvery = 7 }, Steps(taken, all));
        return JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "trainer_state.json"))).RootElement;
    }

    /// <summary>The fields of <c>transformers.TrainerState</c> 4.57, which refuses a file that has others.</summary>
    static readonly string[] Known =
    [
        "epoch", "global_step", "max_steps", "logging_steps", "eval_steps", "save_steps", "train_batch_size", "num_train_epochs", "num_input_tokens_seen", "total_flos", "log_history",
        "best_metric", "best_global_step", "best_model_checkpoint", "is_local_process_zero", "is_world_process_zero", "is_hyper_param_search", "trial_name", "trial_params", "stateful_callbacks",
    ];

    [Fact]
    public void The_file_has_the_trainer_s_fields_and_an_entry_for_every_step_and_measurement()
    {
        JsonElement state = Written(taken: 4, all: 4);
        Assert.Equal(Known.Order(StringComparer.Ordinal), state.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal((4, 4, 8, 400), (state.GetProperty("global_step").GetInt32(), state.GetProperty("max_steps").GetInt32(), state.GetProperty("train_batch_size").GetInt32(), state.GetProperty("num_input_tokens_seen").GetInt32()));
        JsonElement[] log = [.. state.GetProperty("log_history").EnumerateArray()];
        Assert.Equal(["loss", "loss", "eval_loss", "loss", "loss", "eval_loss", "train_loss"], log.Select(entry => ((string[])["loss", "eval_loss", "train_loss"]).First(name => entry.TryGetProperty(name, out _))));
        Assert.Equal("""{"epoch":0.5,"grad_norm":0.5,"learning_rate":0.001,"loss":4,"step":1}""", JsonSerializer.Serialize(log[0]));
        Assert.Equal("""{"epoch":1,"eval_loss":2.5,"step":2}""", JsonSerializer.Serialize(log[2]));
        Assert.Equal((1.0, 32.0), (log[^1].GetProperty("train_runtime").GetDouble(), log[^1].GetProperty("train_samples_per_second").GetDouble()));
        Assert.Empty(Directory.GetFiles(_folder, "*.part"));
    }

    [Fact]
    public void A_run_that_goes_on_has_no_summary_yet_and_says_how_far_it_is()
    {
        JsonElement state = Written(taken: 3, all: 9);
        Assert.Equal(4, state.GetProperty("log_history").GetArrayLength());
        LossCurve curve = LossCurve.Read(_folder)!;
        Assert.Equal((9, 3), (curve.Steps, curve.Step));
        Assert.Equal([new LossPoint(1, 4), new LossPoint(2, 2), new LossPoint(3, 4.0 / 3)], curve.Training);
        Assert.Equal([new LossPoint(2, 2.5)], curve.HeldOut);
    }

    [Theory]
    [InlineData("{", "cannot be read as a Trainer's log")]
    [InlineData("[]", "cannot be read as a Trainer's log")]
    [InlineData("""{"log_history":{}}""", "cannot be read as a Trainer's log")]
    [InlineData("""{"log_history":[3]}""", "cannot be read as a Trainer's log")]
    public void A_damaged_log_is_refused_with_its_name(string text, string says)
    {
        Assert.Null(LossCurve.Read(_folder));
        File.WriteAllText(Path.Combine(_folder, "trainer_state.json"), text);
        var refusal = Assert.Throws<TrainingLogException>(() => LossCurve.Read(_folder));
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("trainer_state.json", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_without_step_or_with_odd_numbers_are_passed_over()
    {
        File.WriteAllText(Path.Combine(_folder, "trainer_state.json"), """{"log_history":[{"loss":1},{"step":2,"loss":NaN,"grad_norm": -Infinity},{"step":3,"loss":"x"},{"step":1e300,"loss":1},{"step":4,"loss":0.5,"eval_runtime":3}]}""");
        LossCurve curve = LossCurve.Read(_folder)!;
        Assert.Equal([new LossPoint(4, 0.5)], curve.Training);
        Assert.Equal((0, 4), (curve.Steps, curve.Step));
    }
}
