using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;

namespace Juxta.Engine.Sampling;

/// <summary>
/// Draws the next token from a row of logits by a request's <see cref="SamplingOptions"/>. Every filter keeps a start of one order (falling logit,
/// ties by rising id); the draw walks the kept tokens by rising id until their weights pass u · (sum of weights), with
/// u = <see cref="Philox.Uniform"/>(seed, position). One instance per thread; its buffers are reused.
/// </summary>
public sealed class Sampler
{
    /// <summary>Rows whose weights, relative to the likeliest token's, add up to less than this have few tokens that matter.</summary>
    const double NarrowSum = 64;

    readonly LogitScan _scan = new();
    readonly Nucleus _nucleus = new();
    readonly WideNucleus _wide;
    readonly bool? _takesWide;
    readonly List<(int Id, float Logit)> _edits = [];
    double[] _chunkSums = [];
    int[] _ids = [];
    ulong[] _keys = [];
    float[] _weights = [];

    public Sampler() : this(null)
    {
    }

    /// <param name="takesWide">Whether top-p takes rows as a whole (<see cref="WideNucleus"/>): null where that is quicker. The draws are the same.</param>
    internal Sampler(bool? takesWide) => (_wide, _takesWide) = (new(_nucleus), takesWide);

    /// <summary>Draws from a row of logits as an answer without a history would: penalties, which need one, are left out.</summary>
    /// <param name="logits">The ids that may be drawn, from 0; unchanged on return.</param>
    /// <param name="position">Index in the sequence (prompt included) of the token to draw.</param>
    /// <exception cref="LogitsException">A logit is NaN or +∞, or every token is forbidden.</exception>
    public int Draw(Span<float> logits, SamplingOptions options, ulong seed, int position)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Draw(logits, options, null, [], seed, position);
    }

    /// <param name="logits">The ids that may be drawn, from 0; unchanged on return.</param>
    /// <param name="history">Tokens so far; needed when a penalty is set.</param>
    /// <param name="banned">Ids that must not be drawn now.</param>
    /// <param name="position">Index in the sequence (prompt included) of the token to draw.</param>
    /// <exception cref="LogitsException">A logit is NaN or +∞, or every token is forbidden.</exception>
    internal int Draw(Span<float> logits, SamplingOptions options, TokenHistory? history, ReadOnlySpan<int> banned, ulong seed, int position)
    {
        Edit(logits, options, history, banned);
        try
        {
            _scan.Read(logits);
            if (float.IsNaN(_scan.Max) || float.IsPositiveInfinity(_scan.Max)) throw LogitsException.NotFinite(position);
            if (float.IsNegativeInfinity(_scan.Max)) throw LogitsException.AllForbidden(position);
            if (options.Temperature == 0) return _scan.ArgMax(logits);
            double u = Philox.Uniform(seed, (ulong)position);
            bool all = (options.TopK == 0 || options.TopK >= logits.Length) && options.TopP >= 1 && options.MinP <= 0;
            return all ? DrawFromAll(logits, options.Temperature, u) : DrawFiltered(logits, options, u);
        }
        finally
        {
            for (int i = _edits.Count - 1; i >= 0; i--) logits[_edits[i].Id] = _edits[i].Logit;
            _edits.Clear();
        }
    }

    /// <summary>Bias, penalties and bans, with a record of what to put back: log-probabilities are of the raw row.</summary>
    void Edit(Span<float> logits, SamplingOptions options, TokenHistory? history, ReadOnlySpan<int> banned)
    {
        if (options.LogitBias.Count > 0)
        {
            foreach ((int id, float bias) in options.LogitBias) Set(logits, id, bias <= -100 ? float.NegativeInfinity : At(logits, id) + bias);
        }
        if (history is not null && options.RepetitionPenalty != 1)
        {
            foreach (int id in history.Distinct)
            {
                float logit = At(logits, id);
                Set(logits, id, logit > 0 ? logit / options.RepetitionPenalty : logit * options.RepetitionPenalty);
            }
        }
        if (history is not null && (options.PresencePenalty != 0 || options.FrequencyPenalty != 0))
        {
            foreach (int id in history.DistinctAnswer)
            {
                Set(logits, id, At(logits, id) - (options.PresencePenalty + (options.FrequencyPenalty * history.AnswerCount(id))));
            }
        }
        foreach (int id in banned) Set(logits, id, float.NegativeInfinity);
    }

    static float At(Span<float> logits, int id) => (uint)id < (uint)logits.Length ? logits[id] : float.NegativeInfinity;

    void Set(Span<float> logits, int id, float value)
    {
        if ((uint)id >= (uint)logits.Length) return;
        _edits.Add((id, logits[id]));
        logits[id] = value;
    }

    int DrawFromAll(ReadOnlySpan<float> logits, float temperature, double u)
    {
        int chunks = (logits.Length + LogitScan.Chunk - 1) / LogitScan.Chunk;
        if (_chunkSums.Length < chunks) _chunkSums = new double[chunks];
        Span<double> sums = _chunkSums.AsSpan(0, chunks);
        double target = u * _scan.ExpSum(logits, temperature, sums);
        int lastWithWeight = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            if (target < sums[chunk]) return Walk(logits, chunk, temperature, target);
            if (sums[chunk] > 0) lastWithWeight = chunk;
            target -= sums[chunk];
        }
        return Walk(logits, lastWithWeight, temperature, double.PositiveInfinity);
    }

    /// <summary>The first token of a chunk at which the weights pass <paramref name="target"/>; the last with any weight when rounding keeps them below it.</summary>
    int Walk(ReadOnlySpan<float> logits, int chunk, float temperature, double target)
    {
        ReadOnlySpan<float> part = LogitScan.Part(logits, chunk);
        int last = 0;
        for (int i = 0; i < part.Length && target >= 0; i++)
        {
            float weight = _scan.Weight(part[i], temperature);
            if (weight == 0) continue;
            target -= weight;
            last = i;
        }
        return (chunk * LogitScan.Chunk) + last;
    }

    int DrawFiltered(ReadOnlySpan<float> logits, SamplingOptions options, double u)
    {
        Reserve(logits.Length);
        bool topK = options.TopK > 0 && options.TopK < logits.Length;
        ulong lastKey = ulong.MaxValue;
        if (topK)
        {
            lastKey = LastOfLargest(logits, options.TopK);
            if (options.TopP < 1) lastKey = LastOfNucleus(logits, logits[RankedSelect.Id(lastKey)], lastKey, null, options.TopP, options.Temperature);
        }
        else if (options.TopP < 1)
        {
            double all = _scan.ExpSum(logits, options.Temperature, weights: _weights);
            if ((_takesWide ?? (all >= NarrowSum)) && _wide.Draw(logits, _weights.AsSpan(0, logits.Length), all, options.TopP, options.MinP, u, _takesWide ?? false) is int wide) return wide;
            float least = BarForWeight((1 - (double)options.TopP) * all / logits.Length / 2, options.Temperature); // all tokens below it together weigh too little to matter
            lastKey = LastOfNucleus(logits, least, lastKey, all, options.TopP, options.Temperature);
        }
        float bar = lastKey != ulong.MaxValue ? logits[RankedSelect.Id(lastKey)] : BarForWeight(options.MinP * 0.999, options.Temperature);
        int count = Candidates(logits, bar, lastKey, options.Temperature);

        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            if (_weights[i] < options.MinP) _weights[i] = 0;
            sum += _weights[i];
        }
        double target = u * sum;
        int drawn = 0;
        for (int i = 0; i < count && target >= 0; i++)
        {
            if (_weights[i] == 0) continue;
            target -= _weights[i];
            drawn = _ids[i];
        }
        return drawn;
    }

    /// <summary>The key of the k-th likeliest token.</summary>
    ulong LastOfLargest(ReadOnlySpan<float> logits, int k)
    {
        int count = _scan.IdsFrom(logits, _scan.BarForLargest(k), _ids);
        for (int i = 0; i < count; i++) _keys[i] = RankedSelect.Key(logits[_ids[i]], _ids[i]);
        _weights.AsSpan(0, count).Fill(1);
        return RankedSelect.LastKeyReaching(_keys.AsSpan(0, count), _weights.AsSpan(0, count), k);
    }

    /// <summary>The key of the last token within top-p, among those that reach the bar and come no later than <paramref name="lastKey"/>.</summary>
    /// <param name="sum">Of the weights that top-p is a share of; null = those of these tokens.</param>
    ulong LastOfNucleus(ReadOnlySpan<float> logits, float bar, ulong lastKey, double? sum, float topP, float temperature)
    {
        int count = Candidates(logits, bar, lastKey, temperature);
        double all = sum ?? 0;
        if (sum is null) foreach (float weight in _weights.AsSpan(0, count)) all += weight;
        return _nucleus.LastKey(_ids.AsSpan(0, count), _weights.AsSpan(0, count), logits, topP * all);
    }

    /// <summary>Fills ids, rising, and weights with the tokens that reach the bar and come no later than <paramref name="lastKey"/>; returns how many.</summary>
    int Candidates(ReadOnlySpan<float> logits, float bar, ulong lastKey, float temperature)
    {
        int count = _scan.IdsFrom(logits, bar, _ids), kept = 0;
        for (int i = 0; i < count; i++)
        {
            int id = _ids[i];
            float logit = logits[id];
            if (logit == bar && RankedSelect.Key(logit, id) > lastKey) continue;
            _ids[kept] = id;
            _weights[kept++] = logit;
        }
        _scan.ToWeights(_weights.AsSpan(0, kept), temperature);
        return kept;
    }

    /// <summary>The logit at which a token weighs <paramref name="weight"/> times the likeliest one, a little lowered against rounding.</summary>
    float BarForWeight(double weight, float temperature) => weight <= 0 ? float.NegativeInfinity : (float)(_scan.Max + (temperature * (Math.Log(weight) - 1e-4)) - (1e-6 * Math.Abs(_scan.Max)));

    void Reserve(int length)
    {
        if (_ids.Length >= length) return;
        _ids = new int[length];
        _keys = new ulong[length];
        _weights = new float[length];
    }

    /// <summary>The natural log-probability of a token under the raw row, and the likeliest <paramref name="top"/> tokens among the first <paramref name="drawable"/>.</summary>
    internal float Score(ReadOnlySpan<float> logits, int drawable, int id, int top, out IReadOnlyList<TokenLogProb> alternatives)
    {
        float logSum = Softmax.LogSumExp(logits);
        if (!float.IsFinite(logSum)) throw LogitsException.NotFinite(null);
        alternatives = [];
        if (top > 0)
        {
            ReadOnlySpan<float> candidates = logits[..drawable];
            _scan.Read(candidates);
            top = Math.Min(top, drawable);
            Reserve(logits.Length);
            int count = _scan.IdsFrom(candidates, _scan.BarForLargest(top), _ids);
            Span<ulong> keys = _keys.AsSpan(0, count);
            for (int i = 0; i < count; i++) keys[i] = RankedSelect.Key(candidates[_ids[i]], _ids[i]);
            keys.Sort();
            var list = new TokenLogProb[Math.Min(top, count)];
            for (int i = 0; i < list.Length; i++)
            {
                int candidate = RankedSelect.Id(keys[i]);
                list[i] = new TokenLogProb(candidate, candidates[candidate] - logSum);
            }
            alternatives = list;
        }
        return logits[id] - logSum;
    }
}
