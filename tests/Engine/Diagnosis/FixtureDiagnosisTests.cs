using Juxta.Engine.Diagnosis;
using Juxta.Tests;

namespace Juxta.EngineTests.Diagnosis;

/// <summary>Sound checkpoints and adapters are called sound: every fixture that opens, and each of its adapters.</summary>
public sealed class FixtureDiagnosisTests
{
    /// <summary>What is true of fixtures without text: nothing else may be said of them.</summary>
    static readonly string[] Expected = ["tokenizer-missing", "template-missing"];

    /// <summary>Cases whose files do disagree: config.json names an end that generation_config.json does not stop at.</summary>
    static readonly string[] Disagreeing = ["qwen2.5-tied-bf16"];

    public static TheoryData<string, string?> Folders()
    {
        var data = new TheoryData<string, string?>();
        string? models = Fixtures.Root is null ? null : Path.Combine(Fixtures.Root, "models");
        if (models is null || !Directory.Exists(models)) return data;
        foreach (string model in Directory.EnumerateDirectories(models).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal))
        {
            data.Add(model, null);
            string adapters = Path.Combine(models, model, "adapters");
            if (!Directory.Exists(adapters)) continue;
            foreach (string adapter in Directory.EnumerateDirectories(adapters).Order(StringComparer.Ordinal)) data.Add(model, Path.GetFileName(adapter));
        }
        return data;
    }

    [Theory(SkipTestWithoutData = true), MemberData(nameof(Folders))]
    public async Task Nothing_misleading_is_said_of_a_sound_folder(string model, string? adapter)
    {
        string folder = Fixtures.Require("models", model);
        DiagnosisReport report = await ModelDoctor.ExamineAsync(folder, adapter is null ? null : Path.Combine(folder, "adapters", adapter), threads: 1, cancel: TestContext.Current.CancellationToken);
        string[] surprising = [.. report.Findings
            .Where(finding => !Expected.Contains(finding.Code) && !(finding.Code == "eos-disagrees" && finding.Severity == Severity.Warning && Disagreeing.Contains(model)))
            .Select(finding => $"{finding.Severity} {finding.Code}: {finding.Evidence}")];
        Assert.True(surprising.Length == 0, string.Join("\n", surprising));
        Assert.False(report.BreaksChat);
        Assert.True(report.TensorsRead > 10 && report.BytesRead > 10_000);
    }
}
