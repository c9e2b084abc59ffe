namespace Juxta.Web.Runs;

/// <summary>A long list in pieces.</summary>
/// <param name="Count">Entries of the whole list.</param>
/// <param name="Asked">The piece, from 0; beyond the ends it is the first or the last.</param>
public readonly record struct Paging(int Count, int Asked)
{
    public const int Size = 25;

    public int Pages => Math.Max(1, (Count + Size - 1) / Size);

    public int Page => Math.Clamp(Asked, 0, Pages - 1);

    /// <summary>First entry of the piece.</summary>
    public int First => Page * Size;

    /// <summary>One past its last.</summary>
    public int End => Math.Min(Count, First + Size);
}
