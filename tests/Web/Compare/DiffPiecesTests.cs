using Juxta.Eval.Differences;
using Juxta.Web.Compare;

namespace Juxta.WebTests.Compare;

public sealed class DiffPiecesTests
{
    static readonly DiffSpan[] Spans = [new(DiffKind.Same, "a red "), new(DiffKind.OnlyLeft, "ball"), new(DiffKind.Same, " fell")];

    [Fact]
    public void Without_a_first_different_token_pieces_are_the_spans() =>
        Assert.Equal([new("a red ", false, false), new("ball", true, false), new(" fell", false, false)], DiffPieces.Cut(Spans, null, 0));

    [Fact]
    public void The_first_different_token_is_cut_out_wherever_it_begins_and_ends()
    {
        Assert.Equal([new("a red", false, false), new(" ", false, true), new("ba", true, true), new("ll", true, false), new(" fell", false, false)], DiffPieces.Cut(Spans, 5, 3));
        Assert.Equal([new("a red ", false, true), new("ball", true, false), new(" fell", false, false)], DiffPieces.Cut(Spans, 0, 6));
        Assert.Equal([new("a red ", false, false), new("ball", true, false), new(" fe", false, false), new("ll", false, true)], DiffPieces.Cut(Spans, 13, 9));
    }

    [Fact]
    public void A_token_without_text_is_an_empty_piece_at_its_place()
    {
        Assert.Equal([new("a red ", false, false), new("", true, true), new("ball", true, false), new(" fell", false, false)], DiffPieces.Cut(Spans, 6, 0));
        Assert.Equal([new("a red ", false, false), new("ball", true, false), new(" fell", false, false), new("", true, true)], DiffPieces.Cut(Spans, 15, 0));
        Assert.Equal([new("", true, true)], DiffPieces.Cut([], 0, 4));
    }

    [Fact]
    public void Pieces_joined_are_the_text_wherever_the_token_stands()
    {
        for (int start = 0; start <= 16; start++)
        {
            for (int length = 0; length <= 16; length++)
            {
                IReadOnlyList<DiffPiece> pieces = DiffPieces.Cut(Spans, start, length);
                Assert.Equal("a red ball fell", string.Concat(pieces.Select(piece => piece.Text)));
                Assert.Contains(pieces, piece => piece.Fork);
            }
        }
    }
}
