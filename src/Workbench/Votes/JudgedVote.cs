using Juxta.Eval.Preferences;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>A vote that stands, with what it was about and the names of the models: for whoever may know them.</summary>
/// <param name="Left">The model whose answer was called A.</param>
/// <param name="Right">The model whose answer was called B.</param>
/// <param name="Annotator">Their name.</param>
public sealed record JudgedVote(VoteEntry Entry, Study Study, StudyItem Item, string Left, string Right, string Annotator)
{
    /// <summary>Votes with one key are about the same conversation, in whichever study.</summary>
    public string ItemKey => Vote.Item!;

    public Judgement Verdict => Entry.Ballot!.Verdict;

    /// <summary>Says something about the models: no skip, repeat, attention check or verdict that another stands for.</summary>
    public bool Counts { get; init; }

    /// <summary>As statistics and preference files take it, with everything that was on the screen.</summary>
    public Vote Vote { get; } = AsVote(Entry, Study, Item, Left, Right, Annotator);

    /// <summary>As ratings take a vote that counts: an adjudicator's verdict as one of them.</summary>
    public Vote Counted => Vote with { Purpose = VotePurpose.Ordinary };

    static Vote AsVote(VoteEntry entry, Study study, StudyItem item, string left, string right, string annotator) => new(left, right, entry.Ballot!.Verdict.Verdict())
    {
        Id = entry.Id.ToString(),
        Item = Key(study, entry, item),
        Annotator = annotator,
        ALeft = true,
        Strength = entry.Ballot.Strength,
        Criteria = entry.Ballot.Criteria.ToDictionary(one => one.Key, one => one.Value.Verdict()!.Value),
        Reason = entry.Ballot.Reason,
        Time = entry.At,
        Seconds = entry.Ballot.Spent.TotalSeconds,
        Tags = item.Tags,
        Set = item.Suite,
        Language = item.Language,
        Gold = !item.Gold ? null : entry.Left == 0 ? Eval.Ratings.Verdict.A : Eval.Ratings.Verdict.B,
        Purpose = entry.ShowingKind switch { ShowingKind.Repeat => VotePurpose.Repeat, ShowingKind.Adjudication => VotePurpose.Adjudication, _ => VotePurpose.Ordinary },
        Texts = new JudgedTexts(item.Messages, item.Answers[entry.Left]!.Text, item.Answers[entry.Right]!.Text),
    };

    static string Key(Study study, VoteEntry entry, StudyItem item) => item.Suite is { } suite ? $"{suite}/{item.Sample}" : $"{study.Id:N}/{entry.Item}";
}
