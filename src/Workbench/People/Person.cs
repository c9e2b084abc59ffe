namespace Juxta.Workbench.People;

/// <summary>What somebody may do.</summary>
public enum Role
{
    /// <summary>Rates pairs of the studies they are assigned.</summary>
    Annotator,

    /// <summary>Uses everything, makes studies, reads results.</summary>
    Lead,

    /// <summary>Invites people too, and shuts them out.</summary>
    Admin,
}

/// <summary>Somebody who uses Juxta.</summary>
public sealed record Person(Guid Id, string Name, Role Role)
{
    /// <summary>The one user of a server that is not shared.</summary>
    public static Person Local { get; } = new(new Guid("00000000-0000-0000-0000-000000000001"), "you", Role.Admin);

    /// <summary>Counts the passwords they chose after the first: who signed in with an earlier one is signed in no more.</summary>
    public int Passwords { get; init; }

    /// <summary>Sees studies, their votes and the names of the models.</summary>
    public bool Leads => Role is not Role.Annotator;
}
