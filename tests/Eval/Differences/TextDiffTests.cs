using System.Diagnostics;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Juxta.Eval.Differences;

namespace Juxta.EvalTests;

public sealed class TextDiffTests
{
    /// <summary>Both sides in one line: [only left|only right] where they differ.</summary>
    static string Shown(string left, string right)
    {
        TextDiff diff = TextDiff.Compare(left, right);
        return $"{Side(diff.Left)} ~ {Side(diff.Right)}";

        static string Side(IEnumerable<DiffSpan> spans) => string.Concat(spans.Select(span => span.Kind is DiffKind.Same ? span.Text : $"[{span.Text}]"));
    }

    static string[] Units(string text)
    {
        int[] starts = TextUnits.Split(text);
        return [.. starts.SkipLast(1).Select((start, i) => text[start..starts[i + 1]])];
    }

    [Theory]
    [InlineData("the black cat", "the white cat", "the [black] cat ~ the [white] cat")]
    [InlineData("one two three", "one three", "one [two ]three ~ one three")]
    [InlineData("", "new", " ~ [new]")]
    [InlineData("", "", " ~ ")]
    [InlineData("今天天气很好", "今天天气不好", "今天天气[很]好 ~ 今天天气[不]好")]
    [InlineData("私はGPTです", "私はLLMです", "私は[GPT]です ~ 私は[LLM]です")]
    [InlineData("a big house", "one small house", "[a big] house ~ [one small] house")] // and not [a] [big]
    [InlineData("same", "same", "same ~ same")]
    [InlineData("naïve", "naive", "[naïve] ~ [naive]")]
    [InlineData("line\r\nend", "line\nend", "line[\r\n]end ~ line[\n]end")]
    [InlineData("x: 1,234", "x: 1,235", "x: 1,[234] ~ x: 1,[235]")]
    public void Words_and_Chinese_characters_are_compared(string left, string right, string shown) => Assert.Equal(shown, Shown(left, right));

    [Fact]
    public void Units_are_words_spaces_signs_and_characters_of_scripts_without_spaces()
    {
        Assert.Equal(["Hello", ",", "  ", "big_world2", "!", "\n", "\n", "你", "好", "abc", "。"], Units("Hello,  big_world2!\n\n你好abc。"));
        Assert.Equal(["ส", "วั", "ส", "ดี"], Units("สวัสดี"));
        Assert.Equal(["안녕", " ", "세계"], Units("안녕 세계"));
        Assert.Equal(["👨‍👩‍👧", "🇨🇭", "e\u0301te\u0301", "👍🏽"], Units("👨‍👩‍👧🇨🇭e\u0301te\u0301👍🏽"));
        Assert.Equal(["𠮷", "野", "か\u3099"], Units("𠮷野か\u3099"));
        Assert.Equal(["\ud800", "a", "\udc00"], Units("\ud800a\udc00"));
    }

    [Fact]
    public void A_family_and_a_couple_differ_as_a_whole() =>
        Assert.Equal("hi [👨‍👩‍👧] ~ hi [👨‍👩‍👦]", Shown("hi 👨‍👩‍👧", "hi 👨‍👩‍👦"));

