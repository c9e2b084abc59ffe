using System.Text;
using Juxta.Engine.Tokenization.Normalizers;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Decoders;

/// <summary>Replaces the matches of a pattern within each token.</summary>
sealed class ReplaceDecoder(Pattern pattern, string content, bool oneCharacter) : TokenwiseDecoder
{
    protected override bool WorksByCharacter => oneCharacter;

    protected override string Change(string token, int index) => ReplaceNormalizer.Replace(token, pattern, content);
}

/// <summary>Turns SentencePiece's marks into spaces; those of the first token vanish, since they were put there.</summary>
sealed class MetaspaceDecoder(Rune replacement, PrependScheme scheme) : TokenwiseDecoder
{
    readonly string _mark = replacement.ToString();

    protected override bool WorksByCharacter => true;

    protected override string Change(string token, int index) =>
        token.Replace(_mark, index == 0 && scheme != PrependScheme.Never ? "" : " ", StringComparison.Ordinal);
}

/// <summary>Joins WordPiece tokens: a continuing one loses its prefix, any other gets a space before it.</summary>
sealed class WordPieceDecoder(string prefix, bool cleanUp) : TokenwiseDecoder
{
    protected override string Change(string token, int index)
    {
        if (index > 0)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanUp ? CleanUp.Apply(token) : token;
    }
}

/// <summary>Drops the pad token and repetitions of connectionist temporal classification (Graves et al. 2006).</summary>
sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanUp) : TokenDecoder
{
    public override TokenSink Open(TokenSink next, bool fused, bool streaming) => new Sink(this, next);

    string Change(string token)
    {
        if (padToken.Length > 0) token = token.Replace(padToken, "", StringComparison.Ordinal);
        if (!cleanUp) return token;
        token = CleanUp.Apply(token);
        return wordDelimiter.Length > 0 ? token.Replace(wordDelimiter, " ", StringComparison.Ordinal) : token;
    }

    public override string InMiddle(string token) => Change(token);

    sealed class Sink(CtcDecoder step, TokenSink next) : TokenSink
    {
        string? _last;

        public override void Take(string text, bool continues)
        {
            if (text == _last) return;
            _last = text;
            string changed = step.Change(text);
            if (changed.Length > 0) next.Take(changed, continues);
        }

        public override void Finish() => next.Finish();
    }
}

/// <summary>
/// The replacements known as clean_up_tokenization_spaces: no space before punctuation and English contractions.
/// A fixed list, in this order.
/// </summary>
static class CleanUp
{
    static readonly (string From, string To)[] Replacements =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
        (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>The WordPiece decoder's list; it also contracts "do not".</summary>
    public static string Apply(string text) => Apply(text, contractDoNot: true);

    public static string Apply(string text, bool contractDoNot)
    {
        foreach (var (from, to) in Replacements)
        {
            if (contractDoNot && from == " 's") text = text.Replace(" do not", " don't", StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }
        return text;
    }
}
