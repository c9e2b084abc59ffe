using System.Text.RegularExpressions;

namespace Juxta.Eval.Metrics.Questions;

/// <summary>
/// Words in the manner of the Penn Treebank, by the rules of NLTK's word tokenizer. NLTK first splits sentences with a trained model, which is not here: a full
/// stop is split off at the end of the text only.
/// </summary>
internal static partial class TreebankWords
{
    static readonly (Regex Pattern, string Replacement)[] Rules =
    [
        (new("([«“‘„]|[`]+)"), " $1 "), (new("^\""), "``"), (new("(``)"), " $1 "), (new("([ \\(\\[{<])(\"|'{2})"), "$1 `` "),
        (new("(?i)(')(?!re|ve|ll|m|t|s|d|n)(\\w)\\b"), "$1 $2"),
        (new("([^\\.])(\\.)([\\]\\)}>\"'»”’ ]*)\\s*$"), "$1 $2 $3 "), (new("([:,])([^\\d])"), " $1 $2"), (new("([:,])$"), " $1 "), (new("\\.{2,}"), " $0 "),
        (new("[;@#$%&]"), " $0 "), (new("([^\\.])(\\.)([\\]\\)}>\"']*)\\s*$"), "$1 $2$3 "), (new("[?!]"), " $0 "), (new("([^'])' "), "$1 ' "), (new("[*]"), " $0 "),
        (new("[\\]\\[\\(\\)\\{\\}<>]"), " $0 "), (new("--"), " -- "),
    ];

    static readonly (Regex Pattern, string Replacement)[] Endings =
    [
        (new("([»”’])"), " $1 "), (new("''"), " '' "), (new("\""), " '' "), (new("([^' ])('S|'s|'M|'m|'D|'d|') "), "$1 $2 "), (new("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) "), "$1 $2 "),
        (new("(?i)\\b(can)(not)\\b"), " $1 $2 "), (new("(?i)\\b(d)('ye)\\b"), " $1 $2 "), (new("(?i)\\b(gim)(me)\\b"), " $1 $2 "), (new("(?i)\\b(gon)(na)\\b"), " $1 $2 "),
        (new("(?i)\\b(got)(ta)\\b"), " $1 $2 "), (new("(?i)\\b(lem)(me)\\b"), " $1 $2 "), (new("(?i)\\b(more)('n)\\b"), " $1 $2 "), (new("(?i)\\b(wan)(na)\\s"), " $1 $2 "),
        (new("(?i) ('t)(is)\\b"), " $1 $2 "), (new("(?i) ('t)(was)\\b"), " $1 $2 "),
    ];

    public static IEnumerable<string> Split(string text)
    {
        foreach ((Regex pattern, string replacement) in Rules) text = pattern.Replace(text, replacement);
        text = $" {text} ";
        foreach ((Regex pattern, string replacement) in Endings) text = pattern.Replace(text, replacement);
        return text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }
}
