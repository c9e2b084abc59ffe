namespace Juxta.Eval.Preferences;

/// <summary>What a tie or both_bad does to training data.</summary>
public enum TiePolicy
{
    /// <summary>It is left out before anything else is looked at.</summary>
    Drop,

    /// <summary>It is a vote like others: it can be the majority's. Then it makes no pair, and two labels alike (tie: both good, both_bad: both bad).</summary>
    Count,
}

/// <summary>How far votes on the same two answers must agree.</summary>
public enum AgreementPolicy
{
    /// <summary>Every verdict that somebody gave, opposite ones too.</summary>
    Any,

    /// <summary>The verdict of more than half of the votes.</summary>
    Majority,

    /// <summary>The verdict that all gave.</summary>
    Unanimous,
}

/// <summary>How votes become training data.</summary>
public sealed record ExportPolicy(TiePolicy Ties = TiePolicy.Drop, AgreementPolicy Agreement = AgreementPolicy.Majority);
