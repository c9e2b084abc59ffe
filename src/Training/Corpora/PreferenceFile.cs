using Juxta.Engine;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Corpora;

/// <summary>Two answers to one prompt, one of them preferred.</summary>
/// <param name="Chosen">The conversation with the preferred answer at its end.</param>
/// <param name="Rejected">The same with the other answer.</param>
public sealed record PreferenceRecord(CorpusRecord Chosen, CorpusRecord Rejected)
{
    public string Place => Chosen.Place;
}

/// <summary>
/// Reads preference pairs as TRL has them: <c>{"prompt", "chosen", "rejected"}</c>, each a text or a list of messages, or without a prompt two conversations that differ
/// in their last answer. A text is what the user, or the assistant, says.
/// </summary>
public static class PreferenceFile
{
    /// <summary>The pairs of a file of JSON or JSON Lines, read while they are asked for.</summary>
    /// <exception cref="RequestException">Names the file, the line and the field at fault. Comes when the record is reached.</exception>
    public static IEnumerable<PreferenceRecord> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new RequestException(Directory.Exists(path) ? $"{path} is a folder; name a file in it" : $"{path}: no such file", "file");
        return ReadFile(path);
    }

    static IEnumerable<PreferenceRecord> ReadFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        foreach (JsonField record in JsonRecords.Read(Path.GetFileName(path), stream)) yield return Pair(record);
    }

    static PreferenceRecord Pair(JsonField record)
    {
        JsonField chosen = record.Require("chosen"), rejected = record.Require("rejected");
        DialogueMessage[] good = [.. Messages(chosen, DialogueMessage.Assistant)], bad = [.. Messages(rejected, DialogueMessage.Assistant)];
        DialogueMessage[] prompt;
        if (record.Find("prompt") is { } given)
        {
            prompt = [.. Messages(given, DialogueMessage.User)];
            if (good.Length != 1) throw chosen.Wrong("one answer, since the record has a prompt");
            if (bad.Length != 1) throw rejected.Wrong("one answer, since the record has a prompt");
        }
        else
        {
            prompt = [.. good.SkipLast(1)];
            if (prompt.Length == 0) record.Require("prompt");
            if (!prompt.Select(Compared).SequenceEqual(bad.SkipLast(1).Select(Compared))) throw rejected.Bad("it differs from chosen before the last answer; both must answer the same prompt");
        }
        if (prompt.Length == 0) throw record.Bad("the prompt is empty");
        if (bad.Length == 0) throw rejected.Bad("there is no message in it");
        foreach ((JsonField field, DialogueMessage[] messages) in ((JsonField, DialogueMessage[])[])[(chosen, good), (rejected, bad)])
            if (!messages[^1].IsAnswer) throw field.Bad($"its last message is the {messages[^1].Role}'s; expected the assistant's");
        if (good[^1].Content == bad[^1].Content) throw record.Bad("chosen and rejected are the same answer: nothing can be learnt from that");
        var at = new CorpusRecord(record.File, record.RecordLine);
        return new PreferenceRecord(at with { Dialogue = With(good[^1]) }, at with { Dialogue = With(bad[^1]) });

        Dialogue With(DialogueMessage answer) => new([.. prompt, answer with { Loss = null }]) { Tools = DialogueRecords.Tools(record) };
    }

    static IEnumerable<DialogueMessage> Messages(JsonField field, string role) =>
        field.IsText ? [new DialogueMessage(role, field.Text())] : field.IsArray ? field.Items().Select(DialogueRecords.Message) : throw field.Wrong("a text or a list of messages");

    static (string, string) Compared(DialogueMessage message) => (message.Role, message.Content);
}
