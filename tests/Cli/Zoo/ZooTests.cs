using System.Text.RegularExpressions;
using Juxta.Cli.Zoo;
using Juxta.Engine.Diagnosis;
using Juxta.Tests;

namespace Juxta.CliTests.Zoo;

/// <summary>Every specimen of the zoo is found under its own code and no other; the sound ones raise nothing.</summary>
public sealed partial class ZooTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-zoo").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. Specimens.All.Select(specimen => specimen.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_specimen_is_found_under_its_own_code_alone(string name)
    {
        Specimen specimen = Specimens.All.Single(specimen => specimen.Name == name);
        (string model, string? adapter) = specimen.Write(_folder);
        DiagnosisReport report = await ModelDoctor.ExamineAsync(model, adapter, threads: 1, cancel: TestContext.Current.CancellationToken);
        string found = string.Join("\n", report.Findings.Select(finding => $"{finding.Severity} {finding.Code}: {finding.Evidence} → {finding.Remedy}"));
        TestContext.Current.TestOutputHelper?.WriteLine(found);
        Assert.True(report.Findings.Select(finding => finding.Code).SequenceEqual(specimen.Code is { } code ? [code] : []), $"{name}:\n{found}");
        Assert.All(report.Findings, finding => Assert.True(finding.Evidence.Length > 10 && finding.Remedy.Length > 10 && !finding.Evidence.Contains("Exception:", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Random_damage_is_a_finding_or_nothing_and_never_an_exception()
    {
        (string model, string? adapter) = Specimens.All.Single(specimen => specimen.Name == "sound-adapter").Write(_folder);
        var random = new Random(3);
        string[] files = [.. Directory.EnumerateFiles(model), .. Directory.EnumerateFiles(adapter!)];
        int found = 0;
        foreach (string file in Enumerable.Range(0, 12).SelectMany(_ => files))
        {
            byte[] whole = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--) damaged[random.Next(Math.Min(damaged.Length, 3000))] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(file, random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged, TestContext.Current.CancellationToken);
            DiagnosisReport report = await ModelDoctor.ExamineAsync(model, adapter, threads: 1, cancel: TestContext.Current.CancellationToken);
            if (report.Findings.Count > 0) found++;
            await File.WriteAllBytesAsync(file, whole, TestContext.Current.CancellationToken);
        }
        Assert.InRange(found, 12, 12 * files.Length);
    }

    [Fact]
    public void Every_documented_code_has_a_specimen()
    {
        // Neither can be written to disk: one needs a machine too small (below), the other a fault that no check knows.
        string[] without = ["model-too-large", "model-unusable"];
        string text = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "doctor.md"));
        string[] documented = [.. Heading().Matches(text).Select(match => match.Groups[1].Value)];
        Assert.Equal(documented.Except(without).Order(), Specimens.All.Select(specimen => specimen.Code).OfType<string>().Distinct().Order());
    }

    [Fact]
    public void A_sound_checkpoint_is_too_large_for_a_machine_with_less_memory()
    {
        const int inner = 120_000; // 6 matrices of 32 × this in bf16: 46 MB
        string model = Path.Combine(_folder, "large");
        var checkpoint = new TinyCheckpoint();
        checkpoint.Config["intermediate_size"] = inner;
        foreach ((string name, TinyTensor tensor) in checkpoint.Tensors.Where(tensor => tensor.Key.Contains(".mlp.", StringComparison.Ordinal)).ToArray())
        {
            int[] shape = [.. tensor.Shape.Select(side => side == TinyCheckpoint.Inner ? inner : side)];
            // Rows of the tiny one again and again; its row 0, which must stay quiet in down_proj, is a whole number of repetitions.
            checkpoint.Tensors[name] = new TinyTensor(shape, [.. Enumerable.Range(0, shape[0]).SelectMany(row => Enumerable.Range(0, shape[1]).Select(column => tensor.Values[(row % tensor.Shape[0] * tensor.Shape[1]) + (column % tensor.Shape[1])]))]);
        }
        checkpoint.Write(model);
        Juxta.Result small = Juxta.RunIn(new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = "0x2000000" }, "doctor", "--model", model, "--threads", "1");
        Assert.True(small.Code == 1, small.Error);
        Assert.Contains("error model-too-large: ", small.Out, StringComparison.Ordinal);
        Assert.Contains("1 would break chat; 0 warnings", small.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_unique_and_there_are_more_than_twenty_broken_ones()
    {
        Assert.Equal(Specimens.All.Length, Specimens.All.Select(specimen => specimen.Name).Distinct().Count());
        Assert.True(Specimens.All.Count(specimen => specimen.Code is not null) > 20);
    }

    [GeneratedRegex("^### `([a-z-]+)`$", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
