using Juxta.Eval.Agreement;
using Juxta.Eval.Proportions;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>How an annotator judges.</summary>
/// <param name="Gold">Attention checks passed, of so many.</param>
/// <param name="Repeats">Repeats with the same verdict as the first time, of so many.</param>
/// <param name="Hasty">Votes that came sooner than the minimum reading time.</param>
/// <param name="Seconds">Median time of a vote.</param>
public sealed record AnnotatorQuality(string Annotator, int Votes, int Skips, (int Passed, int Of) Gold, (int Same, int Of) Repeats, int Hasty, double Seconds);

/// <summary>A pair of answers on which annotators differ.</summary>
public sealed record Disagreement(StudyItem Item, string First, string Second, string FirstText, string SecondText, IReadOnlyList<JudgedVote> Votes)
{
    /// <summary>The vote in words, seen from the models.</summary>
    public static string Said(JudgedVote vote) => vote.Verdict switch
    {
        Judgement.A => vote.Left,
        Judgement.B => vote.Right,
        Judgement.Tie => "tie",
        _ => "neither",
    };
}

/// <summary>How far a study's votes can be trusted.</summary>
/// <param name="Agreement">Pairs of votes on the same pair of answers that agree.</param>
/// <param name="Alpha">Krippendorff's, nominal; NaN where nothing can be compared.</param>
/// <param name="LeftWins">Decided votes for the answer on the left.</param>
/// <param name="RightWins">Decided votes for the answer on the right.</param>
/// <param name="SideBias">Two-sided p of the sign test that both sides are as likely to win.</param>
public sealed record StudyQuality(
    IReadOnlyList<AnnotatorQuality> Annotators, VoteAgreement Agreement, double Alpha, int LeftWins, int RightWins, double SideBias, IReadOnlyList<Disagreement> Disagreements)
{
    const int Categories = 3;

    /// <param name="votes">All votes of a study that stand.</param>
    public static StudyQuality Of(IReadOnlyList<JudgedVote> votes)
    {
        JudgedVote[] counted = [.. votes.Where(vote => vote.Counts)];
        IGrouping<AnswerPair, JudgedVote>[] pairs = [.. counted.GroupBy(PairOf)];
        int left = counted.Count(vote => vote.Verdict is Judgement.A), right = counted.Count(vote => vote.Verdict is Judgement.B);
        return new StudyQuality(
            [.. votes.GroupBy(vote => vote.Annotator).Select(of => Annotator(of.Key, [.. of])).OrderBy(one => one.Annotator, StringComparer.Ordinal)],
            VoteAgreement.Among(pairs.Select(pair => (IReadOnlyList<Eval.Ratings.Verdict>)[.. pair.Select(vote => (Eval.Ratings.Verdict)Category(vote))]), withTies: true),
            AlphaOf(counted, pairs), left, right, SignTest.TwoSided(left, right),
            [.. pairs.Where(pair => pair.Select(Category).Distinct().Count() > 1).Select(Differing)]);
    }

    static AnnotatorQuality Annotator(string name, JudgedVote[] votes)
    {
        JudgedVote[] judged = [.. votes.Where(vote => vote.Verdict is not Judgement.Skip)];
        JudgedVote[] gold = [.. judged.Where(vote => vote.Entry.ShowingKind is ShowingKind.Gold)];
        var first = judged.ToDictionary(vote => vote.Entry.Showing);
        JudgedVote[] repeats = [.. judged.Where(vote => vote.Entry.RepeatOf is Guid of && first.ContainsKey(of))];
        double[] seconds = [.. judged.Select(vote => vote.Entry.Ballot!.Spent.TotalSeconds).Order()];
        return new AnnotatorQuality(name, judged.Length, votes.Length - judged.Length,
            (gold.Count(vote => vote.Verdict == (vote.Entry.Left == 0 ? Judgement.A : Judgement.B)), gold.Length),
            (repeats.Count(vote => vote.Verdict.Mirrored() == first[vote.Entry.RepeatOf!.Value].Verdict), repeats.Length),
            judged.Count(vote => vote.Entry.Hasty), seconds.Length == 0 ? 0 : seconds[seconds.Length / 2]);
    }

    static double AlphaOf(JudgedVote[] votes, IGrouping<AnswerPair, JudgedVote>[] pairs)
    {
        string[] annotators = [.. votes.Select(vote => vote.Annotator).Distinct()];
        if (annotators.Length < 2) return double.NaN;
        return KrippendorffAlpha.Of(
            [.. annotators.Select(annotator => pairs.Select(pair => pair.FirstOrDefault(vote => vote.Annotator == annotator) is { } vote ? Category(vote) : (int?)null).ToArray())],
            Categories, Measurement.Nominal);
    }

    static Disagreement Differing(IGrouping<AnswerPair, JudgedVote> pair)
    {
        JudgedVote any = pair.First();
        return new Disagreement(any.Item, any.Study.Plan.Models[pair.Key.First], any.Study.Plan.Models[pair.Key.Second],
            any.Item.Answers[pair.Key.First]!.Text, any.Item.Answers[pair.Key.Second]!.Text, [.. pair]);
    }

    static AnswerPair PairOf(JudgedVote vote) => new(vote.Entry.Item, Math.Min(vote.Entry.Left, vote.Entry.Right), Math.Max(vote.Entry.Left, vote.Entry.Right));

    /// <summary>0 when the pair's first answer won, 1 when its second did, 2 for a tie of either kind: seen from the answers, whichever side they were on.</summary>
    static int Category(JudgedVote vote) => vote.Verdict switch
    {
        Judgement.A => vote.Entry.Left < vote.Entry.Right ? 0 : 1,
        Judgement.B => vote.Entry.Left < vote.Entry.Right ? 1 : 0,
        _ => 2,
    };
}
