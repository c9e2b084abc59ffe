using System.Text;
using Juxta.Tests;

namespace Juxta.EngineTests.Tokenization;

/// <summary>Random lines of text that tokenizers trip over, without new lines: our corpus cut and mixed with odd spaces, marks, rare characters and token names.</summary>
static class AwkwardText
{
    static readonly string[] Odd =
    [
        " ", "  ", "   ", "\t", "\r", "\u00a0", "\u3000", "\u2581", "\u2581\u2581", "\u200b", "\u200d", "\ufeff", "\u0001", "\u0000", "\u007f", "\u0085", "\u00ad",
        "<s>", "</s>", "<unk>", "<pad>", "<0x41>", "<0x0A>", "[MASK]", "<mark>", "<mark", "ab", "abc", "bcd", "甲乙", "乙丙",
        "😀", "👩‍👩‍👧‍👦", "🇨🇳", "e\u0301", "A\u030a", "\u0301", "ｶﾞ", "ＡＢＣ１２", "①", "ﬁ", "½", "㎏", "\u1e9b\u0323", "\u212b", "\u03a3\u03c2", "İ", "ß", "\u0958", "\ufb1d", "\uac00", "\u1100\u1161\u11a8",
        "\ufffd", "\u2028", "\u2029", "\ue000", "\U0010ffff", "\U0002f800", "𝟘𝕤", "ก็", "العربية", "हिन्दी", "한국어", "日本語", "ქართული", "￼", "…", "——", "「」", "！？", "aaaa", "aaa", "    ", "0000000", "12345",
    ];

    public static string[] Lines(int count, int seed)
    {
        string[] corpus = File.ReadAllLines(Path.Combine(Fixtures.Repository, "tests", "golden", "tokenizers", "corpus.txt"));
        var random = new Random(seed);
        return ["", " ", "  ", "\t", .. Enumerable.Range(0, count).Select(_ => Line(random, corpus))];
    }

    static string Line(Random random, string[] corpus)
    {
        var line = new StringBuilder();
        for (int parts = random.Next(1, 8); parts > 0; parts--)
        {
            switch (random.Next(4))
            {
                case 0: line.Append(Odd[random.Next(Odd.Length)]); break;
                case 1: line.Append(Rune.IsValid(random.Next(0x20, 0x3100) is var code ? code : 0) ? new Rune(code) : Rune.ReplacementChar); break;
                default:
                    string source = corpus[random.Next(corpus.Length)];
                    int start = random.Next(source.Length), length = random.Next(1, Math.Min(30, source.Length - start) + 1);
                    line.Append(source, start, length);
                    break;
            }
            if (random.Next(3) == 0) line.Append(' ');
        }
        // A cut may have halved a pair.
        return string.Concat(line.ToString().EnumerateRunes().Select(rune => rune.ToString())).Replace("\n", "", StringComparison.Ordinal);
    }
}
