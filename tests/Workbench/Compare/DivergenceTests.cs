using Juxta.Engine.Generation;
using Juxta.Workbench.Compare;

namespace Juxta.WorkbenchTests.Compare;

public sealed class DivergenceTests
{
    static GeneratedToken Step(int? id, string text) => new() { Id = id, Text = text };

    [Fact]
    public void The_first_other_token_and_where_it_stands_in_each_text()
    {
        GeneratedToken[] left = [Step(1, "The"), Step(2, ""), Step(3, " 好"), Step(4, " cat"), Step(5, ".")];
        GeneratedToken[] right = [Step(1, "The"), Step(2, ""), Step(3, " 好"), Step(9, " dog")];
        Assert.Equal(new Divergence(3, 5, 5, 4, 9), Divergence.Find(left, right));
        Assert.Equal(new Divergence(3, 5, 5, 9, 4), Divergence.Find(right, left));
    }

    [Fact]
    public void Held_back_text_counts_where_it_became_visible() =>
        Assert.Equal(new Divergence(2, 3, 0, 3, 4), Divergence.Find([Step(1, ""), Step(2, "abc"), Step(3, "d")], [Step(1, ""), Step(2, ""), Step(4, "abce")]));

    [Fact]
    public void An_answer_that_ends_early_diverges_at_its_end()
    {
        GeneratedToken[] left = [Step(1, "a"), Step(null, "b")], right = [Step(1, "a"), Step(2, "b")];
        Assert.Equal(new Divergence(1, 2, 1, null, 2), Divergence.Find(left, right));
        Assert.Equal(new Divergence(0, 0, 0, null, 1), Divergence.Find([], right));
    }

    [Fact]
    public void Equal_answers_do_not_diverge_however_their_text_came()
    {
        Assert.Null(Divergence.Find([], []));
        Assert.Null(Divergence.Find([Step(1, "a"), Step(2, "b"), Step(null, "")], [Step(1, ""), Step(2, "ab")]));
    }
}