    [Fact]
    public void Spans_joined_are_the_texts() => Prop.ForAll(Pairs(), pair =>
    {
        TextDiff diff = TextDiff.Compare(pair.Left, pair.Right);
        return string.Concat(diff.Left.Select(span => span.Text)) == pair.Left && string.Concat(diff.Right.Select(span => span.Text)) == pair.Right
            && diff.Left.All(span => span.Kind is not DiffKind.OnlyRight && span.Text.Length > 0)
            && diff.Right.All(span => span.Kind is not DiffKind.OnlyLeft && span.Text.Length > 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_the_same_is_the_same_on_both_sides_in_order() => Prop.ForAll(Pairs(), pair =>
    {
        TextDiff diff = TextDiff.Compare(pair.Left, pair.Right);
        return Same(diff.Left).SequenceEqual(Same(diff.Right));

        static IEnumerable<DiffSpan> Same(IEnumerable<DiffSpan> spans) => spans.Where(span => span.Kind is DiffKind.Same);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Equal_texts_are_one_span() => Prop.ForAll(Pairs(), pair =>
        TextDiff.Compare(pair.Left, pair.Left) is { Shortest: true } diff && diff.Left.SequenceEqual(diff.Right)
            && diff.Left.SequenceEqual(pair.Left.Length == 0 ? [] : [new DiffSpan(DiffKind.Same, pair.Left)])).QuickCheckThrowOnFailure();

    [Fact]
    public void Exchanging_the_texts_exchanges_the_spans() => Prop.ForAll(Pairs(), pair =>
    {
        TextDiff one = TextDiff.Compare(pair.Left, pair.Right), other = TextDiff.Compare(pair.Right, pair.Left);
        return Mirrors(one.Left, other.Right) && Mirrors(one.Right, other.Left);

        static bool Mirrors(IReadOnlyList<DiffSpan> a, IReadOnlyList<DiffSpan> b) =>
            a.Select(span => span.Text).SequenceEqual(b.Select(span => span.Text)) && a.Zip(b).All(p => p.First.Kind is DiffKind.Same == p.Second.Kind is DiffKind.Same);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_span_cuts_a_character() => Prop.ForAll(Pairs(), pair =>
    {
        HashSet<int> borders = [.. StringInfo.ParseCombiningCharacters(pair.Left), pair.Left.Length];
        int at = 0;
        return TextDiff.Compare(pair.Left, pair.Right).Left.All(span => borders.Contains(at += span.Text.Length));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_shared_part_is_as_long_as_the_table_of_all_prefixes_says() => Prop.ForAll(Sequences(), pair =>
    {
        var shared = new SharedUnits(pair.Left, pair.Right);
        int[] left = [.. pair.Left.Where((_, i) => shared.InLeft[i])], right = [.. pair.Right.Where((_, i) => shared.InRight[i])];
        return shared.Longest && left.SequenceEqual(right) && left.Length == LongestShared(pair.Left, pair.Right);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Two_texts_of_20000_words_that_share_a_vocabulary_and_nothing_else_do_not_hang()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 500).Select(i => $"w{i}")];
        string left = string.Join(' ', random.GetItems(words, 20_000)), right = string.Join(' ', random.GetItems(words, 20_000));
        var watch = Stopwatch.StartNew();
        TextDiff diff = TextDiff.Compare(left, right);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"took {watch.Elapsed}");
        Assert.False(diff.Shortest);
        Assert.Equal(left, string.Concat(diff.Left.Select(span => span.Text)));
        Assert.Equal(right, string.Concat(diff.Right.Select(span => span.Text)));
        Assert.Contains(diff.Left, span => span.Kind is DiffKind.Same && span.Text.Length > 4);
    }

    [Fact]
    public void A_few_changes_in_a_long_text_are_found_exactly()
    {
        string[] words = [.. Enumerable.Range(0, 50_000).Select(i => $"w{i % 997}")];
        string left = string.Join(' ', words);
        words[10_000] = "first";
        words[40_000] = "second";
        TextDiff diff = TextDiff.Compare(left, string.Join(' ', words));
        Assert.True(diff.Shortest);
        Assert.Equal(["first", "second"], diff.Right.Where(span => span.Kind is DiffKind.OnlyRight).Select(span => span.Text));
    }

    [Fact]
    public void Answers_that_repeat_themselves_do_not_hang()
    {
        var random = new Random(2);
        string loop = string.Concat(Enumerable.Repeat("the the a the ", 30_000)), noise = string.Join(' ', random.GetItems<string>(["the", "a", "of"], 60_000));
        var watch = Stopwatch.StartNew();
        TextDiff diff = TextDiff.Compare(loop + noise, noise + " " + loop);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
        Assert.Equal(loop + noise, string.Concat(diff.Left.Select(span => span.Text)));
    }

    [Fact]
    public void Beyond_the_limit_the_middle_differs_as_a_whole()
    {
        string middle = new('x', 1), many = string.Concat(Enumerable.Repeat("字", TextDiff.MostUnits + 1));
        TextDiff diff = TextDiff.Compare($"begin {middle} end", $"begin {many} end");
        Assert.False(diff.Shortest);
        Assert.Equal([new(DiffKind.Same, "begin "), new(DiffKind.OnlyRight, many), new(DiffKind.Same, " end")], diff.Right);
    }

    /// <summary>Length of the longest common subsequence by the table over all pairs of prefixes: the definition.</summary>
    static int LongestShared(int[] left, int[] right)
    {
        var length = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i < left.Length; i++)
        {
            for (int j = 0; j < right.Length; j++)
                length[i + 1, j + 1] = left[i] == right[j] ? length[i, j] + 1 : Math.Max(length[i, j + 1], length[i + 1, j]);
        }
        return length[left.Length, right.Length];
    }

    static Arbitrary<(int[] Left, int[] Right)> Sequences()
    {
        Gen<int[]> sequence = Gen.Choose(1, 6).SelectMany(most => Gen.Choose(0, 40).SelectMany(length => Gen.Choose(0, most).ArrayOf(length)));
        return sequence.Zip(sequence).Select(pair => (pair.Item1, pair.Item2)).ToArbitrary();
    }

    static Arbitrary<(string Left, string Right)> Pairs()
    {
        Gen<string> fragment = Gen.Elements(
            "a", "cat", " ", "  ", "\n", "你", "好", "e\u0301", "\u0301", "😀", "👨‍👩‍👧", "ไทย", ".", ",", "\ud800", "\udc00", "\u200d", "か\u3099", "한", "\r", "_");
        Gen<string> text = fragment.ArrayOf().Select(string.Concat);
        return text.Zip(text).Select(pair => (pair.Item1, pair.Item2)).ToArbitrary();
    }
}
