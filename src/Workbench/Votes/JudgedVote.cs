using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Workbench.Studies;

namespace Juxta.Workbench.Votes;

/// <summary>A vote that stands, with what it was about and the names of the models: for whoever may know them.</summary>
/// <param name="Left">The model whose answer was called A.</param>
/// <param name="Right">The model whose answer was called B.</param>
/// <param name="Annotator">Their name.</param>
public sealed record JudgedVote(VoteEntry Entry, Study Study, StudyItem Item, string Left, string Right, string Annotator)
{
    /// <summary>Votes with one key are about the same conversation, in whichever study.</summary>
    public string ItemKey => Item.Suite is { } suite ? $"{suite}/{Item.Sample}" : $"{Study.Id:N}/{Entry.Item}";

    public Judgement Verdict => Entry.Ballot!.Verdict;

    /// <summary>Says something about the models: no skip, no repeat, no attention check.</summary>
    public bool Counts => Verdict is not Judgement.Skip && Entry.ShowingKind is ShowingKind.Normal;

    /// <summary>As ratings take it; of a vote that <see cref="Counts"/>.</summary>
    public Battle Battle => new(Left, Right, Verdict.Verdict()!.Value, ItemKey, Annotator);

    /// <summary>As statistics and preference files take it, with everything that was on the screen.</summary>
    public Vote Vote => new(Left, Right, Verdict.Verdict())
    {
        Id = Entry.Id.ToString(),
        Item = ItemKey,
        Annotator = Annotator,
        ALeft = true,
        Strength = Entry.Ballot!.Strength,
        Criteria = Entry.Ballot.Criteria.ToDictionary(one => one.Key, one => one.Value.Verdict()!.Value),
        Reason = Entry.Ballot.Reason,
        Time = Entry.At,
        Seconds = Entry.Ballot.Spent.TotalSeconds,
        Tags = Item.Tags,
        Set = Item.Suite,
        Language = Item.Language,
        Gold = !Item.Gold ? null : Entry.Left == 0 ? Eval.Ratings.Verdict.A : Eval.Ratings.Verdict.B,
        Texts = new JudgedTexts(Item.Messages, Item.Answers[Entry.Left]!.Text, Item.Answers[Entry.Right]!.Text),
    };
}
