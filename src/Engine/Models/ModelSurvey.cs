using Juxta.Engine.Kernels;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Models;

/// <summary>
/// A checkpoint's modules and sizes as its family builds them, with the weights left in their mapped files: enough to bind, judge and merge adapters, not to
/// compute. The checkpoint must stay open as long.
/// </summary>
internal sealed class ModelSurvey : IDisposable
{
    readonly WorkerPool _pool = new(1);
    readonly Decoder _decoder;

    /// <summary>Builds the family's layers over the checkpoint; what does not fit stands in <see cref="Checkpoint.Problems"/>.</summary>
    /// <exception cref="ModelFormatException">The config makes no model.</exception>
    public ModelSurvey(ModelFamily family, CheckpointConfig config, Checkpoint checkpoint)
    {
        try
        {
            _decoder = family.Build(config, new WeightBinder(checkpoint, _pool, place: new FilePlace()));
        }
        catch
        {
            _pool.Dispose();
            throw;
        }
    }

    public DecoderShape Shape => _decoder.Shape;

    public ModuleTable Modules => _decoder.Modules;

    public void Dispose()
    {
        _decoder.Dispose();
        _pool.Dispose();
    }
}
