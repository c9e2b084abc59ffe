using Juxta.Engine.Tokenization;
using Juxta.Training.Corpora;
using Juxta.Training.Masks;
using Juxta.Training.Samples;

namespace Juxta.Training.Recipes;

/// <summary>
/// Plain text: the tokenizer's opening tokens where it has any (Qwen has none), the text, the end of sequence; all of the text and its end carry loss. Special
/// tokens that a text spells out stay text. A text longer than allowed goes on in the next sample; only the last one has the end.
/// </summary>
public sealed class PretrainRecipe : SampleRecipe
{
    readonly Tokenizer _tokenizer;
    readonly int[] _opening;
    readonly int _end, _most;

    /// <exception cref="SampleException">The tokenizer has no end of sequence.</exception>
    public PretrainRecipe(Tokenizer tokenizer, SampleLengths lengths)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(lengths);
        _tokenizer = tokenizer;
        _opening = ChatFormat.OpeningOf(tokenizer);
        _end = tokenizer.EosId ?? throw new SampleException("the tokenizer names no eos_token, so a text would have no end and the model would never learn to stop; name one in tokenizer_config.json");
        _most = lengths.Total ?? int.MaxValue;
        if (_most <= _opening.Length + 1) throw new SampleException($"samples of {_most} tokens have no room beside the {_opening.Length} that the tokenizer puts before a text and its end; allow longer samples");
    }

    public override IEnumerable<TrainingSample> Samples(CorpusRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        string text = record.Text ?? throw new SampleException("this record is a conversation and no text; use a mode for conversations (session)");
        if (text.Length == 0) throw new SampleException("the text is empty: there is nothing to learn");
        int[] rest = [.. _tokenizer.Encode(text, parseSpecial: false), _end];
        return rest.Chunk(_most - _opening.Length).Select((part, i) => Sample(part, last: ((i + 1) * (long)(_most - _opening.Length)) >= rest.Length));
    }

    TrainingSample Sample(int[] part, bool last)
    {
        int[] ids = [.. _opening, .. part], authors = new int[ids.Length];
        Array.Fill(authors, TokenAuthor.Added, 0, _opening.Length);
        if (last) authors[^1] = TokenAuthor.Added;
        return new TrainingSample(ids, LossMask.Labels(ids, _opening.Length), authors);
    }
}
