using Juxta.Eval.Ratings;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>
/// One person's judgement on two answers to one item, as a value: what statistics and training data are made of. It names models; which side showed which is
/// <see cref="ALeft"/>. A line of a votes file is one of these (docs/ratings.md).
/// </summary>
/// <param name="A">The first model of the pair.</param>
/// <param name="B">The second.</param>
/// <param name="Verdict">Which model's answer is better; null where the person passed it over.</param>
public sealed record Vote(string A, string B, Verdict? Verdict)
{
    /// <summary>The event's own name, so that an undo or a correction can name it; null = nothing does.</summary>
    public string? Id { get; init; }

    /// <summary>What was judged: one prompt, usually <c>set/sample</c>. Votes on one item hang together.</summary>
    public string? Item { get; init; }

    public string? Annotator { get; init; }

    /// <summary>Whether <see cref="A"/> was shown on the left; null = not recorded.</summary>
    public bool? ALeft { get; init; }

    /// <summary>How much better, 1 (slightly) to 3 (much); null = not asked.</summary>
    public int? Strength { get; init; }

    /// <summary>Which is better by each criterion of the study (helpful, correct, …).</summary>
    public IReadOnlyDictionary<string, Verdict> Criteria { get; init; } = new Dictionary<string, Verdict>();

    public string? Reason { get; init; }

    /// <summary>When it was cast, by the server's clock.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Seconds between the pair's being shown and the vote.</summary>
    public double? Seconds { get; init; }

    /// <summary>Tags of the item.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Id of the eval set that the item is a sample of: such an item is held out. Null for prompts of the annotator's own.</summary>
    public string? Set { get; init; }

    /// <summary>Language tag of the item.</summary>
    public string? Language { get; init; }

    /// <summary>What a gold item or attention check expects; null on ordinary items. Gold votes measure the annotator and never the models.</summary>
    public Verdict? Gold { get; init; }

    /// <summary>What it is for; only ordinary votes say something about the models.</summary>
    public VotePurpose Purpose { get; init; }

    /// <summary>What was on the screen; null where the file tells verdicts only.</summary>
    public JudgedTexts? Texts { get; init; }

    /// <summary>What ratings are made of. Null for a skip, for gold, and for votes with another purpose.</summary>
    public Battle? Battle => Verdict is { } verdict && Gold is null && Purpose is VotePurpose.Ordinary ? new Battle(A, B, verdict, Item, Annotator) : null;

    /// <summary>The models in ordinal order and the verdict turned to them, so that votes on a pair can be compared whichever was named first.</summary>
    public Vote Ordered() => string.CompareOrdinal(A, B) <= 0 ? this : Swapped();

    /// <summary>The same judgement with A and B exchanged.</summary>
    public Vote Swapped() => this with
    {
        A = B,
        B = A,
        Verdict = Verdict?.Swapped(),
        Gold = Gold?.Swapped(),
        ALeft = !ALeft,
        Criteria = Criteria.ToDictionary(c => c.Key, c => c.Value.Swapped()),
        Texts = Texts is null ? null : Texts with { AnswerA = Texts.AnswerB, AnswerB = Texts.AnswerA },
    };

    /// <summary>Whether the answer shown on the left won; null for ties, skips and votes without a recorded side.</summary>
    public bool? LeftWon => ALeft is { } left && Verdict is Ratings.Verdict.A or Ratings.Verdict.B ? Verdict == Ratings.Verdict.A == left : null;
}

/// <summary>A conversation and the two answers to it that were judged.</summary>
/// <param name="Messages">What comes before the answers.</param>
/// <param name="AnswerA">Of <see cref="Vote.A"/>.</param>
/// <param name="AnswerB">Of <see cref="Vote.B"/>.</param>
public sealed record JudgedTexts(IReadOnlyList<EvalMessage> Messages, string AnswerA, string AnswerB);
