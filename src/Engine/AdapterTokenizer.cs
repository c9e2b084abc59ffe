using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Engine.Sampling;
using Juxta.Engine.Scheduling;
using Juxta.Engine.Tokenization;
using Juxta.Engine.Weights;

namespace Juxta.Engine;

/// <summary>
/// Reads the tokenizer that lies in an adapter's folder. Trainers that add tokens or replace the end-of-sequence token save it there and leave the base's files
/// as they were, so without it the new tokens have no text and answers do not end.
/// </summary>
internal static class AdapterTokenizer
{
    /// <summary>A tokenizer that spells more than one id in this many otherwise is of another model.</summary>
    const int Differing = 100;

    /// <param name="baseTokenizer">The base's, or null where it has none.</param>
    /// <param name="vocabulary">Rows of the head with this adapter: ids beyond are not drawn.</param>
    /// <param name="warnings">What a person should know of it is added here.</param>
    public static AdapterText Read(LoraAdapter adapter, Tokenizer? baseTokenizer, int vocabulary, List<string> warnings)
    {
        if (adapter.TokenizerFolder is not { } folder) return AdapterText.None;
        try
        {
            if (Tokenizer.LoadIfAny(folder) is not { } own) return new AdapterText(null, Stops(adapter, EosOf(folder, baseTokenizer), [], vocabulary));
            if (baseTokenizer is not null && CountDifferent(own, baseTokenizer) is var different && different * Differing > baseTokenizer.VocabularySize)
            {
                warnings.Add($"its tokenizer spells {different} of the base's {baseTokenizer.VocabularySize} ids otherwise, so it is another model's: the base's is used");
                return AdapterText.None;
            }
            TextVocabulary text = TextVocabulary.Of(own)!;
            return new AdapterText(
                text with { Size = Math.Max(text.Size, baseTokenizer?.VocabularySize ?? 0) },
                Stops(adapter, own.EosId, TurnEnd.Of(TurnEnd.ParseTemplate(own, warnings), own), vocabulary));
        }
        catch (ModelFormatException error)
        {
            warnings.Add($"its tokenizer cannot be read, the base's is used: {error.Message}");
            return AdapterText.None;
        }
    }

    static StopIds Stops(LoraAdapter adapter, int? eos, IEnumerable<int> turnEnd, int vocabulary) => StopIds.None
        .With($"adapter '{adapter.Name}' tokenizer eos_token", eos < vocabulary ? [eos.Value] : [])
        .With($"adapter '{adapter.Name}' chat template turn end", turnEnd.Where(id => id < vocabulary));

    /// <summary>Ids that both know and spell differently.</summary>
    static int CountDifferent(Tokenizer own, Tokenizer other) => Enumerable.Range(0, Math.Min(own.VocabularySize, other.VocabularySize))
        .Count(id => own.TokenOf(id) is { } mine && other.TokenOf(id) is { } theirs && mine != theirs);

    /// <summary>The id of eos_token where the folder has a tokenizer's settings and no vocabulary of its own.</summary>
    static int? EosOf(string folder, Tokenizer? baseTokenizer)
    {
        foreach (string name in (string[])["tokenizer_config.json", "special_tokens_map.json"])
        {
            if (CheckpointConfig.ReadIfPresent(Path.Combine(folder, name)) is not { } json || json.Find("eos_token") is not { } value) continue;
            string? token = value.ValueKind == System.Text.Json.JsonValueKind.Object ? json.Section("eos_token")!.StringOrNull("content") : json.StringOrNull("eos_token");
            if (token is not null && baseTokenizer?.IdOf(token) is { } id) return id;
        }
        return null;
    }
}
