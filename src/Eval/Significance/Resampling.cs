using System.Numerics;
using System.Runtime.InteropServices;
using Juxta.Eval.Metrics;

namespace Juxta.Eval.Significance;

/// <summary>
/// Scores of resampled corpora. Statistics are summed row after row in draw order, in single precision where the metric asks for it
/// (<see cref="IMetric.ResampledScore"/>); nothing of the size samples × answers is kept.
/// </summary>
internal sealed class Resampling
{
    readonly CorpusStatistics _corpus;
    readonly SingleScore? _single;
    readonly float[] _floats = [];   // (Count, _stride)
    readonly double[] _doubles = [];
    readonly int _length, _stride;

    public Resampling(CorpusStatistics corpus)
    {
        _corpus = corpus;
        _length = corpus.Metric.StatisticsLength;
        _single = corpus.Metric.ResampledScore;
        // Rows are padded to whole vectors, so that adding one is a few vector additions.
        int width = _single is null ? Vector<double>.Count : Vector<float>.Count;
        _stride = (_length + width - 1) / width * width;
        if (_single is null) _doubles = new double[corpus.Count * _stride];
        else _floats = new float[corpus.Count * _stride];
        for (int i = 0; i < corpus.Count; i++)
        {
            ReadOnlySpan<double> row = corpus.Row(i);
            if (_single is null) row.CopyTo(_doubles.AsSpan(i * _stride));
            else for (int k = 0; k < _length; k++) _floats[i * _stride + k] = (float)row[k];
        }
    }

    /// <summary>The score of the answers with these indices.</summary>
    public double Score(ReadOnlySpan<int> indices)
    {
        if (_single is not null)
        {
            Span<float> sums = stackalloc float[_stride];
            Sum(_floats, indices, sums);
            return _single(sums[.._length]);
        }
        Span<double> doubles = stackalloc double[_stride];
        Sum(_doubles, indices, doubles);
        return _corpus.Metric.Score(doubles[.._length]);
    }

    static void Sum<T>(T[] rows, ReadOnlySpan<int> indices, Span<T> sums)
        where T : unmanaged, INumber<T>
    {
        sums.Clear();
        Span<Vector<T>> totals = MemoryMarshal.Cast<T, Vector<T>>(sums);
        ReadOnlySpan<Vector<T>> all = MemoryMarshal.Cast<T, Vector<T>>(rows);
        int width = totals.Length;
        if (width == 1)
        {
            Vector<T> total = default;
            foreach (int index in indices) total += all[index];
            totals[0] = total;
            return;
        }
        foreach (int index in indices)
        {
            ReadOnlySpan<Vector<T>> row = all.Slice(index * width, width);
            for (int k = 0; k < row.Length; k++) totals[k] += row[k];
        }
    }
}
