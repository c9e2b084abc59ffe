using System.Globalization;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat.Settings;

/// <summary>One setting as a person types it. To offer another, add a line to <see cref="Sampling"/> or <see cref="Limits"/>.</summary>
/// <param name="Id">The control's id, and the setting's name in the HTTP API.</param>
/// <param name="Label">Its name on the page.</param>
/// <param name="Hint">What it does, in a line.</param>
/// <param name="Read">The text to show; empty where the setting is off or left to the program.</param>
/// <param name="Write">The settings with the text taken over; <see cref="FormatException"/> says what is wrong with it.</param>
public sealed record SettingField(
    string Id, string Label, string Hint, Func<ConversationSettings, string> Read, Func<ConversationSettings, string, ConversationSettings> Write)
{
    /// <summary>As many alternatives per token as the HTTP API offers.</summary>
    const int MostAlternatives = 20;

    /// <summary>Fields that say how a token is drawn; they stand still while the model's own advice is followed.</summary>
    public static IReadOnlyList<SettingField> Sampling { get; } =
    [
        Drawn("temperature", "Temperature", "0 always takes the likeliest token", 0, 5, s => s.Temperature, (s, x) => s with { Temperature = x }),
        DrawnCount("top_k", "Top-k", "Keep the k likeliest; 0 keeps all", s => s.TopK, (s, x) => s with { TopK = x }),
        Drawn("top_p", "Top-p", "Keep the likeliest up to this mass; 1 keeps all", 0, 1, s => s.TopP, (s, x) => s with { TopP = x }),
        Drawn("min_p", "Min-p", "Drop what is less likely than this share of the likeliest", 0, 1, s => s.MinP, (s, x) => s with { MinP = x }),
        Drawn("repetition_penalty", "Repetition penalty", "Above 1 discourages tokens already seen; 1 is off", 0.01f, 10, s => s.RepetitionPenalty, (s, x) => s with { RepetitionPenalty = x }),
        Drawn("presence_penalty", "Presence penalty", "Once for each token the answer holds; 0 is off", -2, 2, s => s.PresencePenalty, (s, x) => s with { PresencePenalty = x }),
        Drawn("frequency_penalty", "Frequency penalty", "For each time the answer holds it; 0 is off", -2, 2, s => s.FrequencyPenalty, (s, x) => s with { FrequencyPenalty = x }),
    ];

    /// <summary>Fields that say when an answer ends.</summary>
    public static IReadOnlyList<SettingField> Limits { get; } =
    [
        new("max_tokens", "Max tokens", "Empty: as many as the context holds",
            s => Show(s.MaxTokens), (s, text) => s with { MaxTokens = text.Length == 0 ? null : Whole(text, "Max tokens", 1, int.MaxValue) }),
        new("min_tokens", "Min tokens", "The answer cannot end before",
            s => Show(s.Stop.MinTokens), (s, text) => s with { Stop = s.Stop with { MinTokens = text.Length == 0 ? 0 : Whole(text, "Min tokens", 0, int.MaxValue) } }),
        new("repetition_limit", "Repetition stop", "End when the tail repeats this often; 0 is off",
            s => Show(s.Stop.RepetitionLimit), (s, text) => s with { Stop = s.Stop with { RepetitionLimit = text.Length == 0 ? 0 : Whole(text, "Repetition stop", 0, 1000) } }),
        new("logprobs", "Alternatives", "Kept per token, for its token view; empty: none",
            s => Show(s.LogProbs), (s, text) => s with { LogProbs = text.Length == 0 ? null : Whole(text, "Alternatives", 0, MostAlternatives) }),
        new("seed", "Seed", "Empty: another one for each answer",
            s => s.Seed?.ToString(CultureInfo.InvariantCulture) ?? "", (s, text) => s with { Seed = text.Length == 0 ? null : Seeded(text) }),
    ];

    /// <summary>What differs from plain sampling: "Temperature 0.7 · Top-p 0.8".</summary>
    public static string Describe(SamplingOptions sampling)
    {
        var (plain, asked) = (new ConversationSettings { Sampling = new() }, new ConversationSettings { Sampling = sampling });
        string[] parts = [.. Sampling.Where(field => field.Read(asked) != field.Read(plain)).Select(field => $"{field.Label} {field.Read(asked)}")];
        return parts.Length == 0 ? "Nothing advised: tokens are drawn by their plain probabilities" : string.Join(" · ", parts);
    }

    static SettingField Drawn(
        string id, string label, string hint, float least, float most, Func<SamplingOptions, float> read, Func<SamplingOptions, float, SamplingOptions> write) =>
        new(id, label, hint,
            s => read(s.Sampling ?? new()).ToString(CultureInfo.InvariantCulture),
            (s, text) => s with { Sampling = write(s.Sampling ?? new(), Number(text, label, least, most)) });

    static SettingField DrawnCount(string id, string label, string hint, Func<SamplingOptions, int> read, Func<SamplingOptions, int, SamplingOptions> write) =>
        new(id, label, hint,
            s => Show(read(s.Sampling ?? new())),
            (s, text) => s with { Sampling = write(s.Sampling ?? new(), Whole(text, label, 0, int.MaxValue)) });

    static string Show(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    static float Number(string text, string label, float least, float most) =>
        float.TryParse(text.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= least && value <= most
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{label} is a number from {least} to {most}, not “{text}”."));

    static int Whole(string text, string label, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most
            ? value
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{label} is a whole number {(most == int.MaxValue ? $"of {least} or more" : $"from {least} to {most}")}, not “{text}”."));

    static ulong Seeded(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            ? value
            : throw new FormatException($"Seed is a whole number from 0 to {ulong.MaxValue}, not “{text}”.");
}
