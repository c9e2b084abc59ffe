using System.Text;
using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Masks;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes.Glm;

/// <summary>What is taken out of a text to be filled in again.</summary>
internal enum Blanks
{
    /// <summary>Whole sentences at random until 15 % of the tokens are covered.</summary>
    Sentences,

    /// <summary>One stretch of 50 to 100 % of the tokens.</summary>
    Document,
}

/// <summary>
/// Autoregressive blank filling (Du et al. 2022, GLM, section 2.2): spans of a text are replaced by a mask token each; behind that text, which sees itself both
/// ways, the spans follow in random order, each begun by &lt;sop&gt; and predicted up to &lt;eop&gt;. Positions are those of the mask token, and a count within the span.
/// </summary>
internal sealed class BlankFillingRecipe(Tokenizer tokenizer, Blanks blanks, ulong seed, SampleLengths lengths) : SampleRecipe
{
    const double SentenceShare = 0.15;

    readonly GlmTokens _tokens = new(tokenizer);

    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        string text = record.Text ?? throw new SampleException("this record is a conversation, and blanks are made in texts; use a mode for conversations");
        int[] ids = _tokens.Encode(text);
        // A blank adds a mask, <sop> and <eop>; a text that is too long must not lose its end in silence.
        if (lengths.Total is int most && ids.Length + 3 > most)
            throw new SampleException($"the text has {ids.Length} tokens, and samples of {most} hold texts of {most - 3}; cut it at a place that makes sense, or allow longer samples");
        var draws = new SeededDraws(seed, text);
        List<(int Start, int Length)> spans = blanks == Blanks.Document ? [Stretch(ids.Length, draws)] : Sentences(text, ids, draws);
        TrainingSample sample = Fill(ids, spans, draws.Shuffle([.. Enumerable.Range(0, spans.Count)]), blanks == Blanks.Document ? _tokens.GMask : _tokens.SMask);
        if (lengths.Total is int total && sample.Length > total) throw new SampleException($"with its {spans.Count} blanks the sample has {sample.Length} tokens, more than the {total} allowed; allow longer samples");
        return [sample];
    }

    static (int Start, int Length) Stretch(int tokens, SeededDraws draws)
    {
        if (tokens == 0) throw new SampleException("the text is empty: there is nothing to learn");
        int shortest = (tokens + 1) / 2, length = shortest + draws.Below(tokens - shortest + 1);
        return (draws.Below(tokens - length + 1), length);
    }

    List<(int Start, int Length)> Sentences(string text, int[] ids, SeededDraws draws)
    {
        var trace = TokenTrace.Of(tokenizer, text, ids);
        var sentences = new List<(int Start, int Length)>();
        int start = 0;
        foreach (int end in SentenceEnds.Of(text))
        {
            // A token that reaches over the end of a sentence belongs to it.
            int next = end == text.Length ? ids.Length : trace.FirstBeyond(Encoding.UTF8.GetByteCount(text.AsSpan(0, end)));
            while (next < ids.Length && trace.Start(next) < Encoding.UTF8.GetByteCount(text.AsSpan(0, end))) next++;
            if (next > start) sentences.Add((start, next - start));
            start = next;
        }
        if (sentences.Count < 2) throw new SampleException("the text is a single sentence: with a blank for it nothing would be left to fill it from. Leave it out, or make blanks of document length");
        var chosen = new List<(int Start, int Length)>();
        foreach (int pick in draws.Shuffle([.. Enumerable.Range(0, sentences.Count)]).Take(sentences.Count - 1))
        {
            if (chosen.Sum(span => span.Length) >= SentenceShare * ids.Length) break;
            chosen.Add(sentences[pick]);
        }
        return [.. chosen.OrderBy(span => span.Start)];
    }

    /// <param name="ids">The text.</param>
    /// <param name="spans">What is taken out, in the order of the text.</param>
    /// <param name="order">In which order it is filled in.</param>
    /// <param name="mask">What takes its place.</param>
    TrainingSample Fill(int[] ids, List<(int Start, int Length)> spans, int[] order, int mask)
    {
        var sample = new SampleBuilder();
        var masks = new int[spans.Count];
        int at = 0;
        for (int i = 0; i < spans.Count; i++)
        {
            sample.Add(ids[at..spans[i].Start], 0);
            masks[i] = sample.Length;
            sample.Add(mask, TokenAuthor.Added);
            at = spans[i].Start + spans[i].Length;
        }
        sample.Add(ids[at..], 0);
        int prefix = sample.Length;
        List<int> position = [.. Enumerable.Range(0, prefix)], block = [.. Enumerable.Repeat(0, prefix)];
        for (int i = 0; i < order.Length; i++)
        {
            (int start, int length) = spans[order[i]];
            // <eop> is never read: the output before the next <sop> is to predict it.
            sample.AddLabelled(_tokens.Sop, TokenAuthor.Added, i == 0 ? TrainingSample.NoLoss : _tokens.Eop).Add(ids.AsSpan(start, length).ToArray(), 0, loss: true);
            position.AddRange(Enumerable.Repeat(masks[order[i]], length + 1));
            block.AddRange(Enumerable.Range(1, length + 1));
        }
        sample.Add(_tokens.Eop, TokenAuthor.Added, loss: true);
        position.Add(position[^1]);
        block.Add(block[^1] + 1);
        return sample.ToSample() with { Segments = [new SampleSegment(0, sample.Length, prefix)], TwoDimensional = new SamplePositions([.. position], [.. block]) };
    }
}
