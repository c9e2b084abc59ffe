namespace Juxta.Engine.Diagnosis;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Good to know.</summary>
    Note,

    /// <summary>Works here, but is likely to go wrong in training, in another program or on a closer look.</summary>
    Warning,

    /// <summary>Something would break chat: the model does not open, does not stop, or does not answer as trained.</summary>
    Error,
}

/// <summary>One thing that a diagnosis found.</summary>
/// <param name="Code">Stable name, explained in docs/doctor.md.</param>
/// <param name="Title">What kind of fault it is, in one line.</param>
/// <param name="Evidence">What was seen, with files, names and numbers.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Finding(string Code, Severity Severity, string Title, string Evidence, string Remedy);
