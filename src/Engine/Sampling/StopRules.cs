using Juxta.Engine.Generation;

namespace Juxta.Engine.Sampling;

/// <summary>Turns the drawn ids of one answer into its steps, and says when and how it ends (design D5).</summary>
internal sealed class StopRules
{
    readonly StopOptions _options;
    readonly HashSet<int> _eos;
    readonly int[] _endIds;
    readonly int _maxTokens;
    readonly TextStream? _text;
    readonly StopMatcher _matcher;
    readonly RepetitionDetector? _repetition;
    int _count;

    /// <param name="eosIds">The model's end-of-sequence ids.</param>
    /// <param name="maxTokens">Tokens that the answer may have: the request's limit or what the context leaves, whichever is less.</param>
    public StopRules(StopOptions options, IReadOnlyList<int> eosIds, int maxTokens, TextStream? text)
    {
        _options = options;
        _eos = options.IgnoreEos ? [] : [.. eosIds];
        _endIds = [.. _eos.Union(options.Ids)];
        _maxTokens = maxTokens;
        _text = text;
        _matcher = new StopMatcher(options.Strings);
        _repetition = options.RepetitionLimit > 0 ? new RepetitionDetector(options.RepetitionLimit, maxTokens) : null;
    }

    /// <summary>Ids that must not be drawn now: those that would end the answer before its least length.</summary>
    public ReadOnlySpan<int> Banned => _count < _options.MinTokens ? _endIds : [];

    /// <summary>Takes the part of the answer that is there already; returns its text as far as it cannot be the begin of a stop string.</summary>
    public string Begin(ReadOnlySpan<int> ids, string text)
    {
        foreach (int id in ids)
        {
            _text?.Push(id);
            _repetition?.Add(id);
        }
        return _matcher.Push(text, honour: false);
    }

    /// <summary>Takes the id drawn and emits its step, preceded by one with held-back text where an end id needs a step of its own.</summary>
    /// <returns>How the answer ended, or null.</returns>
    public Outcome? Accept(int id, float? logProb, IReadOnlyList<TokenLogProb> top, Action<AnswerStep> emit)
    {
        _count++;
        if (_endIds.AsSpan().Contains(id))
        {
            string held = Rest();
            if (held.Length > 0) emit(new AnswerStep(null, held));
            Outcome end = _eos.Contains(id) ? Outcome.Eos(id) : Outcome.StopId(id);
            emit(new AnswerStep(id, "", logProb, top, end));
            return end;
        }
        string text = _matcher.Push(_text?.Push(id) ?? "", honour: _count > _options.MinTokens);
        Outcome? outcome = null;
        if (_matcher.Matched is { } stop)
        {
            outcome = Outcome.Stop(stop);
            if (_options.IncludeStopString) text += stop;
        }
        else if (_repetition is not null && _repetition.Add(id)) outcome = Outcome.Repetition;
        else if (_count >= _maxTokens) outcome = Outcome.Length;
        if (outcome is not null && _matcher.Matched is null) text += Rest();
        emit(new AnswerStep(id, text, logProb, top, outcome));
        return outcome;
    }

    /// <summary>The closing step of an answer that ends from outside: whatever text was held back, and why.</summary>
    public AnswerStep Close(Outcome outcome) => new(null, Rest(), Outcome: outcome);

    string Rest() => _matcher.Push(_text?.Flush() ?? "", honour: false) + _matcher.Release();
}
