using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Runs;

/// <summary>
/// What decides the answers of a run: one model over one set with all its settings. <c>manifest.json</c> of the run's folder, written before the first answer.
/// It holds no time and no name of a machine: the same run done again has the same manifest, but for where its files lay.
/// </summary>
public sealed record RunManifest
{
    /// <summary>The file that makes a folder a run.</summary>
    public const string FileName = "manifest.json";

    static readonly JsonSerializerOptions Json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    public required ModelIdentity Model { get; init; }

    public required SetIdentity Set { get; init; }

    /// <summary>SHA-256 of every prompt of every setting, before any is shortened: system prompts, examples, tools and lengths are in it.</summary>
    public required string Prompts { get; init; }

    /// <summary>The cells of the matrix, in the order in which results count them.</summary>
    public required IReadOnlyList<SuiteSetting> Settings { get; init; }

    /// <summary>How answers are generated, by the API's names.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Generation { get; init; }

    /// <summary>Of the random draws.</summary>
    public required long Seed { get; init; }

    /// <summary>Version of the program that asks.</summary>
    public required string Code { get; init; }

    /// <summary>The manifest of a model over a set.</summary>
    /// <exception cref="SuiteException">A generation setting is not known or has no value of its kind.</exception>
    public static RunManifest Of(ModelIdentity model, EvalSet set, string code)
    {
        ArgumentNullException.ThrowIfNull(set);
        GenerationFields.Require(set.Id, set.Generation);
        return new RunManifest
        {
            Model = model,
            Set = new SetIdentity(set.Id, set.Version, set.Sha256),
            Prompts = HashOf(set),
            Settings = set.Settings,
            Generation = set.Generation,
            Seed = GenerationSettings.Seed(set),
            Code = code,
        };
    }

    /// <exception cref="SuiteException">There is none, or it is damaged.</exception>
    public static RunManifest Read(string folder)
    {
        string file = Path.Combine(folder, FileName);
        if (!File.Exists(file)) throw new SuiteException($"{file}: no such file (a folder with {FileName} is a run; 'juxta eval run' makes one)");
        try
        {
            if (JsonSerializer.Deserialize<RunManifest>(File.ReadAllBytes(file), Json) is not { Model.Name: not null, Set.Id: not null, Settings.Count: > 0, Generation: not null } manifest)
                throw new SuiteException($"{file}: it names no model, set or settings, so it is no manifest of a run");
            GenerationFields.Require(file, manifest.Generation);
            return manifest;
        }
        catch (JsonException error)
        {
            throw new SuiteException($"{file}: it is no manifest of a run: {error.Message}", error);
        }
    }

    /// <summary>In one step: a manifest is whole or absent.</summary>
    internal void Write(string folder)
    {
        string file = Path.Combine(folder, FileName), part = file + ".part";
        using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write))
        {
            stream.Write(Encoding.UTF8.GetBytes(ToJson() + "\n"));
            stream.Flush(flushToDisk: true);
        }
        File.Move(part, file, overwrite: true);
    }

    /// <summary>The manifest as its file has it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>What is not the same in both; where files lay does not count. Nothing = their answers belong together.</summary>
    public IReadOnlyList<ManifestDifference> DifferencesTo(RunManifest other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var mine = new Dictionary<string, string>(StringComparer.Ordinal);
        var others = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten("", JsonSerializer.SerializeToElement(this, Json), mine);
        Flatten("", JsonSerializer.SerializeToElement(other, Json), others);
        return [.. mine.Keys.Union(others.Keys).Select(field => new ManifestDifference(field, mine.GetValueOrDefault(field), others.GetValueOrDefault(field))).Where(pair => pair.Then != pair.Now)];
    }

    static void Flatten(string path, JsonElement value, Dictionary<string, string> found)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty field in value.EnumerateObject())
                    if (field.Name != "folder") Flatten(path.Length == 0 ? field.Name : $"{path}.{field.Name}", field.Value, found);
                break;
            case JsonValueKind.Array:
                int i = 0;
                foreach (JsonElement item in value.EnumerateArray()) Flatten($"{path}[{i++}]", item, found);
                break;
            default:
                found[path] = value.ToString();
                break;
        }
    }

    static string HashOf(EvalSet set)
    {
        var text = new StringBuilder();
        foreach (SuiteSetting setting in set.Settings)
        {
            text.Append(setting).Append('\n');
            foreach (EvalSample sample in set.Samples)
            {
                foreach (EvalMessage message in set.Prompt(sample, setting)) text.Append(message).Append('\n');
                if (sample.Tools is { } tools) text.Append(tools.GetRawText()).Append('\n');
            }
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>A field in which two runs are not the same.</summary>
/// <param name="Field">Its path: <c>model.weights</c>, <c>settings[1].few_shot</c> …</param>
/// <param name="Then">Its value in the one; null = it has none.</param>
/// <param name="Now">Its value in the other.</param>
public sealed record ManifestDifference(string Field, string? Then, string? Now)
{
    public override string ToString() => $"{Field} is {Then ?? "absent"} there and {Now ?? "absent"} here";
}
