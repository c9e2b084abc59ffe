using System.Numerics;
using System.Runtime.Intrinsics;

namespace Juxta.Engine.Sampling;

/// <summary>
/// Top-p where it keeps so much of a row that listing the kept tokens costs more than the row does. A sixteenth of the tokens say about where the cut lies, one pass finds it there, and the draw
/// walks sums of chunks. What is drawn is what <see cref="Nucleus"/> and a walk over all kept tokens draw; only doubles are added in another order.
/// </summary>
internal sealed class WideNucleus(Nucleus nucleus)
{
    /// <summary>So many tokens of each chunk are looked at for a guess.</summary>
    const int Sampled = 4;

    /// <summary>The cut should lie within so many standard deviations of the guess.</summary>
    const double Deviations = 4;

    /// <summary>A row whose guess is less sure than this share of its weight is not wide: few tokens have most of it.</summary>
    const double WidestMargin = 0.1;

    /// <summary>The sample's weight by bin; zero above <see cref="_lastBin"/>.</summary>
    readonly double[] _mass = new double[Nucleus.Bins];
    int _lastBin;
    int[] _ids = [];
    float[] _near = [];
    double[] _sums = [];

    /// <param name="logits">The row.</param>
    /// <param name="weights">Of its tokens, relative to the likeliest one's: 0 … 1.</param>
    /// <param name="sum">Of all weights.</param>
    /// <param name="topP">Below 1.</param>
    /// <param name="minP">Tokens that weigh less are not drawn.</param>
    /// <param name="u">Where the draw stops, as a share of what is kept.</param>
    /// <param name="always">Draw from any row.</param>
    /// <returns>The token; null where the row is not wide.</returns>
    public int? Draw(ReadOnlySpan<float> logits, ReadOnlySpan<float> weights, double sum, float topP, float minP, double u, bool always)
    {
        double margin = Margin(weights, topP);
        if (margin > WidestMargin && !always) return null;
        int chunks = (logits.Length + LogitScan.Chunk - 1) / LogitScan.Chunk;
        if (_ids.Length < logits.Length) (_ids, _near, _sums) = (new int[logits.Length], new float[logits.Length], new double[chunks]);
        int lastId = RankedSelect.Id(LastKey(logits, weights, sum, topP, margin));
        float bar = logits[lastId];

        double kept = 0;
        for (int chunk = 0; chunk < chunks; chunk++) kept += _sums[chunk] = ChunkSum(logits, weights, chunk, bar, lastId, minP);
        double target = u * kept;
        int lastWithWeight = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            if (target < _sums[chunk]) return Walk(logits, weights, chunk, bar, lastId, minP, target);
            if (_sums[chunk] > 0) lastWithWeight = chunk;
            target -= _sums[chunk];
        }
        return Walk(logits, weights, lastWithWeight, bar, lastId, minP, double.PositiveInfinity);
    }

    /// <summary>The key of the last token within top-p.</summary>
    ulong LastKey(ReadOnlySpan<float> logits, ReadOnlySpan<float> weights, double sum, float topP, double margin)
    {
        double target = topP * sum;
        (int first, int last) = Guess(topP - margin, topP + margin);
        double above = Collect(weights, first, last, out int count, out double near);
        // A cut that lies elsewhere is looked for everywhere.
        if (above >= target || above + near < target) above = Collect(weights, 0, Nucleus.Bins - 1, out count, out _);
        return nucleus.LastKey(_ids.AsSpan(0, count), _near.AsSpan(0, count), logits, target - above);
    }

    /// <summary>Weighs a sample of the tokens; returns by how much a share of its weight may differ from that of all. A sample in which few tokens weigh is as good as one of those few.</summary>
    double Margin(ReadOnlySpan<float> weights, float topP)
    {
        Array.Clear(_mass, 0, _lastBin + 1);
        _lastBin = 0;
        double sum = 0, squares = 0;
        for (int start = 0; start < weights.Length; start += LogitScan.Chunk)
        {
            foreach (float weight in weights.Slice(start, Math.Min(Sampled, weights.Length - start)))
            {
                int bin = Nucleus.Bin(weight);
                _mass[bin] += weight;
                _lastBin = Math.Max(_lastBin, bin);
                sum += weight;
                squares += (double)weight * weight;
            }
        }
        double equivalent = sum * sum / squares;
        return equivalent >= 1 ? 0.001 + (Deviations * Math.Sqrt(topP * (1 - (double)topP) / equivalent)) : 1;
    }

    /// <summary>The bins of <see cref="Nucleus"/> in which the sample passes two shares of its weight.</summary>
    (int First, int Last) Guess(double least, double most)
    {
        double total = 0, seen = 0;
        for (int bin = 0; bin <= _lastBin; bin++) total += _mass[bin];
        int first = -1;
        for (int bin = 0; bin <= _lastBin; bin++)
        {
            seen += _mass[bin];
            if (first < 0 && seen >= least * total) first = bin;
            if (first >= 0 && seen >= most * total) return (first, bin);
        }
        return (Math.Max(0, first), Nucleus.Bins - 1);
    }

    /// <summary>Lists the tokens of some bins, with their sum; returns the sum of those that weigh more.</summary>
    double Collect(ReadOnlySpan<float> weights, int first, int last, out int count, out double near)
    {
        (float upper, float lower) = (Nucleus.LargestOf(first), Nucleus.LargestOf(last + 1));
        Vector256<float> uppers = Vector256.Create(upper), lowers = Vector256.Create(lower);
        Vector256<double> evens = Vector256<double>.Zero, odds = Vector256<double>.Zero;
        (count, near) = (0, 0);
        int i = 0;
        for (; i + Vector256<float>.Count <= weights.Length; i += Vector256<float>.Count)
        {
            Vector256<float> eight = Vector256.Create(weights[i..]);
            Vector256<float> heavier = Vector256.GreaterThan(eight, uppers);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(eight & heavier);
            (evens, odds) = (evens + low, odds + high);
            for (uint hits = Vector256.AndNot(Vector256.GreaterThan(eight, lowers), heavier).ExtractMostSignificantBits(); hits != 0; hits &= hits - 1)
            {
                int id = i + BitOperations.TrailingZeroCount(hits);
                _ids[count] = id;
                near += _near[count++] = weights[id];
            }
        }
        double above = Sum(evens + odds);
        for (; i < weights.Length; i++)
        {
            if (weights[i] > upper) above += weights[i];
            else if (weights[i] > lower)
            {
                _ids[count] = i;
                near += _near[count++] = weights[i];
            }
        }
        return above;
    }

    /// <summary>In one order on every machine.</summary>
    static double Sum(Vector256<double> lanes) => (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);

    static bool IsKept(float logit, float weight, int id, float bar, int lastId, float minP) => (logit > bar || (logit == bar && id <= lastId)) && weight >= minP;

    /// <summary>The weight of a chunk's kept tokens.</summary>
    static double ChunkSum(ReadOnlySpan<float> logits, ReadOnlySpan<float> weights, int chunk, float bar, int lastId, float minP)
    {
        int start = chunk * LogitScan.Chunk;
        ReadOnlySpan<float> part = LogitScan.Part(logits, chunk);
        weights = weights.Slice(start, part.Length);
        if (part.Length < LogitScan.Chunk || (start <= lastId && lastId < start + LogitScan.Chunk))
        {
            double sum = 0;
            for (int i = 0; i < part.Length; i++)
                if (IsKept(part[i], weights[i], start + i, bar, lastId, minP)) sum += weights[i];
            return sum;
        }
        // Tokens that tie with the last one are kept up to its id: in a whole chunk all or none.
        Vector256<float> bars = Vector256.Create(start < lastId ? bar : MathF.BitIncrement(bar)), least = Vector256.Create(minP);
        Vector256<double> evens = Vector256<double>.Zero, odds = Vector256<double>.Zero;
        for (int i = 0; i < LogitScan.Chunk; i += Vector256<float>.Count)
        {
            Vector256<float> eight = Vector256.Create(weights[i..]);
            Vector256<float> kept = Vector256.GreaterThanOrEqual(Vector256.Create(part[i..]), bars) & Vector256.GreaterThanOrEqual(eight, least);
            (Vector256<double> low, Vector256<double> high) = Vector256.Widen(eight & kept);
            (evens, odds) = (evens + low, odds + high);
        }
        return Sum(evens + odds);
    }

    /// <summary>The first kept token of a chunk at which the weights pass <paramref name="target"/>; the last with any weight when rounding keeps them below it.</summary>
    static int Walk(ReadOnlySpan<float> logits, ReadOnlySpan<float> weights, int chunk, float bar, int lastId, float minP, double target)
    {
        int start = chunk * LogitScan.Chunk, drawn = start;
        for (int id = start; id < Math.Min(start + LogitScan.Chunk, logits.Length) && target >= 0; id++)
        {
            if (weights[id] == 0 || !IsKept(logits[id], weights[id], id, bar, lastId, minP)) continue;
            target -= weights[id];
            drawn = id;
        }
        return drawn;
    }
}
