using System.Text.Encodings.Web;
using System.Text.Json;
using Juxta.Eval.Suites;

namespace Juxta.Eval.Preferences;

/// <summary>A layout of training data, one JSON object a line.</summary>
/// <param name="Name">As the command line knows it.</param>
/// <param name="What">Which trainer reads it.</param>
/// <param name="Records">The records, and how many the trainer would not take.</param>
/// <param name="DatasetInfo">The entry of LLaMA-Factory's dataset_info.json for a file of this name; null where there is no such file.</param>
public sealed record PreferenceFormat(string Name, string What, Func<TrainingPreferences, (IReadOnlyList<object> Records, int Refused)> Records, Func<string, object>? DatasetInfo = null)
{
    /// <summary>Every format; another one is a line here.</summary>
    public static IReadOnlyList<PreferenceFormat> All { get; } =
    [
        new("trl-dpo", "TRL's DPOTrainer: conversational preference with an explicit prompt", p => TrlRecords.Dpo(p.Pairs)),
        new("trl-kto", "TRL's KTOTrainer: conversational unpaired preference", p => TrlRecords.Kto(p.Labels)),
        new("trl-reward", "TRL's RewardTrainer: conversational preference with an implicit prompt", p => TrlRecords.Reward(p.Pairs)),
        new("llama-factory-ranking", "LLaMA-Factory's dpo and rm stages: ShareGPT preference", p => LlamaFactoryRecords.Ranking(p.Pairs), LlamaFactoryRecords.RankingInfo),
        new("llama-factory-kto", "LLaMA-Factory's kto stage: ShareGPT with a tag", p => LlamaFactoryRecords.Kto(p.Labels), LlamaFactoryRecords.KtoInfo),
    ];

    /// <summary>Readable text, as it was written.</summary>
    internal static JsonSerializerOptions Json { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Votes as the lines of a file, and why votes or answers did not make it, and how many.</summary>
    /// <exception cref="VoteException">A vote does not say what was judged.</exception>
    public (IReadOnlyList<string> Lines, IReadOnlyDictionary<string, int> LeftOut) Write(IReadOnlyList<Vote> votes, ExportPolicy policy)
    {
        TrainingPreferences preferences = TrainingPreferences.Of(votes, policy);
        (IReadOnlyList<object> records, int refused) = Records(preferences);
        var leftOut = new Dictionary<string, int>(preferences.LeftOut);
        if (refused > 0) leftOut["records whose turns do not alternate, which LLaMA-Factory does not take"] = refused;
        return ([.. records.Select(Line)], leftOut);
    }

    /// <summary>A record as its line.</summary>
    public static string Line(object record) => JsonSerializer.Serialize(record, record.GetType(), Json);
}

/// <summary>
/// Records of TRL's trainers (huggingface.co/docs/trl, "Dataset formats and types", "Reward Modeling"; read for versions 0.17 and 0.25). Roles are those of chat
/// templates; what a tool said has the role <c>tool</c>.
/// </summary>
internal static class TrlRecords
{
    public static (IReadOnlyList<object>, int) Dpo(IEnumerable<PreferencePair> pairs) =>
        ([.. pairs.Select(p => new { prompt = Messages(p.Prompt), chosen = Answer(p.Chosen), rejected = Answer(p.Rejected) })], 0);

    public static (IReadOnlyList<object>, int) Kto(IEnumerable<LabelledAnswer> answers) =>
        ([.. answers.Select(a => new { prompt = Messages(a.Prompt), completion = Answer(a.Answer), label = a.Good })], 0);

    public static (IReadOnlyList<object>, int) Reward(IEnumerable<PreferencePair> pairs) =>
        ([.. pairs.Select(p => new { chosen = (object[])[.. Messages(p.Prompt), .. Answer(p.Chosen)], rejected = (object[])[.. Messages(p.Prompt), .. Answer(p.Rejected)] })], 0);

    static object[] Messages(IEnumerable<EvalMessage> messages) => [.. messages.Select(m => new { role = m.Role == "observation" ? "tool" : m.Role, content = m.Content })];

    static object[] Answer(string text) => [new { role = EvalMessage.Assistant, content = text }];
}
