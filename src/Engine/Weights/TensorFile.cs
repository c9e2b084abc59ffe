using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>An open file of named tensors. Views are valid until it is disposed.</summary>
internal abstract class TensorFile(string path) : IDisposable
{
    public string Path { get; } = path;

    /// <summary>Every tensor by name.</summary>
    public abstract IReadOnlyDictionary<string, TensorView> Tensors { get; }

    /// <summary>Opens a file by its ending: <c>.safetensors</c>, or <c>.bin</c>, <c>.pt</c>, <c>.pth</c> for what torch.save wrote.</summary>
    /// <exception cref="ModelFormatException">The file is damaged or of an unknown kind.</exception>
    public static TensorFile Open(string path) => System.IO.Path.GetExtension(path) switch
    {
        ".safetensors" => SafeTensorsFile.Open(path),
        ".bin" or ".pt" or ".pth" => PickleFile.Open(path),
        _ => throw new ModelFormatException($"{path}: not a file of tensors; expected .safetensors, or .bin, .pt or .pth", path),
    };

    public abstract void Dispose();

    /// <summary>Elements of a tensor, checked so that <see cref="TensorView"/>'s products cannot overflow; null when they would.</summary>
    protected static long? CountElements(ReadOnlySpan<int> shape)
    {
        long columns = 1;
        for (int i = 1; i < shape.Length; i++)
        {
            columns *= shape[i]; // at most 2^31 · 2^31
            if (columns > int.MaxValue) return null;
        }
        return shape.Length == 0 ? 1 : shape[0] * columns;
    }
}
