using System.Runtime.InteropServices;
using Juxta.Engine.Backends;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.TorchSharp.Decoders;
using Juxta.Engine.TorchSharp.Weights;
using Juxta.Engine.Weights;

namespace Juxta.Engine.TorchSharp;

/// <summary>
/// Computes every family of the engine with libtorch. A family's own file says which tensors it wants and how its layers are put together; here the weights go to
/// the device and each kind of layer has its counterpart on tensors. The engine finds this class by its name.
/// </summary>
internal sealed class TorchBackend : IBackend
{
    public Decoder Open(ModelFamily family, CheckpointConfig config, Checkpoint checkpoint, BackendChoice choice, int threads, IProgress<double>? progress)
    {
        Compute compute = Compute.Of(choice, threads);
        var weights = new TorchWeights(compute);
        try
        {
            using var pool = new WorkerPool(1);
            var binder = new WeightBinder(checkpoint, pool, progress, weights);
            Decoder described = family.Build(config, binder);
            binder.Finish();
            return described switch
            {
                PreNormDecoder stack => new StackDecoder(stack, weights, compute),
                ChatGlmDecoder chatGlm => new FirstChatGlmDecoder(chatGlm, weights, compute),
                _ => throw new BackendException($"opening {checkpoint.Folder}: the backend {choice.Name} does not know how to compute {family.Name}; without --backend the engine's own kernels do"),
            };
        }
        catch (Exception failure)
        {
            weights.Dispose();
            if (failure is not ExternalException) throw;
            throw new BackendException($"loading {checkpoint.Folder} with {choice}: {Compute.FirstLine(failure.Message)}", failure);
        }
    }
}
