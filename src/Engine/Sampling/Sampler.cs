using Juxta.Engine.Generation;

namespace Juxta.Engine.Sampling;

/// <summary>
/// Draws the next token from a row of logits by a request's <see cref="SamplingOptions"/>. Every filter keeps a start of one order (falling logit,
/// ties by rising id); the draw walks the kept tokens by rising id until their weights pass u · (sum of weights), with
/// u = <see cref="Philox.Uniform"/>(seed, position). One instance per engine thread; its buffers are reused.
/// </summary>
internal sealed class Sampler
{
    readonly LogitScan _scan = new();
    readonly List<(int Id, float Logit)> _edits = [];
    double[] _chunkSums = [];
    int[] _ids = [];
    ulong[] _keys = [];
    ulong[] _selectKeys = [];
    float[] _selectWeights = [];

    /// <param name="logits">The ids that may be drawn, from 0; unchanged on return.</param>
    /// <param name="history">Tokens so far; needed when a penalty is set.</param>
    /// <param name="banned">Ids that must not be drawn now.</param>
    /// <param name="position">Index in the sequence (prompt included) of the token to draw.</param>
    /// <exception cref="LogitsException">A logit is NaN or +∞, or every token is forbidden.</exception>
    public int Draw(Span<float> logits, SamplingOptions options, TokenHistory? history, ReadOnlySpan<int> banned, ulong seed, int position)
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
        float temperature = options.Temperature;
        bool topK = options.TopK > 0 && options.TopK < logits.Length;
        bool topP = options.TopP < 1;
        double sum = topP && !topK ? _scan.ExpSum(logits, temperature) : 0;
        float bar = float.NegativeInfinity;
        if (topK) bar = _scan.BarForLargest(options.TopK);
        else if (topP) bar = BarForWeight((1 - (double)options.TopP) * sum / logits.Length / 2, temperature); // all below it weigh too little to matter
        else if (options.MinP > 0) bar = BarForWeight(options.MinP * 0.999, temperature);

        Reserve(logits.Length);
        int count = _scan.IdsFrom(logits, bar, _ids);
        Span<ulong> keys = _keys.AsSpan(0, count);
        for (int i = 0; i < count; i++) keys[i] = RankedSelect.Key(logits[_ids[i]], _ids[i]);

        ulong lastKey = ulong.MaxValue;
        if (topK && count > options.TopK)
        {
            Span<float> ones = _selectWeights.AsSpan(0, count);
            ones.Fill(1);
            keys.CopyTo(_selectKeys);
            lastKey = RankedSelect.LastKeyReaching(_selectKeys.AsSpan(0, count), ones, options.TopK);
        }
        if (topP)
        {
            int kept = 0;
            double keptSum = 0;
            foreach (ulong key in keys)
            {
                if (key > lastKey) continue;
                float weight = _scan.Weight(logits[RankedSelect.Id(key)], temperature);
                _selectKeys[kept] = key;
                _selectWeights[kept++] = weight;
                keptSum += weight;
            }
            lastKey = RankedSelect.LastKeyReaching(_selectKeys.AsSpan(0, kept), _selectWeights.AsSpan(0, kept), options.TopP * (topK ? keptSum : sum));
        }
        return DrawUpTo(keys, lastKey, logits, options, u);
    }

    int DrawUpTo(ReadOnlySpan<ulong> keys, ulong lastKey, ReadOnlySpan<float> logits, SamplingOptions options, double u)
    {
        double sum = 0;
        int kept = 0;
        foreach (ulong key in keys)
        {
            if (key > lastKey) continue;
            float weight = _scan.Weight(logits[RankedSelect.Id(key)], options.Temperature);
            if (weight == 0 || weight < options.MinP) continue;
            _selectKeys[kept] = key;
            _selectWeights[kept++] = weight;
            sum += weight;
        }
        double target = u * sum, walked = 0;
        for (int i = 0; i < kept - 1; i++)
        {
            walked += _selectWeights[i];
            if (walked > target) return RankedSelect.Id(_selectKeys[i]);
        }
        return RankedSelect.Id(_selectKeys[kept - 1]);
    }

    /// <summary>The logit at which a token weighs <paramref name="weight"/> times the likeliest one, a little lowered against rounding.</summary>
    float BarForWeight(double weight, float temperature) => weight <= 0 ? float.NegativeInfinity : (float)(_scan.Max + (temperature * (Math.Log(weight) - 1e-4)) - (1e-6 * Math.Abs(_scan.Max)));

    void Reserve(int length)
    {
        if (_ids.Length >= length) return;
        _ids = new int[length];
        _keys = new ulong[length];
        _selectKeys = new ulong[length];
        _selectWeights = new float[length];
    }

    /// <summary>The natural log-probability of a token under the raw row, and the likeliest <paramref name="top"/> tokens among the first <paramref name="drawable"/>.</summary>
    public float Score(ReadOnlySpan<float> logits, int drawable, int id, int top, out IReadOnlyList<TokenLogProb> alternatives)
    {
        _scan.Read(logits);
        if (!float.IsFinite(_scan.Max)) throw LogitsException.NotFinite(null);
        double logSum = _scan.Max + Math.Log(_scan.ExpSum(logits, 1));
        alternatives = [];
        if (top > 0)
        {
            ReadOnlySpan<float> candidates = logits[..drawable];
            if (drawable < logits.Length) _scan.Read(candidates);
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
                list[i] = new TokenLogProb(candidate, (float)(candidates[candidate] - logSum));
            }
            alternatives = list;
        }
        return (float)(logits[id] - logSum);
    }
}
