namespace Juxta.Eval.Runs;

/// <summary>Which model answers a run, by content: two folders with the same files are the same model.</summary>
/// <param name="Name">What people call it; the name of its folder among the runs.</param>
public sealed record ModelIdentity(string Name)
{
    /// <summary>SHA-256 of the weights with their config; null where the model runs elsewhere.</summary>
    public string? Weights { get; init; }

    /// <summary>What acts on it, in order.</summary>
    public IReadOnlyList<AdapterIdentity> Adapters { get; init; } = [];

    /// <summary>SHA-256 of the tokenizer's files, those of the adapters included.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>SHA-256 of the chat template.</summary>
    public string? Template { get; init; }

    /// <summary>SHA-256 of the token ids that end an answer.</summary>
    public string? StopSet { get; init; }

    /// <summary>SHA-256 of the sampling that the checkpoint advises: it holds where a set says nothing.</summary>
    public string? Advice { get; init; }

    /// <summary>Address of the server that answers; null = this program.</summary>
    public string? Endpoint { get; init; }

    /// <summary>What the server calls the model.</summary>
    public string? EndpointModel { get; init; }

    /// <summary>Where it lay, so that a run can be done again. Decides nothing.</summary>
    public string? Folder { get; init; }
}

/// <summary>An adapter of a run's model.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Scale">Its strength: 1 = as trained.</param>
/// <param name="Hash">SHA-256 of its config and tensors.</param>
public sealed record AdapterIdentity(string Name, float Scale, string Hash)
{
    /// <inheritdoc cref="ModelIdentity.Folder"/>
    public string? Folder { get; init; }
}

/// <summary>Which samples a run asks.</summary>
/// <param name="Id">The set's id.</param>
/// <param name="Version">The set's version.</param>
/// <param name="Sha256">Of the samples.</param>
public sealed record SetIdentity(string Id, int Version, string Sha256);
