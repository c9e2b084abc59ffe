using System.Globalization;
using System.Text;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Recipes.Glm;

/// <summary>A conversation of questions and answers in turn, as recipes without roles know it.</summary>
/// <param name="Pairs">At least one; the indices of their messages are 2i and 2i + 1.</param>
internal sealed record Rounds(IReadOnlyList<(string Question, string Answer)> Pairs)
{
    public static Rounds Of(CorpusRecord record)
    {
        Dialogue dialogue = Conversation(record);
        if (dialogue.Tools is { Count: > 0 }) throw new SampleException("this recipe has no place for tool definitions; use the mode session");
        var pairs = new List<(string, string)>();
        for (int i = 0; i < dialogue.Messages.Count; i++)
        {
            string expected = i % 2 == 0 ? DialogueMessage.User : DialogueMessage.Assistant;
            DialogueMessage message = dialogue.Messages[i];
            if (message.Role != expected) throw new SampleException($"message {i + 1} is the {message.Role}'s, and this recipe knows only questions and answers in turn; use the mode session");
            if (message.Loss is not null) throw new SampleException($"message {i + 1} is marked to carry {(message.Loss == true ? "" : "no ")}loss, which this recipe has no place for; use the mode session");
            if (i % 2 == 1) pairs.Add((dialogue.Messages[i - 1].Content, message.Content));
        }
        return pairs.Count > 0 && dialogue.Messages.Count % 2 == 0 ? new Rounds(pairs) : throw new SampleException("the last question has no answer: there is nothing to learn from it");
    }

    public static Dialogue Conversation(CorpusRecord record) => record.Dialogue ?? throw new SampleException("this record is a text and no conversation; use the mode pretrain for it");

    /// <summary>ChatGLM2's prompt for the last answer.</summary>
    public string ChatGlm2Prompt() => Join("[Round {0}]\n\n问：{1}\n\n答：", "{0}\n\n", first: 1, Pairs.Count);

    /// <summary>ChatGLM2's text before one answer, without the answers and questions before it.</summary>
    public string ChatGlm2Question(int round) =>
        (round == 0 ? "" : "\n\n") + string.Format(CultureInfo.InvariantCulture, "[Round {0}]\n\n问：{1}\n\n答：", round + 1, Pairs[round].Question);

    /// <summary>ChatGLM-6B's prompt for the last answer: a single question stands alone.</summary>
    /// <param name="always">Also give a single question the words of a round.</param>
    public string ChatGlm6BPrompt(bool always) => Pairs.Count == 1 && !always ? Pairs[0].Question : Join("[Round {0}]\n问：{1}\n答：", "{0}\n", first: 0, Pairs.Count);

    string Join(string question, string answer, int first, int count)
    {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            text.AppendFormat(CultureInfo.InvariantCulture, question, i + first, Pairs[i].Question);
            if (i < count - 1) text.AppendFormat(CultureInfo.InvariantCulture, answer, Pairs[i].Answer);
        }
        return text.ToString();
    }
}
