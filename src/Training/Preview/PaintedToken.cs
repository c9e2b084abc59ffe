using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Dialogues;
using Juxta.Training.Samples;

namespace Juxta.Training.Preview;

/// <summary>A token of a sample as a person may look at it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">What becomes visible with it: empty in the middle of a character, which shows with its last token.</param>
/// <param name="Author">Who wrote it: a role, or <c>template</c>, <c>data</c>, <c>added</c>, <c>text</c>.</param>
/// <param name="Label">Its label; <see cref="TrainingSample.NoLoss"/> = none.</param>
public sealed record PaintedToken(int Id, string Text, string Author, int Label)
{
    public const string Template = "template", Data = "data", Added = "added", PlainText = "text";

    public bool Loss => Label != TrainingSample.NoLoss;

    /// <summary>Every token of a sample.</summary>
    /// <param name="tokenizer">The one that made the ids.</param>
    /// <param name="record">What the sample was made of.</param>
    /// <param name="sample">Not packed.</param>
    public static IReadOnlyList<PaintedToken> Of(Tokenizer tokenizer, CorpusRecord record, TrainingSample sample)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(record);
        ArgumentNullException.ThrowIfNull(sample);
        StreamingDecoder decoder = tokenizer.StreamDecoder();
        var painted = new List<PaintedToken>(sample.Length);
        for (int t = 0; t < sample.Length; t++)
        {
            string text = decoder.Push(sample.Ids[t]);
            if (t == sample.Length - 1) text += decoder.Flush();
            painted.Add(new PaintedToken(sample.Ids[t], text, AuthorName(sample.Authors[t], record.Dialogue), sample.Labels[t]));
        }
        return painted;
    }

    /// <summary>Stretches of tokens with one author that all carry loss, or none.</summary>
    public static IEnumerable<(string Text, string Author, bool Loss)> Stretches(IReadOnlyList<PaintedToken> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        for (int t = 0; t < tokens.Count;)
        {
            int start = t;
            while (t < tokens.Count && tokens[t].Author == tokens[start].Author && tokens[t].Loss == tokens[start].Loss) t++;
            yield return (string.Concat(tokens.Skip(start).Take(t - start).Select(token => token.Text)), tokens[start].Author, tokens[start].Loss);
        }
    }

    /// <summary>The name of a sample's author.</summary>
    public static string AuthorName(int author, Dialogue? dialogue) => author switch
    {
        TokenAuthor.Template => Template,
        TokenAuthor.Data => Data,
        < 0 => Added,
        _ => dialogue is null ? PlainText : dialogue.Messages[author].Role,
    };
}
