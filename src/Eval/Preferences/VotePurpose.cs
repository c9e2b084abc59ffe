namespace Juxta.Eval.Preferences;

/// <summary>What a vote is for.</summary>
public enum VotePurpose
{
    /// <summary>It says which model is better.</summary>
    Ordinary,

    /// <summary>The same person judged the same pair before: shows how steady they are.</summary>
    Repeat,

    /// <summary>Somebody settles what annotators differ on (<see cref="Preferences.Adjudication"/>).</summary>
    Adjudication,
}
