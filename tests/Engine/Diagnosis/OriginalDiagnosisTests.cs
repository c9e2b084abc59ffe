using Juxta.Engine.Diagnosis;
using Juxta.EngineTests.Models;
using Juxta.EngineTests.Weights;

namespace Juxta.EngineTests.Diagnosis;

/// <summary>What is said of folders laid out as the original downloads are, whose weights are random.</summary>
public sealed class OriginalDiagnosisTests
{
    public static TheoryData<string> Names => [.. OriginalDownload.All];

    [Theory, MemberData(nameof(Names))]
    public async Task An_original_download_has_no_fault_of_its_files(string name)
    {
        using var folder = new TempFolder();
        DiagnosisReport report = await ModelDoctor.ExamineAsync(OriginalDownload.Write(folder, name), threads: 1, cancel: TestContext.Current.CancellationToken);
        // The weights are random and f32; Qwen's base model is shipped with the template of its chat model, and GLM-4's first template does not read the argument tools.
        string[] random = ["eos-not-reached", "dtype-differs"];
        string[] expected = name switch
        {
            "qwen2.5-0.5b" => [.. random, "turn-end-not-stop", "pad-is-eos"],
            "glm-4-9b-chat" => [.. random, "template-differs"],
            _ => random,
        };
        string[] surprising = [.. report.Findings.Where(finding => !expected.Contains(finding.Code)).Select(finding => $"{finding.Severity} {finding.Code}: {finding.Evidence}")];
        Assert.True(surprising.Length == 0, string.Join("\n", surprising));
    }
}
