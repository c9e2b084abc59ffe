namespace Juxta.Engine.Diagnosis;

/// <summary>
/// Names what is wrong with a checkpoint folder, or with an adapter over it. Whatever a folder refuses to open with becomes a finding. Every number of the
/// weights is read once; then, if the model opens, it is asked whether it stops where answers end.
/// </summary>
public static class ModelDoctor
{
    /// <param name="folder">A checkpoint as <see cref="LanguageModel.Open"/> takes it.</param>
    /// <param name="adapter">A PEFT folder over it, or null.</param>
    /// <param name="threads">Threads of a model step; 0 = the machine's processors.</param>
    /// <param name="running">An engine that runs this model already and is asked in place of opening it once more; null = open it.</param>
    /// <exception cref="ModelFormatException">One of the folders does not exist.</exception>
    public static async Task<DiagnosisReport> ExamineAsync(
        string folder, string? adapter = null, int threads = 0, IProgress<DiagnosisProgress>? progress = null, InferenceEngine? running = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (string? path in (string?[])[folder, adapter])
        {
            if (path is not null && !Directory.Exists(path)) throw new ModelFormatException($"examining {path}: no such folder", path);
        }
        return await Task.Run(() => ExamineFoldersAsync(Clean(folder), adapter is null ? null : Clean(adapter), threads, progress, running, cancel), cancel);
    }

    static async Task<DiagnosisReport> ExamineFoldersAsync(string folder, string? adapter, int threads, IProgress<DiagnosisProgress>? progress, InferenceEngine? running, CancellationToken cancel)
    {
        progress?.Report(new DiagnosisProgress("opening the files", 0));
        using var patient = new Patient(folder, adapter);
        patient.Scan(new Part(progress, "reading the weights", 0, 0.6), cancel);
        await patient.AskAsync(running, threads, new Part(progress, "asking the model", 0.6, 0.4), cancel);
        return new DiagnosisReport(folder, adapter, Findings(patient))
        {
            Family = patient.Family.Value?.Name,
            TensorsRead = patient.Values.Count,
            BytesRead = patient.Values.Sum(tensor => tensor.Bytes),
            EndProbes = patient.Answers.EndProbes,
            Receipt = patient.Answers.Receipt ?? patient.Bound.Value?.Receipt,
        };
    }

    static Finding[] Findings(Patient patient) =>
    [
        .. CheckTable.All
            .SelectMany(check => check.Look(patient).Select(seen => new Finding(check.Code, seen.Severity ?? check.Severity, check.Title, seen.Evidence, seen.Remedy)))
            .OrderByDescending(finding => finding.Severity),
    ];

    static string Clean(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>One stage's share of the whole.</summary>
    sealed class Part(IProgress<DiagnosisProgress>? whole, string doing, double from, double share) : IProgress<double>
    {
        public void Report(double value) => whole?.Report(new DiagnosisProgress(doing, from + (share * Math.Clamp(value, 0, 1))));
    }
}
