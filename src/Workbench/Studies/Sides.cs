namespace Juxta.Workbench.Studies;

/// <summary>
/// Which answer stands on the left: drawn in blocks of four showings of the same two models to the same annotator, two of each kind in an order that the seed
/// decides. Sides are then balanced at any time (they never differ by more than two), and the next one cannot be guessed.
/// </summary>
internal static class Sides
{
    /// <summary>The six orders of two firsts (set bits) and two seconds.</summary>
    static readonly byte[] Blocks = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100];

    /// <param name="seed">The study's.</param>
    /// <param name="person">The annotator.</param>
    /// <param name="pair">What is to be shown.</param>
    /// <param name="own">What this annotator was shown before.</param>
    public static bool FirstIsLeft(ulong seed, Guid person, AnswerPair pair, IReadOnlyCollection<PastShowing> own)
    {
        int before = own.Count(showing => showing.Kind is not ShowingKind.Repeat && (showing.Pair.First, showing.Pair.Second) == (pair.First, pair.Second));
        Span<byte> id = stackalloc byte[16];
        person.TryWriteBytes(id);
        ulong of = Mixing.Of(seed, 5, pair.First, pair.Second, before / 4, BitConverter.ToInt64(id), BitConverter.ToInt64(id[8..]));
        return (Blocks[of % (ulong)Blocks.Length] >> (before % 4) & 1) == 1;
    }
}
