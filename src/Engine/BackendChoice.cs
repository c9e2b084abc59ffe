using Juxta.Engine.Memory;

namespace Juxta.Engine;

/// <summary>What computes a model where it is not the engine's own kernels, on which device and in which type (docs/backends.md).</summary>
/// <param name="Name">The backend's.</param>
/// <param name="Device">cpu, cuda, cuda:N or mps.</param>
/// <param name="Type">Of weights and activations: F32, F16 or BF16. Norms, rotation and softmax are f32 in each.</param>
public sealed record BackendChoice(string Name, string Device, DType Type)
{
    public const string TorchSharp = "torchsharp";

    /// <summary>Reads what a person gave. Null = the engine's own kernels.</summary>
    /// <param name="name">cpu or torchsharp; null = cpu.</param>
    /// <param name="device">Null = cuda.</param>
    /// <param name="type">bf16, f16 or f32; null = what the device computes well.</param>
    /// <exception cref="BackendException">A name that is not known, or a device or type that goes with no backend.</exception>
    public static BackendChoice? Read(string? name, string? device = null, string? type = null)
    {
        if (name is null or "cpu")
        {
            if ((device ?? "cpu") == "cpu" && type is null) return null;
            throw new BackendException($"{(type is null ? $"--device {device}" : $"--dtype {type}")} goes with --backend {TorchSharp}; the engine's own kernels run on the CPU and keep weights in the type of their files or as --weights says");
        }
        if (name != TorchSharp) throw new BackendException($"--backend {name}: no such backend; there are cpu (the engine's own kernels) and {TorchSharp}");
        device ??= "cuda";
        string kind = device.Split(':')[0];
        if (kind is not ("cpu" or "cuda" or "mps") || (device != kind && (kind != "cuda" || !uint.TryParse(device["cuda:".Length..], out _))))
            throw new BackendException($"--device {device}: no such device; there are cuda, cuda:N for one of several, mps and cpu");
        DType chosen = type switch
        {
            null => kind switch { "cuda" => DType.BF16, "mps" => DType.F16, _ => DType.F32 },
            "bf16" => DType.BF16,
            "f16" => DType.F16,
            "f32" => DType.F32,
            _ => throw new BackendException($"--dtype {type}: no such type; there are bf16, f16 and f32"),
        };
        return new BackendChoice(name, device, chosen);
    }

    /// <summary>What computed weights with that <see cref="LanguageModel.WeightsHash"/>; null = the engine's own kernels.</summary>
    /// <exception cref="BackendException">A backend that this version does not know.</exception>
    public static BackendChoice? OfHash(string? hash)
    {
        if (hash?.Split(':', 2) is not [_, var said] || said.Split(':').All(part => WeightStorage.Find(part) is not null || CacheStorage.All.Any(storage => storage.Mark == part))) return null;
        return said.Split(' ') is [var name, var device, var type] ? Read(name, device, type) : throw new BackendException($"'{said}' is neither a way to keep weights nor a backend that this version knows");
    }

    public override string ToString() => $"{Name} {Device} {Type.ToString().ToLowerInvariant()}";
}
