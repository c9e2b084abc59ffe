using System.Numerics;
using System.Runtime.InteropServices;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Diagnosis;

/// <summary>What the numbers of one tensor look like.</summary>
/// <param name="NotFinite">How many are NaN or infinite.</param>
/// <param name="AllZero">Every one is zero.</param>
internal sealed record TensorHealth(string Name, DType Type, int[] Shape, long Bytes, long NotFinite, bool AllZero)
{
    public bool Finite => NotFinite == 0;
}

/// <summary>Reads every number of mapped tensors once, at the speed of the disk, and gives the pages back.</summary>
internal static unsafe class WeightScan
{
    /// <summary>Bytes that one task reads.</summary>
    const int Chunk = 4 << 20;

    public static IReadOnlyList<TensorHealth> Read(IReadOnlyCollection<TensorView> tensors, IProgress<double> progress, CancellationToken cancel)
    {
        var health = new List<TensorHealth>();
        long total = Math.Max(1, tensors.Sum(tensor => tensor.Bytes)), read = 0;
        foreach (TensorView tensor in tensors)
        {
            health.Add(Read(tensor, bytes => progress.Report((double)Interlocked.Add(ref read, bytes) / total), cancel));
            PageAdvice.Forget(tensor);
        }
        return health;
    }

    static TensorHealth Read(TensorView tensor, Action<long> done, CancellationToken cancel)
    {
        long notFinite = 0, notZero = 0;
        Parallel.For(0, (tensor.Bytes + Chunk - 1) / Chunk, new ParallelOptions { CancellationToken = cancel }, i =>
        {
            int bytes = (int)Math.Min(Chunk, tensor.Bytes - (i * Chunk));
            (long bad, bool some) = Look(tensor.Type, new ReadOnlySpan<byte>(tensor.Data + (i * Chunk), bytes));
            if (bad > 0) Interlocked.Add(ref notFinite, bad);
            if (some) Interlocked.Exchange(ref notZero, 1);
            done(bytes);
        });
        return new TensorHealth(tensor.Name, tensor.Type, tensor.Shape, tensor.Bytes, notFinite, notZero == 0 && tensor.Bytes > 0);
    }

    /// <summary>Non-finite numbers (all bits of the exponent set) and whether any number is not ±0.</summary>
    static (long NotFinite, bool Some) Look(DType type, ReadOnlySpan<byte> bytes) => type switch
    {
        DType.F32 => Look(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u, 0x7FFF_FFFFu),
        DType.BF16 => Look(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80, (ushort)0x7FFF),
        DType.F16 => Look(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00, (ushort)0x7FFF),
        DType.F64 => Look(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0_0000_0000_0000ul, 0x7FFF_FFFF_FFFF_FFFFul),
        _ => (0, bytes.ContainsAnyExcept((byte)0)),
    };

    static (long NotFinite, bool Some) Look<T>(ReadOnlySpan<T> bits, T exponent, T magnitude)
        where T : unmanaged, IBinaryInteger<T>
    {
        var exponents = new Vector<T>(exponent);
        var magnitudes = new Vector<T>(magnitude);
        Vector<T> any = Vector<T>.Zero;
        long notFinite = 0;
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(bits);
        for (int i = 0; i < vectors.Length; i++)
        {
            any |= vectors[i] & magnitudes;
            if (Vector.EqualsAny(vectors[i] & exponents, exponents)) notFinite += Count(bits.Slice(i * Vector<T>.Count, Vector<T>.Count), exponent);
        }
        ReadOnlySpan<T> tail = bits[(vectors.Length * Vector<T>.Count)..];
        notFinite += Count(tail, exponent);
        bool some = any != Vector<T>.Zero;
        foreach (T value in tail) some |= (value & magnitude) != T.Zero;
        return (notFinite, some);
    }

    static long Count<T>(ReadOnlySpan<T> bits, T exponent)
        where T : IBinaryInteger<T>
    {
        long count = 0;
        foreach (T value in bits)
            if ((value & exponent) == exponent) count++;
        return count;
    }
}
