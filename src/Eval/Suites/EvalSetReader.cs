using System.Security.Cryptography;
using System.Text.Json;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;

namespace Juxta.Eval.Suites;

/// <summary>Reads <c>evalset.json</c> and what it names; evalsets/schema.json says the same for editors.</summary>
internal static class EvalSetReader
{
    static readonly string[] Fields =
        ["$schema", "id", "version", "language", "source", "licence", "task", "metrics", "generation", "system", "shots", "axes", "samples", "sha256"];

    public static EvalSet Read(string folder)
    {
        string file = Path.Combine(folder, EvalSet.FileName);
        PlacedJson set = PlacedJson.Parse(SampleFile.Checked(file, 1, SampleFile.WithoutMark(Bytes(file, $"a folder with {EvalSet.FileName} is an eval set"))));
        set.Only(Fields);
        PlacedJson named = set.Require("samples");
        byte[] content = Bytes(Inside(folder, named), "samples names it");
        string hash = Convert.ToHexStringLower(SHA256.HashData(content));
        PlacedJson sha = set.Require("sha256");
        if (sha.Text() != hash)
            throw sha.Error($"sha256 is {sha.Text()}, and {named.Text()} has {hash}: the samples were changed. Restore them, or count version up and enter the new hash");
        IReadOnlyList<EvalSample> samples = SampleFile.Read(Path.Combine(folder, named.Text()), content);
        SuiteMetric[] metrics = [.. set.Require("metrics").Items().Select(metric => Metric(metric, samples))];
        if (metrics.Length == 0) throw set.Require("metrics").Wrong("one metric or more");
        IReadOnlyList<EvalSample> shots = set.Find("shots") is { } examples ? Shots(folder, examples) : [];
        return new EvalSet
        {
            Folder = folder,
            Files = [EvalSet.FileName, named.Text(), .. set.Find("shots") is { } also ? (string[])[also.Text()] : []],
            Id = Filled(set, "id"),
            Version = set.Require("version").Count(1),
            Language = Filled(set, "language"),
            Source = Filled(set, "source"),
            Licence = Filled(set, "licence"),
            Task = Filled(set, "task"),
            Metrics = metrics,
            Generation = set.Find("generation") is { } generation ? GenerationFields.Read(generation) : new Dictionary<string, JsonElement>(),
            System = set.Find("system")?.Text(),
            Shots = shots,
            Settings = Settings(set.Find("axes"), shots.Count),
            Samples = samples,
            Sha256 = hash,
        };
    }

    static byte[] Bytes(string file, string because)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SuiteException($"{file}: no such file ({because})");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new SuiteException($"{file}: it cannot be read: {error.Message}", error);
        }
    }

    /// <summary>A file of the set's own folder: what comes from elsewhere must not read other files of this machine.</summary>
    static string Inside(string folder, PlacedJson name)
    {
        string file = name.Text();
        return file.Length > 0 && file == Path.GetFileName(file) && file is not ("." or "..") && !file.Contains('\0') ? Path.Combine(folder, file) : throw name.Wrong("the name of a file in the set's folder");
    }

    static string Filled(PlacedJson set, string field)
    {
        PlacedJson value = set.Require(field);
        return string.IsNullOrWhiteSpace(value.Text()) ? throw value.Wrong("a text that is not blank") : value.Text();
    }

    static SuiteMetric Metric(PlacedJson metric, IReadOnlyList<EvalSample> samples)
    {
        var options = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (!metric.IsText)
        {
            foreach ((string name, PlacedJson value) in metric.Fields())
                if (name != "name") options[name] = Option(value);
        }
        string metricName = metric.IsText ? metric.Text() : metric.Require("name").Text();
        try
        {
            if (MetricTable.Create(metricName, options).NeedsReferences && samples.FirstOrDefault(sample => sample.References.Count == 0) is { } bare)
                throw metric.Error($"{metricName} compares with references, and the sample '{bare.Id}' (line {bare.Line}) has none");
        }
        catch (JiebaMissingException)
        {
            // The dictionary comes when the metric is first used.
        }
        catch (MetricException error)
        {
            throw metric.Error(error.Message);
        }
        return new SuiteMetric(metricName, options);
    }

    static object? Option(PlacedJson value) => value.Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Number => value.Element.GetDouble(),
        JsonValueKind.String => value.Text(),
        _ => throw value.Wrong("true, false, a number or a text"),
    };

    static IReadOnlyList<EvalSample> Shots(string folder, PlacedJson named)
    {
        string file = Inside(folder, named);
        IReadOnlyList<EvalSample> shots = SampleFile.Read(file, Bytes(file, "shots names it"));
        return shots.FirstOrDefault(shot => shot.References.Count == 0) is { } bare
            ? throw new SuiteException($"{file}:{bare.Line}: the example '{bare.Id}' has no answer; an example shows one")
            : shots;
    }

    static IReadOnlyList<SuiteSetting> Settings(PlacedJson? axes, int shots)
    {
        axes?.Only("few_shot", "history_turns", "max_source_length", "max_target_length");
        int?[] examples = Axis("few_shot", 0);
        if (examples.Max() > shots) throw axes!.Require("few_shot").Error($"few_shot goes up to {examples.Max()} and the file of shots has {shots} examples");
        return SuiteSetting.Product(examples, Axis("history_turns", 0), Axis("max_source_length", 1), Axis("max_target_length", 1));

        int?[] Axis(string name, int least) => [.. axes?.Find(name)?.Items().Select(value => (int?)value.Count(least)) ?? []];
    }
}
