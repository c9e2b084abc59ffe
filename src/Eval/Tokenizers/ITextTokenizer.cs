using Juxta.Eval.Text;

namespace Juxta.Eval.Tokenizers;

/// <summary>Splits a text by putting spaces between tokens.</summary>
internal interface ITextTokenizer
{
    /// <summary>Appends the text to <paramref name="output"/> with white space between the tokens (often more than one, also at the ends).</summary>
    void Tokenize(ReadOnlySpan<char> text, CharBuffer output);
}

/// <summary>Tokenizers by sacreBLEU's names.</summary>
internal static class TextTokenizers
{
    public static readonly string[] Names = ["13a", "intl", "zh", "char", "none"];

    /// <summary>A tokenizer, or null where the name is unknown.</summary>
    public static ITextTokenizer? Find(string name) => name switch
    {
        "13a" => new Tokenizer13a(),
        "intl" => new InternationalTokenizer(),
        "zh" => new ChineseTokenizer(),
        "char" => new CharacterTokenizer(),
        "none" => new NoTokenizer(),
        _ => null,
    };
}

/// <summary>The text as it is: words lie between white space.</summary>
internal sealed class NoTokenizer : ITextTokenizer
{
    public void Tokenize(ReadOnlySpan<char> text, CharBuffer output) => output.Append(text);
}

/// <summary>Every code point is a token.</summary>
internal sealed class CharacterTokenizer : ITextTokenizer
{
    public void Tokenize(ReadOnlySpan<char> text, CharBuffer output)
    {
        for (int i = 0, units; i < text.Length; i += units)
        {
            PythonText.CodePointAt(text, i, out units);
            output.Append(text.Slice(i, units));
            output.Append(' ');
        }
    }
}
