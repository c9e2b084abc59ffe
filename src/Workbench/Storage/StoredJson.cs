using System.Text.Json;
using System.Text.Json.Serialization;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Juxta.Workbench.Storage;

/// <summary>Values as the JSON text that the database keeps. Names written once must be read for ever: rename nothing here.</summary>
internal static class StoredJson
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // A log-probability can be −∞.
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException($"null is not a {typeof(T).Name}");

    public static string WriteSteps(IEnumerable<GenerationStep> steps) => Write(steps.Select(step => new StoredStep(
        step.Token.Id, step.Token.Text.Length == 0 ? null : step.Token.Text, step.Token.LogProb,
        step.Token.Top.Count == 0 ? null : [.. step.Token.Top], step.Token.Outcome?.ToString(), step.At.Ticks, step.Remote)));

    /// <param name="start">Index of the first.</param>
    public static IEnumerable<GenerationStep> ReadSteps(string text, int start) => Read<StoredStep[]>(text).Select((stored, i) => new GenerationStep(
        start + i,
        new GeneratedToken
        {
            Id = stored.Id,
            Text = stored.Text ?? "",
            LogProb = stored.LogProb,
            Top = stored.Top ?? [],
            Outcome = stored.Outcome is null ? null : Outcome.Parse(stored.Outcome),
        },
        TimeSpan.FromTicks(stored.At))
    {
        Remote = stored.Remote,
    });

    sealed record StoredStep(int? Id, string? Text, float? LogProb, TokenLogProb[]? Top, string? Outcome, long At, RemoteStep? Remote);
}

/// <summary>Keeps a value as JSON text.</summary>
internal sealed class JsonText<T>() : ValueConverter<T, string>(value => StoredJson.Write(value), text => StoredJson.Read<T>(text));

/// <summary>Keeps a time as ticks of UTC.</summary>
internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
