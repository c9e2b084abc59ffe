using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Kernels.Panels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Kernels;

/// <summary>From rows in a file to panels in memory, panels shared out over the pool.</summary>
internal static unsafe class Packing
{
    public static PackedMatrix Pack(WorkerPool pool, ReadOnlySpan<TensorView> parts, WeightFormat? wanted)
    {
        if (parts.IsEmpty) throw new ArgumentException("nothing to pack", nameof(parts));
        long rows = 0;
        foreach (TensorView part in parts)
        {
            if (part.Type is not (DType.F32 or DType.F16 or DType.BF16 or DType.F64))
                throw new ModelFormatException($"packing {part}: elements of type {part.Type} are not supported; expected BF16, F16 or F32. Convert the checkpoint to one of them.");
            if (part.Columns != parts[0].Columns)
                throw new ModelFormatException($"packing {part} below {parts[0]}: both must have the same number of columns.");
            rows += part.Rows;
        }

        Source* sources = stackalloc Source[parts.Length];
        long first = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            sources[i] = new Source { Data = parts[i].Data, Type = parts[i].Type, First = first, Rows = parts[i].Rows };
            first += parts[i].Rows;
        }

        if (wanted is not null && TryPack(pool, wanted, sources, checked((int)rows), parts[0].Columns) is { } rounded) return rounded;
        return TryPack(pool, ChooseFormat(pool, parts), sources, checked((int)rows), parts[0].Columns)!;
    }

    /// <summary>Null where the format cannot hold a number of the tensors.</summary>
    static PackedMatrix? TryPack(WorkerPool pool, WeightFormat format, Source* sources, int rows, int columns)
    {
        format = WeightFormats.For(rows, format);
        PackedMatrix matrix = PackedMatrix.Allocate(rows, columns, format);
        var job = new Job
        {
            Sources = sources,
            Columns = matrix.Columns,
            Rows = matrix.Rows,
            Panels = matrix.Panels,
            PanelBytes = matrix.PanelBytes,
            PanelCount = matrix.PanelCount,
            Format = Array.IndexOf(WeightFormats.All, format),
        };
        pool.Run((matrix.PanelCount + Job.PanelsPerChunk - 1) / Job.PanelsPerChunk, &PackChunk, &job);
        if (job.Refused == 0) return matrix;
        matrix.Dispose();
        return null;
    }

    public static PackedMatrix Pack(WorkerPool pool, QuantisedView weight)
    {
        PackedMatrix matrix = PackedMatrix.Allocate(weight.Rows, weight.Columns, weight.Bits == 8 ? WeightFormats.Int8 : WeightFormats.Int4);
        using AlignedBuffer zeros = new(weight.Columns), scales = new((long)matrix.PanelCount * Panel.Rows * sizeof(float));
        for (int row = 0; row < weight.Rows; row++) ((float*)scales.Pointer)[row] = weight.Scale(row);
        var job = new QuantisedJob
        {
            Rows = weight.Values.Data,
            RowBytes = weight.Values.Columns,
            RowCount = weight.Rows,
            Zeros = zeros.Pointer,
            Scales = (float*)scales.Pointer,
            Columns = weight.Columns,
            Panels = matrix.Panels,
            PanelBytes = matrix.PanelBytes,
            Format = Array.IndexOf(WeightFormats.All, matrix.Format),
        };
        pool.Run(matrix.PanelCount, &PackQuantisedPanel, &job);
        return matrix;
    }

    static void PackQuantisedPanel(QuantisedJob* job, int panel, int worker)
    {
        byte** rows = stackalloc byte*[Panel.Rows];
        int first = panel * Panel.Rows;
        for (int r = 0; r < Panel.Rows; r++) rows[r] = first + r < job->RowCount ? job->Rows + ((first + r) * job->RowBytes) : job->Zeros;
        WeightFormats.All[job->Format].PackPanel(rows, job->Scales + first, job->Columns, job->Panels + (panel * job->PanelBytes));
    }

    static WeightFormat ChooseFormat(WorkerPool pool, ReadOnlySpan<TensorView> parts)
    {
        DType type = parts[0].Type;
        foreach (TensorView part in parts)
        {
            if (part.Type != type) return WeightFormats.Float32;
            if (type == DType.F16 && !AllFinite(pool, part)) return WeightFormats.Float32;
        }
        return WeightFormats.For(type) ?? WeightFormats.Float32;
    }

    static bool AllFinite(WorkerPool pool, TensorView tensor)
    {
        var scan = new Scan { Data = (ushort*)tensor.Data, Elements = tensor.Elements };
        pool.Run(checked((int)((tensor.Elements + Scan.ElementsPerChunk - 1) / Scan.ElementsPerChunk)), &ScanChunk, &scan);
        return scan.NotFinite == 0;
    }

    static void ScanChunk(Scan* scan, int chunk, int worker)
    {
        const ushort Exponent = 0x7C00;
        long end = Math.Min((long)(chunk + 1) * Scan.ElementsPerChunk, scan->Elements);
        for (long i = (long)chunk * Scan.ElementsPerChunk; i < end; i++)
            if ((Unsafe.ReadUnaligned<ushort>(scan->Data + i) & Exponent) == Exponent) scan->NotFinite = 1;
    }

    static void PackChunk(Job* job, int chunk, int worker)
    {
        int end = Math.Min((chunk + 1) * Job.PanelsPerChunk, job->PanelCount);
        for (int panel = chunk * Job.PanelsPerChunk; panel < end; panel++) PackPanel(job, panel);
    }

    static void PackPanel(Job* job, int panel)
    {
        WeightFormat format = WeightFormats.All[job->Format];
        byte* destination = job->Panels + (panel * job->PanelBytes);
        byte** rows = stackalloc byte*[Panel.Rows];
        DType* types = stackalloc DType[Panel.Rows];
        int count = Math.Min(Panel.Rows, job->Rows - (panel * Panel.Rows));
        bool whole = count == Panel.Rows;
        Source* source = job->Sources;
        for (int r = 0; r < count; r++)
        {
            long row = ((long)panel * Panel.Rows) + r;
            while (row >= source->First + source->Rows) source++;
            rows[r] = source->Data + ((row - source->First) * job->Columns * source->Type.Size());
            types[r] = source->Type;
            whole &= source->Type == format.Type;
        }

        if (whole)
        {
            format.PackPanel(rows, job->Columns, destination);
            return;
        }
        float* floats = (float*)Scratch.Take((long)count * job->Columns * sizeof(float));
        float** wide = stackalloc float*[Panel.Rows];
        for (int r = 0; r < count; r++)
        {
            wide[r] = floats + ((long)r * job->Columns);
            Widen(rows[r], types[r], job->Columns, wide[r]);
        }
        if (!format.PackPanel(wide, count, job->Columns, destination)) job->Refused = 1;
    }

    static void Widen(byte* row, DType type, int columns, float* destination)
    {
        int k = 0;
        if (type == DType.BF16)
        {
            for (; k <= columns - 16; k += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load((ushort*)row + k));
                Vector256.ShiftLeft(low, 16).AsSingle().Store(destination + k);
                Vector256.ShiftLeft(high, 16).AsSingle().Store(destination + k + 8);
            }
        }
        for (; k < columns; k++) destination[k] = Read(row, type, k);
    }

    static float Read(byte* row, DType type, long column) => type switch
    {
        DType.F32 => Unsafe.ReadUnaligned<float>(row + (4 * column)),
        DType.F16 => (float)Unsafe.ReadUnaligned<Half>(row + (2 * column)),
        DType.BF16 => BitConverter.UInt32BitsToSingle((uint)Unsafe.ReadUnaligned<ushort>(row + (2 * column)) << 16),
        _ => (float)Unsafe.ReadUnaligned<double>(row + (8 * column)),
    };

    struct QuantisedJob
    {
        public byte* Rows;
        public long RowBytes;
        public int RowCount;
        public byte* Zeros;
        public float* Scales;
        public int Columns;
        public byte* Panels;
        public long PanelBytes;
        public int Format;
    }

    struct Source
    {
        public byte* Data;
        public DType Type;
        public long First;
        public int Rows;
    }

    struct Job
    {
        public const int PanelsPerChunk = 4;

        public Source* Sources;
        public int Columns;
        public int Rows;
        public byte* Panels;
        public long PanelBytes;
        public int PanelCount;
        public int Format;
        public int Refused;
    }

    struct Scan
    {
        public const int ElementsPerChunk = 1 << 20;

        public ushort* Data;
        public long Elements;
        public int NotFinite;
    }
}
