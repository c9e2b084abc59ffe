namespace Juxta.Engine.Lora;

/// <summary>What may pass when an adapter is loaded. By default nothing that makes it act otherwise than it was trained.</summary>
public sealed record AdapterOptions
{
    /// <summary>Load although tensors of the file belong to no module of the base.</summary>
    public bool AllowUnused { get; init; }

    /// <summary>Load although the adapter changes nothing.</summary>
    public bool AllowNoEffect { get; init; }
}

/// <summary>The proof of what an adapter does (design D6), made when it was loaded.</summary>
public sealed record AdapterReceipt
{
    public required string Name { get; init; }

    public required string Folder { get; init; }

    /// <summary>Method by name: "LoRA r=16 alpha=32", "DoRA r=8 …".</summary>
    public required string Method { get; init; }

    /// <summary>The base that the adapter's config names, as written.</summary>
    public string? TrainedOn { get; init; }

    /// <summary>Changed modules in the model's order.</summary>
    public required IReadOnlyList<ModuleReceipt> Modules { get; init; }

    /// <summary>Tensors of the file that belong to no module of the base.</summary>
    public IReadOnlyList<string> UnusedTensors { get; init; } = [];

    /// <summary>Modules that the config targets and for which the file holds nothing.</summary>
    public IReadOnlyList<string> MissingModules { get; init; } = [];

    /// <summary>Modules that the adapter touches and leaves as they are: their lora_B is zero.</summary>
    public IReadOnlyList<string> IdleModules { get; init; } = [];

    /// <summary>Remarks that do not stop the adapter from acting.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Numbers in the adapter, and bytes in memory.</summary>
    public long Parameters { get; init; }

    public long Bytes { get; init; }

    /// <summary>Largest |difference| it makes to a logit on the probe text, and the share of probe positions whose likeliest token changes.</summary>
    public double ProbeMaxLogitDifference { get; init; }

    public double ProbeTopTokenChanged { get; init; }

    /// <summary>SHA-256 of the adapter's config and tensors.</summary>
    public required string Hash { get; init; }
}

/// <summary>One changed module.</summary>
/// <param name="Path">Checkpoint path.</param>
/// <param name="Change">"lora", "dora", "replaced", "bias", "rows" or several joined by " + ".</param>
/// <param name="Rank">r, or 0.</param>
/// <param name="Scale">alpha/r or alpha/√r; 1 without a low-rank part.</param>
/// <param name="DeltaNorm">‖ΔW‖_F.</param>
/// <param name="BaseNorm">‖W‖_F, to compare with.</param>
public sealed record ModuleReceipt(string Path, string Change, int Rank, double Scale, double DeltaNorm, double BaseNorm);
