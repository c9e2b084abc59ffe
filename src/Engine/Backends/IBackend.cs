using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Backends;

/// <summary>Computes models elsewhere than in this project's kernels. Found at run time, so that nothing here refers to what it needs.</summary>
internal interface IBackend
{
    /// <summary>Loads a checkpoint's weights onto a device.</summary>
    /// <param name="threads">Threads of a model step, where the device is this machine's processors; 0 = all.</param>
    /// <param name="progress">Share of the weights loaded, 0 … 1.</param>
    /// <returns>A decoder that refers to none of the files.</returns>
    /// <exception cref="BackendException">The device or the type cannot be had here.</exception>
    /// <exception cref="ModelFormatException">The weights do not fit the config.</exception>
    Decoder Open(ModelFamily family, CheckpointConfig config, Checkpoint checkpoint, BackendChoice choice, int threads, IProgress<double>? progress);
}
