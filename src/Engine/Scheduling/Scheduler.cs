using Juxta.Engine.Generation;

namespace Juxta.Engine.Scheduling;

/// <summary>Sizes that bound a step.</summary>
/// <param name="StepTokens">Most tokens of a step.</param>
/// <param name="MaxSequences">Most sequences that run at once.</param>
/// <param name="ScoreRows">Most rows of logits per step beyond one for each sequence: bounds the memory of scoring.</param>
/// <param name="PromptTokens">Most tokens of prompts in a step that also answers: bounds how long one answer waits for another's prompt.</param>
internal readonly record struct StepLimits(int StepTokens, int MaxSequences, int ScoreRows, int PromptTokens = int.MaxValue);

/// <summary>A sequence's share of the next step.</summary>
/// <param name="Tokens">How many of its pending ids are computed.</param>
/// <param name="LogitRows">How many of those, at the end, have logits wanted.</param>
internal readonly record struct StepShare(Sequence Sequence, int Tokens, int LogitRows);

/// <summary>
/// Decides what each step computes. There is no prefill mode: every sequence has ids pending, one while it answers and many while its prompt
/// is read; a step serves the answering ones first and fills the rest with pieces of prompts, oldest first, few tokens where somebody is being answered. When the cache runs out, the youngest
/// sequence gives up its blocks and is computed again later; the oldest always proceeds, so there is no deadlock.
/// </summary>
internal sealed class Scheduler(PrefixCache cache, StepLimits limits)
{
    // Both in order of arrival, and everything running is older than everything waiting.
    readonly List<Sequence> _running = [];
    readonly List<Sequence> _waiting = [];
    readonly List<StepShare> _shares = [];
    int _tokensLeft;
    int _tokensInAll;
    int _scoreRowsLeft;

    public int Running => _running.Count;

    public int Waiting => _waiting.Count;

    public bool IsIdle => _running.Count == 0 && _waiting.Count == 0;

    /// <summary>Times that a sequence lost its blocks to an older one.</summary>
    public long Preemptions { get; private set; }

    /// <summary>Whether the step last planned has at least 95 % of the sequences, or of the tokens, that a step can have.</summary>
    public bool IsFull => 100 * _shares.Count >= 95 * limits.MaxSequences || 100 * _tokensLeft <= 5 * _tokensInAll;

    public void Add(Sequence sequence) => _waiting.Add(sequence);

    /// <summary>Takes ended sequences out and returns their blocks; hands each to <paramref name="removed"/>.</summary>
    public void Sweep(Action<Sequence> removed)
    {
        Sweep(_running, removed);
        Sweep(_waiting, removed);
    }

    void Sweep(List<Sequence> sequences, Action<Sequence> removed)
    {
        int kept = 0;
        for (int i = 0; i < sequences.Count; i++)
        {
            Sequence sequence = sequences[i];
            if (!sequence.Ended && sequence.IsCancelled) sequence.End(Outcome.Cancelled);
            if (sequence.Ended)
            {
                cache.Return(sequence);
                removed(sequence);
            }
            else
            {
                sequences[kept++] = sequence;
            }
        }
        sequences.RemoveRange(kept, sequences.Count - kept);
    }

    /// <summary>Ends everything.</summary>
    public void EndAll(Outcome outcome, Action<Sequence> removed)
    {
        foreach (Sequence sequence in _running) sequence.End(outcome);
        foreach (Sequence sequence in _waiting) sequence.End(outcome);
        Sweep(removed);
    }

    /// <summary>The shares of the next step; empty only when nothing runs or waits. Valid until the next call.</summary>
    public List<StepShare> Plan()
    {
        _shares.Clear();
        _tokensLeft = _tokensInAll = limits.StepTokens;
        _scoreRowsLeft = limits.ScoreRows;
        foreach (Sequence sequence in _running) cache.Keep(sequence, sequence.PromptLength);
        // Preempting shortens _running from its young end, so the loops look at its length anew.
        for (int i = 0; i < _running.Count; i++)
        {
            if (_running[i].Pending == 1) Share(_running[i]);
        }
        if (_shares.Count > 0 && _tokensLeft > limits.PromptTokens)
        {
            _tokensInAll -= _tokensLeft - limits.PromptTokens;
            _tokensLeft = limits.PromptTokens;
        }
        for (int i = 0; i < _running.Count && _tokensLeft > 0; i++)
        {
            if (_running[i].Pending > 1) Share(_running[i]);
        }
        while (_waiting.Count > 0 && _running.Count < limits.MaxSequences && _tokensLeft > 0 && HasRoomFor(_waiting[0]))
        {
            Sequence sequence = _waiting[0];
            _waiting.RemoveAt(0);
            _running.Add(sequence);
            cache.Adopt(sequence);
            Share(sequence);
        }
        return _shares;
    }

    /// <summary>
    /// Whether the free blocks hold all ids of a newcomer beside what the running ones' known ids still need and one block more for each
    /// of those to grow into: a newcomer that had to leave again at once would only cost time.
    /// </summary>
    bool HasRoomFor(Sequence newcomer)
    {
        int free = cache.Free;
        foreach (Sequence sequence in _running) free -= sequence.BlocksOf(sequence.Length) - sequence.BlockCount + 1;
        return _running.Count == 0 || free >= newcomer.BlocksOf(newcomer.Length);
    }

    void Share(Sequence sequence)
    {
        int tokens = Math.Min(sequence.Pending, _tokensLeft);
        int unscored = Math.Max(0, sequence.WantedFrom - sequence.Computed);
        bool scores = sequence.WantedFrom < sequence.Length - 1;
        if (scores) tokens = Math.Min(tokens, unscored + _scoreRowsLeft);
        tokens = Math.Max(tokens, sequence.Context.PrefixLength - sequence.Computed); // a two-way prefix must not be cut
        if (tokens <= 0 || !TryHold(sequence, sequence.Computed + tokens)) return;
        int rows = Math.Max(0, tokens - unscored);
        if (scores) _scoreRowsLeft = Math.Max(0, _scoreRowsLeft - rows);
        _tokensLeft -= tokens;
        _shares.Add(new StepShare(sequence, tokens, rows));
    }

    /// <summary>Gives a sequence blocks for its first <paramref name="tokens"/> ids, taking them from the youngest where none is free. False when it is itself the youngest.</summary>
    bool TryHold(Sequence sequence, int tokens)
    {
        while (sequence.BlockCount < sequence.BlocksOf(tokens))
        {
            if (cache.TryRent(out int block))
            {
                sequence.AddBlock(block);
                continue;
            }
            Sequence youngest = _running[^1];
            Preempt(youngest);
            if (youngest == sequence) return false;
        }
        return true;
    }

    void Preempt(Sequence sequence)
    {
        Preemptions++;
        _running.RemoveAt(_running.Count - 1);
        _waiting.Insert(0, sequence);
        cache.Return(sequence);
        int share = _shares.FindIndex(share => share.Sequence == sequence);
        if (share < 0) return;
        _tokensLeft += _shares[share].Tokens;
        _shares.RemoveAt(share);
    }
}
