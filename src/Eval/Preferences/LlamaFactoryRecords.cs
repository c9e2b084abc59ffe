using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>
/// Records of LLaMA-Factory in its ShareGPT layout, and their description in <c>dataset_info.json</c> (data/README.md of hiyouga/LLaMA-Factory). It takes
/// conversations in which human and model speak in turn and the human first; others are left out here, because it would drop them without a word.
/// </summary>
internal static class LlamaFactoryRecords
{
    public const string InfoFile = "dataset_info.json";

    public static (IReadOnlyList<object>, int) Ranking(IReadOnlyList<PreferencePair> pairs)
    {
        object[] records = [.. pairs.Where(p => InTurn(p.Prompt)).Select(p => (object)new Dictionary<string, object>(Conversation(p.Prompt)) { ["chosen"] = Turn("gpt", p.Chosen), ["rejected"] = Turn("gpt", p.Rejected) })];
        return (records, pairs.Count - records.Length);
    }

    public static (IReadOnlyList<object>, int) Kto(IReadOnlyList<LabelledAnswer> answers)
    {
        object[] records = [.. answers.Where(a => InTurn(a.Prompt)).Select(a => (object)new Dictionary<string, object>(Conversation(a.Prompt, a.Answer)) { ["kto_tag"] = a.Good })];
        return (records, answers.Count - records.Length);
    }

    public static object RankingInfo(string file) => new
    {
        file_name = file, formatting = "sharegpt", ranking = true, columns = new { messages = "conversations", system = "system", chosen = "chosen", rejected = "rejected" },
    };

    public static object KtoInfo(string file) => new { file_name = file, formatting = "sharegpt", columns = new { messages = "conversations", system = "system", kto_tag = "kto_tag" } };

    static Dictionary<string, object> Conversation(IReadOnlyList<EvalMessage> prompt, string? answer = null) => new()
    {
        ["system"] = string.Join("\n", prompt.Where(m => m.Role == EvalMessage.System).Select(m => m.Content)),
        ["conversations"] = (object[])[.. prompt.Where(m => m.Role != EvalMessage.System).Select(m => Turn(Speaker(m.Role), m.Content)), .. answer is null ? [] : (object[])[Turn("gpt", answer)]],
    };

    static object Turn(string from, string value) => new { from, value };

    static string Speaker(string role) => role switch { EvalMessage.User => "human", EvalMessage.Assistant => "gpt", _ => "observation" };

    static bool InTurn(IReadOnlyList<EvalMessage> prompt)
    {
        EvalMessage[] turns = [.. prompt.Where(m => m.Role != EvalMessage.System)];
        return turns.Length % 2 == 1 && turns.Index().All(t => t.Item.Role == EvalMessage.Assistant == (t.Index % 2 == 1));
    }
}

/// <summary>LLaMA-Factory's list of data sets: one entry is added or replaced, the others stay as they are.</summary>
public static class DatasetInfo
{
    /// <summary>The file's name beside the data.</summary>
    public const string FileName = LlamaFactoryRecords.InfoFile;

    static readonly JsonSerializerOptions Indented = new(PreferenceFormat.Json) { WriteIndented = true };

    /// <param name="present">What the file holds; null where there is none.</param>
    /// <param name="name">Of the data set.</param>
    /// <param name="entry">Its description.</param>
    /// <exception cref="VoteException">The file is not a JSON object.</exception>
    public static string With(string? present, string name, object entry)
    {
        JsonObject all;
        try
        {
            all = present is null ? [] : JsonNode.Parse(present) as JsonObject ?? throw new JsonException("expected a JSON object");
        }
        catch (JsonException error)
        {
            throw new VoteException($"{FileName} is there already and cannot be read ({error.Message}); mend it or export into another folder", error);
        }
        all[name] = JsonSerializer.SerializeToNode(entry, entry.GetType(), PreferenceFormat.Json);
        return all.ToJsonString(Indented);
    }
}
