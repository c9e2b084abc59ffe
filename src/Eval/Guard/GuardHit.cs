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

/// <summary>Kinds in words.</summary>
public static class LeakKinds
{
    public static string Word(this LeakKind kind) => kind switch
    {
        LeakKind.Question => "question",
        LeakKind.Answer => "answer",
        LeakKind.NearDuplicate => "near_duplicate",
        _ => "overlap",
    };

    /// <summary>With its share: near duplicate 83 %.</summary>
    public static string Describe(this LeakKind kind, double share) => kind.Word().Replace('_', ' ') + (share < 1 ? share.ToString(" 0 %", System.Globalization.CultureInfo.InvariantCulture) : "");
}

/// <summary>A sample that occurs in a training record.</summary>
/// <param name="Sample">Its id.</param>
/// <param name="Kind">How it was found.</param>
/// <param name="Share">Similarity of a near-duplicate, share of n-grams of an overlap, else 1.</param>
/// <param name="Text">What was found, as the sample has it.</param>
public sealed record HeldOutMatch(string Sample, LeakKind Kind, double Share, string Text);

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
