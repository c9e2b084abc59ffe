using Juxta.Workbench.People;
using Juxta.Workbench.Storage;
using Juxta.Workbench.Studies;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Votes;

/// <summary>What the database has about one study, as the draw and the statistics need it.</summary>
internal static class StudyReading
{
    /// <summary>So long a pair without a vote is taken for one that is being read.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    /// <exception cref="NotFoundException">There is none, or it is none of this person's.</exception>
    public static async Task<StudyRow> StudyAsync(JuxtaDb db, Guid id, Person person)
    {
        StudyRow? row = await db.Studies.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id);
        bool mayRead = row is not null && (person.Leads || await db.StudyMembers.AnyAsync(member => member.StudyId == id && member.PersonId == person.Id));
        return mayRead ? row! : throw new NotFoundException("there is no such study, or you are not assigned to it; ask whoever leads it");
    }

    /// <exception cref="NotFoundException">It was not shown to this person.</exception>
    public static async Task<ShowingRow> ShowingAsync(JuxtaDb db, Guid id, Person person) =>
        await db.Showings.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.PersonId == person.Id) ?? throw new NotFoundException("this pair was not shown to you");

    public static async Task<IReadOnlyList<DrawableItem>> ItemsAsync(JuxtaDb db, Guid study) =>
        [.. (await db.StudyItems.Where(row => row.StudyId == study).OrderBy(row => row.Number).Select(row => new { row.Number, row.Answered, row.Gold }).ToListAsync())
            .Select(row => new DrawableItem(row.Number, StoredJson.Read<int[]>(row.Answered), row.Gold))];

    public static async Task<IReadOnlyList<PastShowing>> PastAsync(JuxtaDb db, Guid study, DateTimeOffset now)
    {
        List<ShowingRow> showings = await db.Showings.AsNoTracking().Where(row => row.StudyId == study).ToListAsync();
        var votes = await db.Votes.Where(vote => db.Showings.Any(row => row.Id == vote.ShowingId && row.StudyId == study))
            .OrderBy(vote => vote.Sequence).Select(vote => new { vote.ShowingId, vote.Verdict }).ToListAsync();
        var standing = new Dictionary<Guid, Judgement?>();
        foreach (var vote in votes) standing[vote.ShowingId] = vote.Verdict;
        return [.. showings.Select(row =>
        {
            Judgement? verdict = standing.GetValueOrDefault(row.Id);
            return new PastShowing(row.Id, row.PersonId, row.Number, new AnswerPair(row.Item, row.First, row.Second), row.FirstIsLeft, row.Kind, row.Of, verdict,
                verdict is null && now - row.Drawn < Patience);
        })];
    }

    /// <summary>The votes on a showing, the oldest first.</summary>
    public static Task<List<VoteRow>> VotesAsync(JuxtaDb db, Guid showing) => db.Votes.AsNoTracking().Where(row => row.ShowingId == showing).OrderBy(row => row.Sequence).ToListAsync();

    public static VoteEntry Event(VoteRow vote, ShowingRow showing) => new(vote.Sequence, vote.Id, vote.Kind, vote.Ballot, vote.At, vote.Shown, vote.Hasty)
    {
        Study = showing.StudyId,
        Showing = showing.Id,
        Person = showing.PersonId,
        Item = showing.Item,
        Left = showing.FirstIsLeft ? showing.First : showing.Second,
        Right = showing.FirstIsLeft ? showing.Second : showing.First,
        ShowingKind = showing.Kind,
        RepeatOf = showing.Of,
    };

    /// <summary>A pair as its annotator sees it.</summary>
    public static async Task<ShownPair> ShownAsync(JuxtaDb db, ShowingRow showing)
    {
        StudyItem item = (await db.StudyItems.AsNoTracking().SingleAsync(row => row.StudyId == showing.StudyId && row.Number == showing.Item)).Value;
        (string left, string right) = Texts(item, showing);
        Draft? draft = (await db.Drafts.AsNoTracking().SingleOrDefaultAsync(row => row.ShowingId == showing.Id))?.Value;
        Ballot? voted = (await VotesAsync(db, showing.Id)).LastOrDefault()?.Ballot;
        return new ShownPair(showing.Id, showing.StudyId, item.Messages, left, right, draft, voted);
    }

    /// <summary>All events of a study, or one person's, in order.</summary>
    public static async Task<IReadOnlyList<VoteEntry>> EventsAsync(JuxtaDb db, Guid study, Guid? person)
    {
        Dictionary<Guid, ShowingRow> showings = await db.Showings.AsNoTracking().Where(row => row.StudyId == study && (person == null || row.PersonId == person)).ToDictionaryAsync(row => row.Id);
        List<VoteRow> votes = await db.Votes.AsNoTracking()
            .Where(vote => db.Showings.Any(row => row.Id == vote.ShowingId && row.StudyId == study && (person == null || row.PersonId == person))).OrderBy(vote => vote.Sequence).ToListAsync();
        return [.. votes.Select(vote => Event(vote, showings[vote.ShowingId]))];
    }

    /// <summary>What an item's answers are on the two sides.</summary>
    public static (string Left, string Right) Texts(StudyItem item, ShowingRow showing)
    {
        string first = item.Answers[showing.First]!.Text, second = item.Answers[showing.Second]!.Text;
        return showing.FirstIsLeft ? (first, second) : (second, first);
    }
}
