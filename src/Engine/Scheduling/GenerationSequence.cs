using Juxta.Engine.Generation;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;

namespace Juxta.Engine.Scheduling;

/// <summary>A sequence that answers a <see cref="GenerationRequest"/>: scores the prompt where asked, draws tokens, ends by its stop rules.</summary>
internal sealed class GenerationSequence : Sequence
{
    readonly RunningGeneration _generation;
    readonly Sampler _sampler;
    readonly StopRules _rules;
    readonly TokenHistory? _history;
    readonly TokenScore[]? _scores;
    readonly int _drawable;
    readonly int _maxTokens;
    readonly Action<AnswerStep> _emit;
    int _scored;
    bool _ended;

    /// <param name="maxTokens">Most tokens of the answer, from the request and the context.</param>
    /// <param name="drawable">Ids that may be drawn: the row's vocabulary without padding rows.</param>
    public GenerationSequence(RunningGeneration generation, AdapterLease adapters, TextContext context, Sampler sampler, StopRules rules, int maxTokens, int drawable)
        : base(generation.Request.PromptIds, adapters, context, maxTokens)
    {
        GenerationRequest request = generation.Request;
        SamplingOptions sampling = request.Sampling;
        _generation = generation;
        _sampler = sampler;
        _rules = rules;
        _maxTokens = maxTokens;
        _drawable = drawable;
        _emit = generation.Write;
        int asked = request.Beginning?.Start ?? PromptLength;
        ReadOnlySpan<int> begun = Ids(asked, PromptLength - asked);
        if (sampling.RepetitionPenalty != 1 || sampling.PresencePenalty != 0 || sampling.FrequencyPenalty != 0)
        {
            _history = new TokenHistory(Ids(0, asked));
            foreach (int id in begun) _history.AddAnswer(id);
        }
        if (request.Beginning is { } beginning && rules.Begin(begun, beginning.Text) is { Length: > 0 } text) _emit(new AnswerStep(null, text));
        if (!request.ScorePrompt) return;
        _scores = new TokenScore[PromptLength];
        _scored = Math.Clamp(request.ScoreFrom, 1, PromptLength); // nothing comes before the first token
        for (int i = 0; i < _scored; i++) _scores[i] = new TokenScore(Ids(i, 1)[0], null, []);
        if (_scored == PromptLength) generation.SetPromptScores(_scores);
    }

    /// <summary>Logits at position i score the id at i + 1.</summary>
    public override int WantedFrom => _scores is not null && _scored < PromptLength ? _scored - 1 : Length - 1;

    public override bool IsCancelled => _generation.IsCancelled;

    public override bool Ended => _ended;

    public override void TakeLogits(int position, Span<float> row)
    {
        if (_scores is not null && position == _scored - 1 && _scored < PromptLength) Score(row);
        if (position != Length - 1 || _ended) return;
        if (_maxTokens == 0) End(Outcome.Length);
        else Draw(position, row);
    }

    void Score(ReadOnlySpan<float> row)
    {
        int id = Ids(_scored, 1)[0];
        float logProb = _sampler.Score(row, Math.Min(_drawable, row.Length), id, _generation.Request.LogProbs ?? 0, out IReadOnlyList<TokenLogProb> top);
        _scores![_scored++] = new TokenScore(id, logProb, top);
        if (_scored == PromptLength) _generation.SetPromptScores(_scores);
    }

    void Draw(int position, Span<float> row)
    {
        GenerationRequest request = _generation.Request;
        Span<float> drawable = row[..Math.Min(_drawable, row.Length)];
        int id = _sampler.Draw(drawable, request.Sampling, _history, _rules.Banned, request.Seed, position + 1);
        float? logProb = null;
        IReadOnlyList<TokenLogProb> top = [];
        if (request.LogProbs is { } alternatives) logProb = _sampler.Score(row, drawable.Length, id, alternatives, out top);
        _history?.AddAnswer(id);
        Append(id);
        _ended = _rules.Accept(id, logProb, top, _emit) is not null;
    }

    public override void End(Outcome outcome)
    {
        if (_ended) return;
        _ended = true;
        AnswerStep closing = new(null, "", Outcome: outcome);
        try
        {
            closing = _rules.Close(outcome);
        }
        catch (Exception) when (outcome.Kind == OutcomeKind.Error)
        {
            // The text decoder may be what failed; the reader must learn of the end all the same.
        }
        _emit(closing);
    }
}
