using Juxta.Engine.Lora;

namespace Juxta.Engine.Diagnosis;

/// <summary>What <see cref="ModelDoctor"/> found out about a checkpoint, or about an adapter over one.</summary>
/// <param name="Folder">The checkpoint.</param>
/// <param name="Adapter">The adapter's folder, or null.</param>
/// <param name="Findings">The gravest first.</param>
public sealed record DiagnosisReport(string Folder, string? Adapter, IReadOnlyList<Finding> Findings)
{
    /// <summary>The family's name here; null where none knows the model.</summary>
    public string? Family { get; init; }

    /// <summary>Tensors whose every number was read.</summary>
    public int TensorsRead { get; init; }

    public long BytesRead { get; init; }

    /// <summary>Whether the end of an answer is reached; empty where there is no text or no template to ask with, or the model does not open.</summary>
    public IReadOnlyList<EndProbe> EndProbes { get; init; } = [];

    /// <summary>What the adapter changes; null without one, or where it does not fit.</summary>
    public AdapterReceipt? Receipt { get; init; }

    /// <summary>Whether a finding is an error.</summary>
    public bool BreaksChat => Findings.Any(finding => finding.Severity == Severity.Error);
}

/// <summary>How likely the model is to stop where a good answer ends.</summary>
/// <param name="Question">What the user asks.</param>
/// <param name="Answer">A whole answer.</param>
/// <param name="StopId">The likeliest of the stop ids after it.</param>
/// <param name="StopToken">Its text.</param>
/// <param name="Rank">1 = the likeliest of all tokens.</param>
/// <param name="Probability">Of all stop ids together.</param>
public sealed record EndProbe(string Question, string Answer, int StopId, string? StopToken, int Rank, double Probability)
{
    /// <summary>Whether the answer is the model's own, which it ended itself; else it is given.</summary>
    public bool Own { get; init; }
}

/// <summary>How far a diagnosis is.</summary>
/// <param name="Doing">What it does now, for people.</param>
/// <param name="Share">Done of the whole, 0 … 1.</param>
public readonly record struct DiagnosisProgress(string Doing, double Share);
