using Juxta.Engine.Generation;
using Juxta.Eval.Differences;
using Juxta.Workbench.Compare;

namespace Juxta.WorkbenchTests.Compare;

public sealed class AnswerDiffTests
{
    static readonly GeneratedToken Eos = new() { Id = 2, Outcome = Outcome.Eos(2) };

    static GeneratedToken[] Words(string text) => [.. text.Split(' ').Select((word, i) => new GeneratedToken { Id = word.GetHashCode(StringComparison.Ordinal), Text = (i == 0 ? "" : " ") + word })];

    [Fact]
    public void Ended_answers_are_compared_to_their_ends()
    {
        AnswerDiff diff = AnswerDiff.Compare([.. Words("a red ball"), Eos], [.. Words("a blue ball rolled"), Eos]);
        Assert.Equal([new(DiffKind.Same, "a "), new(DiffKind.OnlyLeft, "red"), new(DiffKind.Same, " ball")], diff.Reference);
        Assert.Equal([new(DiffKind.Same, "a "), new(DiffKind.OnlyRight, "blue"), new(DiffKind.Same, " ball"), new(DiffKind.OnlyRight, " rolled")], diff.Other);
    }

    [Fact]
    public void What_the_other_has_not_reached_yet_is_no_difference()
    {
        AnswerDiff diff = AnswerDiff.Compare([.. Words("a red ball rolled away"), Eos], Words("a blue"));
        Assert.Equal("a red ball rolled away", string.Concat(diff.Reference.Select(span => span.Text)));
        Assert.Equal("red", Assert.Single(diff.Reference, span => span.Kind is DiffKind.OnlyLeft).Text);
        Assert.Equal("blue", Assert.Single(diff.Other, span => span.Kind is DiffKind.OnlyRight).Text);
        Assert.All(AnswerDiff.Compare([], Words("a b c")).Other, span => Assert.Equal(DiffKind.Same, span.Kind));
        // An answer that ended is not waited for.
        Assert.Equal(" c", Assert.Single(AnswerDiff.Compare([.. Words("a b"), Eos], Words("a b x c")).Other, span => span.Kind is DiffKind.OnlyRight).Text[2..]);
    }

    [Fact]
    public void Answers_part_for_good_only_where_both_have_spoken()
    {
        Assert.Null(Divergence.FindSettled(Words("a b"), Words("a b c")));
        Assert.Null(Divergence.FindSettled([], Words("a")));
        Assert.Equal(1, Divergence.FindSettled(Words("a b"), Words("a c d"))!.Token);
        Divergence shorter = Divergence.FindSettled([.. Words("a b"), new GeneratedToken { Outcome = Outcome.Length }], Words("a b c"))!;
        Assert.Equal((2, null), (shorter.Token, shorter.LeftId));
        Divergence ended = Divergence.FindSettled([.. Words("a b"), Eos], Words("a b c"))!;
        Assert.Equal((2, 2), (ended.Token, ended.LeftId));
    }
}
