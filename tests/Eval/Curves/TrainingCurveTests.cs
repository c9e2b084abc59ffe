using Juxta.Eval.Curves;
using Juxta.Eval.Runs;

namespace Juxta.EvalTests.Curves;

public sealed class TrainingCurveTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-curve").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_log_of_the_hugging_face_trainer_is_read_with_what_is_no_number_left_out()
    {
        TrainingCurve curve = TrainingCurve.Read("x", """{"epoch": 1, "log_history": [{"step": 5, "loss": 2.5, "learning_rate": 1e-4}, {"step": 10, "loss": NaN}, {"step": 10, "eval_loss": 2.25}, {"step": 15, "loss": 2}, {"train_runtime": 3, "step": 15}]}""")!;
        Assert.Equal([(5.0, 2.5), (15.0, 2.0)], curve.Loss);
        Assert.Equal([(10.0, 2.25)], curve.Validation);
    }

    [Fact]
    public void The_log_of_llama_factory_is_read()
    {
        TrainingCurve curve = TrainingCurve.Read("x", "{\"current_steps\": 5, \"total_steps\": 20, \"loss\": 1.5}\n{\"current_steps\": 10, \"eval_loss\": 1.25}\n")!;
        Assert.Equal([(5.0, 1.5)], curve.Loss);
        Assert.Equal([(10.0, 1.25)], curve.Validation);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{\"log_history\": 3}")]
    [InlineData("{\"log_history\": [{\"step\": \"x\", \"loss\": 1}, 7]}")]
    [InlineData("{\"step\": 1}\nno json")]
    public void What_holds_no_loss_is_no_curve(string text) => Assert.Null(TrainingCurve.Read("x", text));

    [Fact]
    public void A_run_keeps_a_copy_of_its_adapters_curves()
    {
        string adapter = Directory.CreateDirectory(Path.Combine(_folder, "adapter")).FullName;
        File.WriteAllText(Path.Combine(adapter, "trainer_state.json"), """{"log_history": [{"step": 1, "loss": 3}]}""");
        TrainingCurve.Keep(Path.Combine(_folder, "run"), new ModelIdentity("m") { Adapters = [new AdapterIdentity("../odd name", 1, "x") { Folder = adapter }, new AdapterIdentity("none", 1, "y")] });
        string kept = Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, "run"), "*", SearchOption.AllDirectories));
        Assert.Equal(Path.Combine(_folder, "run", "training", "0-_odd_name", "trainer_state.json"), kept);
    }
}
