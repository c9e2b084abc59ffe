using Juxta.Engine;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;

namespace Juxta.Workbench.Studies;

/// <summary>Gold items out of a votes file: pairs of answers of which it is known which one is better.</summary>
public static class GoldItems
{
    /// <summary>One of each pair that has a decided verdict and its texts; a line's <c>gold</c> is what is expected, where it has none its <c>winner</c>.</summary>
    /// <exception cref="RequestException">There is none.</exception>
    public static IReadOnlyList<StudyItem> Of(IReadOnlyList<Vote> votes)
    {
        StudyItem[] items =
        [
            .. votes.Select(vote => (Vote: vote, Expected: vote.Gold ?? vote.Verdict)).Where(one => one.Vote.Texts is not null && one.Expected is Verdict.A or Verdict.B)
                .Select((one, i) => Item(one.Expected is Verdict.A ? one.Vote : one.Vote.Swapped(), i))
                .DistinctBy(item => string.Join('\0', [.. item.Messages.Select(message => message.Content), item.Answers[0]!.Text, item.Answers[1]!.Text])),
        ];
        return items.Length > 0 ? items
            : throw new RequestException("no line of the gold file says which of two answers is better; each needs 'messages', 'answer_a', 'answer_b' and a 'winner' a or b", "gold");
    }

    static StudyItem Item(Vote vote, int index) => new(vote.Item ?? $"gold {index + 1}", vote.Texts!.Messages, [new StudyAnswer(vote.Texts.AnswerA, null), new StudyAnswer(vote.Texts.AnswerB, null)])
    {
        Suite = vote.Set, Language = vote.Language, Tags = vote.Tags, Gold = true,
    };
}
