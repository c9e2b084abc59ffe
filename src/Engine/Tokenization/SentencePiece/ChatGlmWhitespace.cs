using System.Globalization;
using System.Text;
using Juxta.Engine.Tokenization.Normalizers;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// ChatGLM-6B's spelling of white space, before its SentencePiece model sees the text: a new line, a tab and each run of 2 to 80 spaces are pieces with
/// names; longer runs are as many of the longest as fit, then the rest.
/// </summary>
sealed class ChatGlmWhitespace : Normalizer
{
    const int LongestBlank = 80;
    const string NewLine = "<n>", Tab = "<|tab|>";

    /// <summary>Piece → what it stands for.</summary>
    public static IReadOnlyDictionary<string, string> Spellings { get; } = new Dictionary<string, string>(
        Enumerable.Range(2, LongestBlank - 1).Select(length => KeyValuePair.Create(Blank(length), new string(' ', length)))
            .Append(KeyValuePair.Create(NewLine, "\n")).Append(KeyValuePair.Create(Tab, "\t")), StringComparer.Ordinal);

    static string Blank(int length) => string.Create(CultureInfo.InvariantCulture, $"<|blank_{length}|>");

    public override string Apply(string text)
    {
        if (text.AsSpan().IndexOfAny("\n\t") < 0 && !text.Contains("  ", StringComparison.Ordinal)) return text;
        var output = new StringBuilder(text.Length * 2);
        for (int at = 0; at < text.Length;)
        {
            int spaces = text.AsSpan(at).IndexOfAnyExcept(' ');
            if (spaces < 0) spaces = text.Length - at;
            if (spaces >= 2)
            {
                int length = Math.Min(spaces, LongestBlank);
                output.Append(Blank(length));
                at += length;
                continue;
            }
            char unit = text[at++];
            _ = unit switch { '\n' => output.Append(NewLine), '\t' => output.Append(Tab), _ => output.Append(unit) };
        }
        return output.ToString();
    }
}
