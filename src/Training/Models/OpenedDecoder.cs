using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Training.Models;

/// <summary>A checkpoint's layers in memory, without an engine over them.</summary>
internal sealed class OpenedDecoder : IDisposable
{
    OpenedDecoder(string folder, Decoder decoder, WorkerPool pool) => (Folder, Decoder, Pool) = (folder, decoder, pool);

    public string Folder { get; }

    public Decoder Decoder { get; }

    public WorkerPool Pool { get; }

    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    public static OpenedDecoder Open(string folder, int threads)
    {
        folder = Path.GetFullPath(folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        ModelFamily family = ModelFamilies.Find(config);
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        var pool = new WorkerPool(threads > 0 ? threads : Environment.ProcessorCount);
        try
        {
            var binder = new WeightBinder(checkpoint, pool);
            Decoder decoder = family.Build(config, binder);
            binder.Finish();
            return new OpenedDecoder(folder, decoder, pool);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Decoder.Dispose();
        Pool.Dispose();
    }
}
