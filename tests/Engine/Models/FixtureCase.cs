using System.Text.Json;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Models;

/// <summary>A checkpoint of the fixtures with the values that the reference implementations gave for it.</summary>
internal sealed class FixtureCase : IDisposable
{
    readonly Dictionary<string, SafeTensorsFile> _files = [];

    public FixtureCase(string name)
    {
        Folder = Fixtures.Require("models", name);
        _expectedFolder = Folder;
        Expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "expected.json"))).RootElement;
        if (!Expected.TryGetProperty("same_as", out JsonElement twin)) return;
        _expectedFolder = Fixtures.Require("models", twin.GetString()!);
        Expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_expectedFolder, "expected.json"))).RootElement;
    }

    /// <summary>Where the expected values lie: this folder, or that of the case with the same weights in another container.</summary>
    readonly string _expectedFolder;

    public string Folder { get; }

    public JsonElement Expected { get; }

    public IEnumerable<ExpectedPrompt> Prompts => Read(Expected.GetProperty("prompts"));

    /// <summary>Adapters by name, P-Tuning prefixes among them: folder and prompts.</summary>
    public IEnumerable<(string Name, string Folder, ExpectedPrompt[] Prompts)> Adapters =>
        Expected.TryGetProperty("adapters", out JsonElement adapters)
            ? adapters.EnumerateObject().Select(a => (a.Name, Path.Combine(_expectedFolder, a.Value.GetProperty("dir").GetString()!), Read(a.Value.GetProperty("prompts")).ToArray()))
            : [];

    /// <summary>The stored logits of a prompt, row by row, from its first stored position on.</summary>
    public unsafe float[][] Logits(ExpectedPrompt prompt)
    {
        if (!_files.TryGetValue(prompt.LogitsFile!, out SafeTensorsFile? file))
            _files[prompt.LogitsFile!] = file = SafeTensorsFile.Open(Path.Combine(_expectedFolder, prompt.LogitsFile!));
        TensorView tensor = file.Tensors[prompt.LogitsKey!];
        return [.. Enumerable.Range(0, tensor.Rows).Select(row => new ReadOnlySpan<float>((float*)tensor.Data + ((long)row * tensor.Columns), tensor.Columns).ToArray())];
    }

    public void Dispose()
    {
        foreach (SafeTensorsFile file in _files.Values) file.Dispose();
    }

    static IEnumerable<ExpectedPrompt> Read(JsonElement prompts) => prompts.EnumerateArray().Select(p => new ExpectedPrompt(
        Ints(p, "ids")!, String(p, "logits_file"), String(p, "logits_key"), p.TryGetProperty("logits_from", out JsonElement from) ? from.GetInt32() : 0,
        Ints(p, "greedy") ?? [], p.TryGetProperty("nll", out JsonElement nll) && nll.ValueKind == JsonValueKind.Number ? nll.GetDouble() : null,
        Ints(p, "labelled_ids"), Ints(p, "label_mask"), String(p, "logits_ids") == "labelled_ids"));

    static int[]? Ints(JsonElement e, string name) =>
        e.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(x => x.GetInt32())] : null;

    static string? String(JsonElement e, string name) => e.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}

/// <summary>One prompt's expected values; what a row lacks is null or empty.</summary>
internal sealed record ExpectedPrompt(
    int[] Ids, string? LogitsFile, string? LogitsKey, int LogitsFrom, int[] Greedy, double? Nll, int[]? LabelledIds, int[]? LabelMask,
    bool LogitsOfLabelled)
{
    /// <summary>The text that the stored logits and the loss are of.</summary>
    public int[] ScoredIds => LogitsOfLabelled || (LabelledIds is not null && Nll is not null) ? LabelledIds! : Ids;
}
