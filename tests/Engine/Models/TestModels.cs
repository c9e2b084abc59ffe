using Juxta.Engine;
using Juxta.Engine.Backends;
using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Models;

/// <summary>Opens checkpoints for tests of the layers below <see cref="Juxta.Engine.LanguageModel"/>.</summary>
internal static class TestModels
{
    /// <summary>
    /// What computes the conformance tests: $JUXTA_TEST_BACKEND as "torchsharp cpu f32" (docs/backends.md), the engine's own kernels without it. Another backend
    /// promises the reference's logits within their tolerance, not equal bits.
    /// </summary>
    public static BackendChoice? Backend { get; } = Environment.GetEnvironmentVariable("JUXTA_TEST_BACKEND")?.Split(' ') is [var name, var device, var type]
        ? BackendChoice.Read(name, device, type)
        : null;

    /// <summary>Whether layers are computed in 16 bits, so that greedy continuations may turn elsewhere (the fixtures' README).</summary>
    public static bool IsHalf => Backend is { Type: DType.F16 or DType.BF16 };

    /// <param name="folder">Behind '@' may stand what weights, keys and values are rounded to: <c>…/qwen3@q8_0</c>, <c>…/qwen3@cache-bf16</c>.</param>
    public static Decoder OpenDecoder(string folder, WorkerPool pool)
    {
        string[] roundings = folder.Split('@');
        folder = roundings[0];
        WeightStorage? storage = WeightStorage.OfHash(string.Join(':', roundings));
        CacheStorage cache = CacheStorage.OfHash(string.Join(':', roundings));
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        ModelFamily family = ModelFamilies.Find(config);
        if (Backend is not null) return BackendLoader.Find(Backend).Open(family, config, checkpoint, Backend, threads: 2, progress: null);
        var binder = new WeightBinder(checkpoint, pool, storage: storage, cache: cache);
        Decoder decoder = family.Build(config, binder);
        binder.Finish();
        return decoder;
    }
}
