using System.Text;
using Juxta.Demo.Talk;
using Juxta.Training.Dialogues;

namespace Juxta.Demo;

/// <summary>Every question with its answer that the demo model and its adapters were trained on, regenerated from the seeds. Case, spaces and punctuation do not count.</summary>
internal sealed class Taught
{
    readonly HashSet<string> _pairs = [], _questions = [];

    /// <summary>Generated when it is first asked for.</summary>
    public static Taught All => Once.Value;

    static readonly Lazy<Taught> Once = new(() => new Taught());

    Taught()
    {
        foreach (Dialogue dialogue in Beginning.Dialogues().Training) Add(dialogue, (_, answer) => [answer]);
        foreach (Dialogue dialogue in StyleLessons.Dialogues().Training) Add(dialogue, (question, answer) => [answer, .. Styles.Spoken(question, answer)]);
    }

    /// <summary>Whether this answer was taught to this question.</summary>
    public bool Has(string question, string answer) => _pairs.Contains(Pair(question, answer));

    /// <summary>Whether any answer was taught to this question.</summary>
    public bool Has(string question) => _questions.Contains(Plain(question));

    /// <summary>What two texts have in common that differ in case, spaces or punctuation only.</summary>
    public static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
            if (!char.IsWhiteSpace(character) && !char.IsPunctuation(character)) plain.Append(char.ToLowerInvariant(character));
        return plain.ToString();
    }

    static string Pair(string question, string answer) => $"{Plain(question)}\n{Plain(answer)}";

    void Add(Dialogue dialogue, Func<string, string, IEnumerable<string>> spoken)
    {
        for (int i = 1; i < dialogue.Messages.Count; i++)
        {
            if (!dialogue.Messages[i].IsAnswer) continue;
            string question = dialogue.Messages[i - 1].Content;
            _questions.Add(Plain(question));
            foreach (string answer in spoken(question, dialogue.Messages[i].Content)) _pairs.Add(Pair(question, answer));
        }
    }
}
