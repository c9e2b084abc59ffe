using System.Text.Json;
using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>One answer preferred to another.</summary>
public sealed record PreferencePair(IReadOnlyList<EvalMessage> Prompt, string Chosen, string Rejected);

/// <summary>One answer that is good or bad.</summary>
public sealed record LabelledAnswer(IReadOnlyList<EvalMessage> Prompt, string Answer, bool Good);

/// <summary>Votes as training data: each pair and each labelled answer once, whoever and however many said so.</summary>
/// <param name="Pairs">For DPO and reward models.</param>
/// <param name="Labels">For KTO.</param>
/// <param name="LeftOut">Why votes or answers did not make it, and how many.</param>
public sealed record TrainingPreferences(IReadOnlyList<PreferencePair> Pairs, IReadOnlyList<LabelledAnswer> Labels, IReadOnlyDictionary<string, int> LeftOut)
{
    /// <param name="votes">The votes.</param>
    /// <param name="policy">How they become training data.</param>
    /// <exception cref="VoteException">A vote does not say what was judged.</exception>
    public static TrainingPreferences Of(IReadOnlyList<Vote> votes, ExportPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(votes);
        ArgumentNullException.ThrowIfNull(policy);
        var leftOut = new SortedDictionary<string, int>(StringComparer.Ordinal);
        void LeaveOut(string reason, int count)
        {
            if (count > 0) leftOut[reason] = leftOut.GetValueOrDefault(reason) + count;
        }
        LeaveOut("skips", votes.Count(v => v.Verdict is null));
        LeaveOut("votes on gold items", votes.Count(v => v is { Verdict: not null, Gold: not null }));
        LeaveOut("repeats", votes.Count(v => v is { Verdict: not null, Purpose: VotePurpose.Repeat }));
        Vote[] judged = [.. Adjudication.Applied(votes).Where(v => v.Battle is not null)];
        LeaveOut("votes in whose place an adjudicator's verdict stands", votes.Count(v => v.Battle is not null || v is { Verdict: not null, Purpose: VotePurpose.Adjudication }) - judged.Length);
        if (judged.FirstOrDefault(v => v.Texts is null) is { } bare)
            throw new VoteException($"the vote on item '{bare.Item ?? "(none)"}' ({bare.A} against {bare.B}) does not say what was judged; training data needs 'messages', 'answer_a' and 'answer_b' on every vote");
        var pairs = new List<PreferencePair>();
        var labels = new Dictionary<string, (LabelledAnswer Answer, bool Contradicted)>(StringComparer.Ordinal);
        foreach (Case same in Cases(judged))
        {
            if (same.First == same.Second)
            {
                LeaveOut("votes on two equal answers", same.Votes.Count);
                continue;
            }
            Verdict[] counted = [.. same.Votes.Where(v => policy.Ties == TiePolicy.Count || v.IsDecided())];
            LeaveOut("ties", same.Votes.Count - counted.Length);
            Verdict[] outcomes = Outcomes(counted, policy.Agreement);
            LeaveOut(policy.Agreement == AgreementPolicy.Unanimous ? "votes that were not unanimous" : "votes without a majority", outcomes.Length == 0 ? counted.Length : 0);
            foreach (Verdict outcome in outcomes)
            {
                if (outcome == Verdict.A) pairs.Add(new(same.Prompt, same.First, same.Second));
                if (outcome == Verdict.B) pairs.Add(new(same.Prompt, same.Second, same.First));
                Label(labels, same.PromptKey, new(same.Prompt, same.First, outcome is Verdict.A or Verdict.Tie));
                Label(labels, same.PromptKey, new(same.Prompt, same.Second, outcome is Verdict.B or Verdict.Tie));
            }
        }
        LeaveOut("answers labelled both good and bad", labels.Values.Count(l => l.Contradicted));
        return new(pairs, [.. labels.Values.Where(l => !l.Contradicted).Select(l => l.Answer)], leftOut);
    }

    static void Label(Dictionary<string, (LabelledAnswer Answer, bool Contradicted)> labels, string prompt, LabelledAnswer answer)
    {
        string key = $"{prompt}\n{JsonSerializer.Serialize(answer.Answer)}";
        labels[key] = labels.TryGetValue(key, out var earlier) ? (earlier.Answer, earlier.Contradicted || earlier.Answer.Good != answer.Good) : (answer, false);
    }

    static Verdict[] Outcomes(Verdict[] votes, AgreementPolicy agreement) => agreement switch
    {
        AgreementPolicy.Any => [.. votes.Distinct()],
        AgreementPolicy.Majority => [.. votes.GroupBy(v => v).Where(g => g.Count() * 2 > votes.Length).Select(g => g.Key)],
        _ => votes.Distinct().Count() == 1 ? [votes[0]] : [],
    };

    /// <summary>Everything that was said of two answers to one prompt, whichever item, model or side they came from.</summary>
    sealed record Case(string PromptKey, IReadOnlyList<EvalMessage> Prompt, string First, string Second, IReadOnlyList<Verdict> Votes);

    static IEnumerable<Case> Cases(IEnumerable<Vote> votes) => votes
        .Select(v => string.CompareOrdinal(v.Texts!.AnswerA, v.Texts.AnswerB) <= 0 ? v : v.Swapped())
        .GroupBy(v => (Prompt: JsonSerializer.Serialize(v.Texts!.Messages), v.Texts.AnswerA, v.Texts.AnswerB))
        .Select(g => new Case(g.Key.Prompt, g.First().Texts!.Messages, g.Key.AnswerA, g.Key.AnswerB, [.. g.Select(v => v.Verdict!.Value)]));
}
