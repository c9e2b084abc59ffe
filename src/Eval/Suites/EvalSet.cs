using System.Text.Json;
using Juxta.Eval.Metrics;

namespace Juxta.Eval.Suites;

/// <summary>A metric that a set asks for.</summary>
/// <param name="Name">As <see cref="MetricTable"/> knows it.</param>
/// <param name="Options">Its options.</param>
public sealed record SuiteMetric(string Name, IReadOnlyDictionary<string, object?> Options);

/// <summary>A held-out set: <c>evalset.json</c> and its samples (docs/eval-sets.md). Immutable.</summary>
public sealed record EvalSet
{
    /// <summary>The file that makes a folder a set.</summary>
    public const string FileName = "evalset.json";

    public required string Folder { get; init; }

    /// <summary>Names of the set's files in its folder, <see cref="FileName"/> first.</summary>
    public IReadOnlyList<string> Files { get; init; } = [FileName];

    public required string Id { get; init; }

    public required int Version { get; init; }

    /// <summary>A language tag (<c>zh</c>, <c>en</c>, <c>zh,en</c>).</summary>
    public required string Language { get; init; }

    public required string Source { get; init; }

    public required string Licence { get; init; }

    public required string Task { get; init; }

    public required IReadOnlyList<SuiteMetric> Metrics { get; init; }

    /// <summary>How answers are generated (<c>temperature</c>, <c>max_tokens</c> …), by the API's names.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Generation { get; init; }

    /// <summary>Put before every sample that has no system prompt of its own; null = none.</summary>
    public string? System { get; init; }

    /// <summary>Examples for few-shot prompts: never among the samples.</summary>
    public IReadOnlyList<EvalSample> Shots { get; init; } = [];

    /// <summary>What it is run over; at least one.</summary>
    public required IReadOnlyList<SuiteSetting> Settings { get; init; }

    public required IReadOnlyList<EvalSample> Samples { get; init; }

    /// <summary>SHA-256 of the samples file, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Reads a set and checks all of it.</summary>
    /// <exception cref="SuiteException">Names the file, the line and what is wrong.</exception>
    public static EvalSet Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return EvalSetReader.Read(folder);
    }

    /// <summary>The conversation that a model is asked to go on with.</summary>
    public IReadOnlyList<EvalMessage> Prompt(EvalSample sample, SuiteSetting setting)
    {
        ArgumentNullException.ThrowIfNull(sample);
        ArgumentNullException.ThrowIfNull(setting);
        if (setting.FewShot > Shots.Count) throw new SuiteException($"{Id}: {setting.FewShot} examples are asked for and the set has {Shots.Count}");
        EvalMessage[] own = [.. sample.Messages.Where(message => message.Role == EvalMessage.System)];
        EvalMessage[] turns = [.. sample.Messages.Where(message => message.Role != EvalMessage.System)];
        return
        [
            .. own.Length > 0 || System is null ? own : [new EvalMessage(EvalMessage.System, System)],
            .. Shots.Take(setting.FewShot).SelectMany(shot => shot.Messages.Append(new EvalMessage(EvalMessage.Assistant, shot.References[0]))),
            .. setting.HistoryTurns is int rounds ? turns[StartOf(turns, rounds)..] : turns,
        ];
    }

    /// <summary>Where the last question with so many rounds before it begins; a round begins with the user.</summary>
    static int StartOf(EvalMessage[] turns, int rounds)
    {
        int[] questions = [.. Enumerable.Range(0, turns.Length).Where(i => turns[i].Role == EvalMessage.User)];
        return questions.Length <= rounds + 1 ? 0 : questions[^(rounds + 1)];
    }
}
