using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Recipes;
using Juxta.Training.Samples;

namespace Juxta.Demo;

/// <summary>Conversations on disk: JSON Lines of messages.</summary>
internal static class Corpus
{
    static readonly JsonSerializerOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(string file, IReadOnlyList<Dialogue> dialogues) => File.WriteAllLines(file, dialogues.Select(dialogue =>
        new JsonObject { ["messages"] = new JsonArray([.. dialogue.Messages.Select(message => new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]) }.ToJsonString(Line)));

    /// <summary>The samples of a file, with its lines as their places.</summary>
    public static TrainingItem[] Items(ChatRecipe recipe, string file)
    {
        string name = Path.GetFileName(file);
        return [.. File.ReadLines(file).Select((line, i) => new CorpusRecord(name, i + 1) { Dialogue = Parse(line) }).SelectMany(record => recipe.Samples(record).Select(sample => new TrainingItem(sample, record.Place)))];
    }

    static Dialogue Parse(string json)
    {
        using JsonDocument record = JsonDocument.Parse(json);
        return new Dialogue([.. record.RootElement.GetProperty("messages").EnumerateArray().Select(message => new DialogueMessage(message.GetProperty("role").GetString()!, message.GetProperty("content").GetString()!))]);
    }
}
