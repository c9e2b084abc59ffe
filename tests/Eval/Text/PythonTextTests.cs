using Juxta.Eval.Text;
using Juxta.Eval.Tokenizers;

namespace Juxta.EvalTests.Text;

public sealed class PythonTextTests
{
    [Fact]
    public void Lower_split_rstrip_and_lengths_are_Pythons()
    {
        var wrong = new Differences();
        foreach (var c in MetricFixtures.Cases("tokenizers"))
        {
            string text = c.Text("text"), at = $"case {c.GetProperty("i")}";
            wrong.Equal(c.Text("lower"), PythonText.Lower(text), $"{at} lower");
            wrong.Equal(c.Text("rstrip"), PythonText.TrimEnd(text).ToString(), $"{at} rstrip");
            wrong.Equal(c.GetProperty("codepoints").GetInt32(), PythonText.CodePoints(text), $"{at} code points");
            wrong.EqualTexts(c.GetProperty("split").Strings(), Words(text), $"{at} split");
        }
        wrong.AssertNone(1400);
    }

    [Fact]
    public void Tokenizers_split_as_sacreBLEU()
    {
        var wrong = new Differences();
        foreach (var c in MetricFixtures.Cases("tokenizers"))
        {
            foreach (string name in (string[])["13a", "intl", "zh", "char"])
            {
                var output = new CharBuffer();
                TextTokenizers.Find(name)!.Tokenize(c.Text("text"), output);
                wrong.EqualTexts(Words(c.Text(name)), Words(output.Span.ToString()), $"case {c.GetProperty("i")} {name}");
            }
        }
        wrong.AssertNone(1400);
    }

    [Fact]
    public void Tercom_normalises_as_sacreBLEU()
    {
        (string Name, TercomNormalizer Normalizer)[] forms =
        [
            ("plain", new(false, false, false, false)), ("norm", new(true, false, false, false)), ("norm-asian", new(true, false, true, false)),
            ("nopunct", new(false, true, false, false)), ("nopunct-asian", new(false, true, true, false)), ("all", new(true, true, true, false)),
            ("all-cased", new(true, true, true, true)),
        ];
        var wrong = new Differences();
        foreach (var c in MetricFixtures.Cases("tokenizers"))
        {
            foreach ((string name, TercomNormalizer normalizer) in forms)
                wrong.Equal(c.GetProperty("ter").Text(name), string.Join(' ', Words(normalizer.Normalize(c.Text("text")))), $"case {c.GetProperty("i")} {name}");
        }
        wrong.AssertNone(2500);
    }

    static List<string> Words(string text)
    {
        var words = new List<string>();
        WordSpans spans = PythonText.Words(text);
        while (spans.MoveNext()) words.Add(spans.Current.ToString());
        return words;
    }
}
