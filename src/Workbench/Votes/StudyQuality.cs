using Juxta.Eval.Agreement;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>How an annotator judges.</summary>
/// <param name="Report">Attention checks, repeats, sides, and how often an adjudicator said the same.</param>
/// <param name="Hasty">Votes that came sooner than the minimum reading time.</param>
/// <param name="Seconds">Median time of a vote.</param>
public sealed record AnnotatorQuality(AnnotatorReport Report, int Hasty, double Seconds);

/// <summary>A pair of answers on which annotators differ.</summary>
/// <param name="Settled">An adjudicator's verdict; null where there is none.</param>
public sealed record Disagreement(StudyItem Item, string First, string Second, string FirstText, string SecondText, IReadOnlyList<JudgedVote> Votes, JudgedVote? Settled)
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
/// <param name="Agreement">Null where no pair was judged by two people.</param>
/// <param name="Sides">Whether the left or the right answer wins too often.</param>
/// <param name="Enough">Whether enough votes are in, for each pair of models.</param>
public sealed record StudyQuality(
    IReadOnlyList<AnnotatorQuality> Annotators, AgreementReport? Agreement, SideBias Sides, IReadOnlyList<PairDecision> Enough, IReadOnlyList<Disagreement> Disagreements)
{
    /// <summary>Resamples of the intervals: a page is drawn anew with each vote.</summary>
    const int Samples = 200;

    /// <param name="votes">All votes of a study that stand.</param>
    public static StudyQuality Of(IReadOnlyList<JudgedVote> votes)
    {
        Eval.Preferences.Vote[] all = [.. votes.Select(vote => vote.Vote)];
        JudgedVote[] ordinary = [.. votes.Where(vote => vote.Vote.Battle is not null)];
        ILookup<AnswerPair, JudgedVote> settled = votes.Where(vote => vote.Entry.ShowingKind is ShowingKind.Adjudication && vote.Verdict is not Judgement.Skip).ToLookup(PairOf);
        return new StudyQuality(
            [.. AnnotatorReport.Of(all).Select(report => Annotator(report, votes))],
            AgreementReport.Find(all, samples: Samples),
            SideBias.Of(ordinary.Select(vote => vote.Vote)),
            PairDecision.Of(ordinary),
            [
                .. ordinary.GroupBy(PairOf).Where(pair => pair.Select(vote => vote.Vote.Ordered().Battle!.ScoreOfA).Distinct().Skip(1).Any())
                    .Select(pair => Differing(pair, settled[pair.Key].LastOrDefault())),
            ]);
    }

    static AnnotatorQuality Annotator(AnnotatorReport report, IReadOnlyList<JudgedVote> votes)
    {
        JudgedVote[] judged = [.. votes.Where(vote => vote.Annotator == report.Annotator && vote.Verdict is not Judgement.Skip && vote.Entry.ShowingKind is not ShowingKind.Adjudication)];
        double[] seconds = [.. judged.Select(vote => vote.Entry.Ballot!.Spent.TotalSeconds).Order()];
        return new AnnotatorQuality(report, judged.Count(vote => vote.Entry.Hasty), seconds.Length == 0 ? 0 : seconds[seconds.Length / 2]);
    }

    static Disagreement Differing(IGrouping<AnswerPair, JudgedVote> pair, JudgedVote? settled)
    {
        JudgedVote any = pair.First();
        return new Disagreement(any.Item, any.Study.Plan.Models[pair.Key.First], any.Study.Plan.Models[pair.Key.Second],
            any.Item.Answers[pair.Key.First]!.Text, any.Item.Answers[pair.Key.Second]!.Text, [.. pair], settled);
    }

    static AnswerPair PairOf(JudgedVote vote) => new(vote.Entry.Item, Math.Min(vote.Entry.Left, vote.Entry.Right), Math.Max(vote.Entry.Left, vote.Entry.Right));
}
