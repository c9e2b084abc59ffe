using System.Runtime.InteropServices;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp;

/// <summary>Where tensors lie and in which type they are computed.</summary>
/// <param name="Device">The device.</param>
/// <param name="Type">Of weights and activations. Norms, rotation and softmax are f32 whatever it is.</param>
internal sealed record Compute(Device Device, ScalarType Type)
{
    const int BytesAtATime = 64 << 20;

    /// <summary>Looks whether libtorch and the device are here.</summary>
    /// <exception cref="BackendException">They are not; says what to install.</exception>
    public static Compute Of(BackendChoice choice, int threads)
    {
        string kind = choice.Device.Split(':')[0];
        FindLibTorch(choice, kind);
        try
        {
            if (kind == "cuda") FindCuda(choice);
            if (kind == "mps" && !mps_is_available()) throw Missing(choice, "libtorch has MPS on Apple Silicon only; choose --device cpu");
            if (threads > 0) set_num_threads(threads);
            return new Compute(device(choice.Device), choice.Type switch { DType.BF16 => ScalarType.BFloat16, DType.F16 => ScalarType.Float16, _ => ScalarType.Float32 });
        }
        catch (TypeInitializationException failure)
        {
            throw Missing(choice, $"libtorch could not be started: {FirstLine((failure.InnerException ?? failure).Message)}");
        }
    }

    /// <summary>Loads the native libraries in TorchSharp's own order before it does: when they are absent it writes a page to the console.</summary>
    static void FindLibTorch(BackendChoice choice, string kind)
    {
        // On Windows TorchSharp loads CUDA's parts one by one first, and has to.
        if (kind == "cuda" && OperatingSystem.IsWindows()) return;
        string library = kind == "cuda" ? "torch_cuda" : "torch_cpu";
        foreach (string name in (string[])[library, "LibTorchSharp"])
        {
            if (NativeLibrary.TryLoad(name, typeof(torch).Assembly, null, out _)) continue;
            string bundle = kind != "cuda" ? "TorchSharp-cpu" : "TorchSharp-cuda-linux";
            throw Missing(choice, $"there is no {name} in {Path.GetDirectoryName(typeof(TorchBackend).Assembly.Location)} or on the system's library path; publish the backend with -p:TorchBundle={bundle}, which brings libtorch");
        }
    }

    static void FindCuda(BackendChoice choice)
    {
        if (!cuda.is_available()) throw Missing(choice, "libtorch sees no CUDA device; install NVIDIA's driver, or choose --device cpu");
        int devices = cuda.device_count();
        if (choice.Device.IndexOf(':') is > 0 and var colon && int.Parse(choice.Device.AsSpan(colon + 1)) >= devices)
            throw Missing(choice, $"there are {devices} CUDA devices, cuda:0 to cuda:{devices - 1}");
    }

    static BackendException Missing(BackendChoice choice, string why) => new($"{choice}: {why} (docs/backends.md)");

    /// <summary>libtorch's messages carry a stack.</summary>
    public static string FirstLine(string message) => message.Split('\n')[0].Trim();

    /// <summary>A vector in f32.</summary>
    public Tensor Floats(float[] values) => Rows(1, values.Length, (_, row) => values.CopyTo(row), ScalarType.Float32).reshape(values.Length);

    /// <summary>Places or token ids.</summary>
    public Tensor Indices(long[] values) => tensor(values, dtype: ScalarType.Int64, device: Device);

    /// <summary>(rows, columns) of a matrix that is read row by row in f32.</summary>
    /// <param name="type">Of the tensor; null = <see cref="Type"/>.</param>
    public Tensor Rows(int rows, int columns, RowReader read, ScalarType? type = null)
    {
        Tensor all = empty([rows, columns], type ?? Type, Device);
        int atATime = (int)Math.Clamp(BytesAtATime / (4L * Math.Max(1, columns)), 1, Math.Max(1, rows));
        for (int first = 0; first < rows; first += atATime)
        {
            int count = Math.Min(atATime, rows - first);
            using Tensor host = empty([count, columns], ScalarType.Float32);
            Span<float> values = MemoryMarshal.Cast<byte, float>(host.bytes);
            for (int row = 0; row < count; row++) read(first + row, values.Slice(row * columns, columns));
            Fill(all, first, host);
        }
        return all;
    }

    /// <summary>Copies a tensor of the file into rows of <paramref name="all"/>, converted on the way.</summary>
    /// <param name="all">(rows, columns) on the device.</param>
    /// <param name="first">Row that the first one becomes.</param>
    public static unsafe void Copy(TensorView source, Tensor all, long first)
    {
        ScalarType stored = source.Type switch { DType.F32 => ScalarType.Float32, DType.F16 => ScalarType.Float16, _ => ScalarType.BFloat16 };
        long rowBytes = (long)source.Columns * source.Type.Size();
        int atATime = (int)Math.Clamp(BytesAtATime / Math.Max(1, rowBytes), 1, Math.Max(1, source.Rows));
        for (int row = 0; row < source.Rows; row += atATime)
        {
            int count = Math.Min(atATime, source.Rows - row);
            using Tensor host = empty([count, source.Columns], stored);
            new ReadOnlySpan<byte>(source.Data + (row * rowBytes), checked((int)(count * rowBytes))).CopyTo(host.bytes);
            Fill(all, first + row, host);
        }
    }

    static void Fill(Tensor all, long first, Tensor rows)
    {
        using Tensor part = all.narrow(0, first, rows.shape[0]);
        part.copy_(rows);
    }
}
