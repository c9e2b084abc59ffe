using System.Buffers;
using System.Text.RegularExpressions;
using Juxta.Eval.Text;

namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// Sentence ends as rouge_chinese 1.0.3 sees them: after a stop that no closing quotation mark follows, after six dots, after a double ellipsis, and after a
/// stop with its closing mark. Each rule also spends the character after the end, so of two stops in a row only the first ends a sentence.
/// </summary>
internal static partial class ChineseSentences
{
    static readonly SearchValues<char> Ends = SearchValues.Create("。！？?.…");

    public static string[] Split(string text)
    {
        if (text.AsSpan().IndexOfAny(Ends) >= 0)
        {
            text = Stop().Replace(text, "$1\n$2");
            text = SixDots().Replace(text, "$1\n$2");
            text = Ellipsis().Replace(text, "$1\n$2");
            text = QuotedStop().Replace(text, "$1\n$2");
        }
        return PythonText.TrimEnd(text).ToString().Split('\n');
    }

    [GeneratedRegex(@"([。！？?])([^”’])")]
    private static partial Regex Stop();

    [GeneratedRegex(@"(\.{6})([^”’])")]
    private static partial Regex SixDots();

    [GeneratedRegex(@"(…{2})([^”’])")]
    private static partial Regex Ellipsis();

    [GeneratedRegex(@"([。！？?][”’])([^，。！？?])")]
    private static partial Regex QuotedStop();
}
