using System.Runtime.InteropServices;
using Juxta.Engine.Kernels;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>
/// Memory for one step's activations: handed out front to back, taken back all at once; and the products that wait to be run as one. After the first large step
/// nothing is allocated.
/// </summary>
internal sealed unsafe class Workspace : IDisposable
{
    const int FloatsPerLine = AlignedBuffer.Alignment / sizeof(float);

    readonly List<AlignedBuffer> _chunks = [new AlignedBuffer(1 << 20)];
    long _used; // bytes of the last chunk

    /// <summary>Products that do not depend on each other, until <see cref="Multiply"/>.</summary>
    public List<WeightProduct> Products { get; } = [];

    /// <summary>Runs the products that wait.</summary>
    public void Multiply(WorkerPool pool)
    {
        MatMul.MultiplyAll(pool, CollectionsMarshal.AsSpan(Products));
        Products.Clear();
    }

    /// <summary>An uncleared (rows, columns) matrix, valid until <see cref="Reset"/>. Its rows start on 64-byte lines.</summary>
    public Matrix Rent(int rows, int columns)
    {
        int stride = (columns + FloatsPerLine - 1) / FloatsPerLine * FloatsPerLine;
        long bytes = (long)rows * stride * sizeof(float);
        if (_used + bytes > _chunks[^1].Bytes)
        {
            _chunks.Add(new AlignedBuffer(Math.Max(bytes, 2 * _chunks[^1].Bytes)));
            _used = 0;
        }
        var matrix = new Matrix((float*)(_chunks[^1].Pointer + _used), rows, columns, stride);
        _used += bytes;
        return matrix;
    }

    /// <summary>A place to come back to: what is rented after it is free again after <see cref="Release"/>.</summary>
    public Mark Hold() => new(_chunks.Count, _used);

    /// <summary>Takes back what was rented since the mark; a chunk that grew meanwhile is kept and used from its start.</summary>
    public void Release(Mark mark) => _used = mark.Chunks == _chunks.Count ? mark.Used : 0;

    /// <summary>Takes everything back and keeps only the largest chunk.</summary>
    public void Reset()
    {
        for (int i = 0; i < _chunks.Count - 1; i++) _chunks[i].Dispose();
        _chunks.RemoveRange(0, _chunks.Count - 1);
        _used = 0;
    }

    public void Dispose()
    {
        foreach (AlignedBuffer chunk in _chunks) chunk.Dispose();
        _chunks.Clear();
    }

    internal readonly record struct Mark(int Chunks, long Used);
}
