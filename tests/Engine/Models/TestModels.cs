using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Models;

/// <summary>Opens checkpoints for tests of the layers below <see cref="Juxta.Engine.LanguageModel"/>.</summary>
internal static class TestModels
{
    public static Decoder OpenDecoder(string folder, WorkerPool pool)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        var binder = new WeightBinder(checkpoint, pool);
        Decoder decoder = ModelFamilies.Find(config).Build(config, binder);
        binder.Finish();
        return decoder;
    }
}
