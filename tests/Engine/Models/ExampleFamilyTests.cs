using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.Examples;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>The family of docs/adding-a-model.md is a family.</summary>
public sealed class ExampleFamilyTests
{
    [Fact]
    public void The_example_in_the_documents_binds_every_tensor_and_gives_its_sibling_s_logits()
    {
        string folder = Fixtures.Require("models", "llama3.2-tied-bf16");
        using var pool = new WorkerPool(1);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        var binder = new WeightBinder(checkpoint, pool);
        using Decoder example = ExampleDecoder.Family.Build(CheckpointConfig.Read(Path.Combine(folder, "config.json")), binder);
        binder.Finish();
        Assert.Empty(checkpoint.Unused());
        using Decoder llama = TestModels.OpenDecoder(folder, pool);
        using var exampleRunner = new DecoderRunner(example);
        using var llamaRunner = new DecoderRunner(llama);
        Assert.Equal(llamaRunner.Logits([1, 2, 3]), exampleRunner.Logits([1, 2, 3]));
    }
}
