using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Sampling;

public class StopMatcherTests
{
    [Fact]
    public void Text_is_held_back_while_it_may_become_a_stop_string_and_no_longer()
    {
        var matcher = new StopMatcher(["\nUser:", "</s>"]);
        Assert.Equal("Hi.", matcher.Push("Hi."));
        Assert.Equal("", matcher.Push("\n"));
        Assert.Equal("", matcher.Push("Use"));
        Assert.Equal("\nUseful", matcher.Push("ful"));
        Assert.Equal(" a<b", matcher.Push(" a<b<"));
        Assert.Equal("<", matcher.Push("<"));
        Assert.Equal("", matcher.Push("/s"));
        Assert.Null(matcher.Matched);
        Assert.Equal("", matcher.Push("> never seen"));
        Assert.Equal("</s>", matcher.Matched);
    }

    [Fact]
    public void The_match_that_completes_first_wins_and_then_the_one_that_starts_first()
    {
        var first = new StopMatcher(["abcd", "bc"]);
        Assert.Equal("xa", first.Push("xabcd"));
        Assert.Equal("bc", first.Matched);
        var longest = new StopMatcher(["c", "abc", "bc"]);
        Assert.Equal("x", longest.Push("xabc"));
        Assert.Equal("abc", longest.Matched);
    }

    [Fact]
    public void A_stop_string_within_itself_is_found()
    {
        var matcher = new StopMatcher(["aab"]);
        Assert.Equal("a", matcher.Push("aaab"));
        Assert.Equal("aab", matcher.Matched);
    }

    [Fact]
    public void A_match_that_does_not_count_yet_is_ordinary_text()
    {
        var matcher = new StopMatcher(["abab"]);
        Assert.Equal("ab", matcher.Push("abab", honour: false)); // "ab" may begin another
        Assert.Null(matcher.Matched);
        Assert.Equal("", matcher.Push("ab"));
        Assert.Equal("abab", matcher.Matched);
    }

    [Fact]
    public void Half_a_surrogate_pair_in_common_does_not_tear_a_character()
    {
        var matcher = new StopMatcher(["😀"]);
        Assert.Equal("😁", matcher.Push("😁")); // shares its first UTF-16 unit with the stop string
        Assert.Equal("é", matcher.Push("é😀"));
    }

    [Fact]
    public void Random_pieces_give_what_a_search_of_the_whole_text_gives()
    {
        Gen<(string[] Stops, string[] Pieces)> cases =
            from stops in Word(1, 5).ArrayOf().Where(stops => stops.Length is > 0 and <= 5)
            from pieces in Word(0, 4).ArrayOf(20)
            select (stops, pieces);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            string text = string.Concat(c.Pieces);
            (int end, string? stop) = Naive(text, c.Stops);
            var matcher = new StopMatcher(c.Stops);
            string seen = "";
            foreach (string piece in c.Pieces)
            {
                seen += matcher.Push(piece);
                if (matcher.Matched is not null) break;
            }
            seen += matcher.Release();
            return matcher.Matched == stop && seen == (stop is null ? text : text[..(end - stop.Length)]);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_is_held_that_cannot_become_a_stop_string()
    {
        Gen<(string[] Stops, string Text)> cases =
            from stops in Word(1, 5).ArrayOf().Where(stops => stops.Length is > 0 and <= 5)
            from text in Word(0, 12)
            where Naive(text, stops).Stop is null
            select (stops, text);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            string certain = new StopMatcher(c.Stops).Push(c.Text);
            int held = Enumerable.Range(0, c.Text.Length + 1).First(start => c.Stops.Any(stop => stop.StartsWith(c.Text[start..], StringComparison.Ordinal)));
            return certain == c.Text[..held];
        }).QuickCheckThrowOnFailure();
    }

    static Gen<string> Word(int least, int most) =>
        from length in Gen.Choose(least, most)
        from letters in Gen.Elements('a', 'b', 'ü').ArrayOf(length)
        select new string(letters);

    /// <summary>Where the first match ends, and the longest stop string that ends there.</summary>
    static (int End, string? Stop) Naive(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
        {
            string? stop = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length);
            if (stop is not null) return (end, stop);
        }
        return (0, null);
    }
}
