namespace Juxta.Eval.Guard;

/// <summary>How a sample was found in a training record, the surest first.</summary>
public enum LeakKind
{
    /// <summary>All that the user says in the sample stands there word for word.</summary>
    Question,

    /// <summary>A reference answer (not a very short one) stands there word for word.</summary>
    Answer,

    /// <summary>A question or an answer differs from one there in a few words.</summary>
    NearDuplicate,

    /// <summary>Much of its n-grams stands there.</summary>
    Overlap,
}

/// <summary>A training record that a sample of the set occurs in.</summary>
/// <param name="File">The training file.</param>
/// <param name="Line">Where the record begins, from 1.</param>
/// <param name="Sample">The sample's id.</param>
/// <param name="Kind">How it was found.</param>
/// <param name="Share">Similarity of a near-duplicate, share of n-grams of an overlap, else 1.</param>
/// <param name="Text">What was found, as the sample has it.</param>
public sealed record GuardHit(string File, int Line, string Sample, LeakKind Kind, double Share, string Text);

/// <summary>What a training file and a set have in common.</summary>
/// <param name="Records">Records of the file.</param>
/// <param name="Hits">In the file's order; one for every pair of record and sample.</param>
public sealed record GuardReport(int Records, IReadOnlyList<GuardHit> Hits)
{
    /// <summary>Samples of the set that were found.</summary>
    public int Samples => Hits.Select(hit => hit.Sample).Distinct(StringComparer.Ordinal).Count();
}
