using System.Text;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.EngineTests.Tokenization;

public sealed class PatternAutomatonTests
{
    const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    const string Llama3 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    const string GptOss = @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    static readonly string[] Parts =
    [
        "a", "B", "ab", "Zé", "ſ", "你", "好的", "𝕤", "𐐀", "𠀀", "😀", "👩‍👩‍👧", "e\u0301", "\u0301", "'", "'s", "'LL", "'Re", "1", "12345", "٣", "½", "𝟘", " ", "  ", "\t", "\u00a0", "\u3000", "\n", "\r\n", "\n \n",
        ".", "!?", "/", "-", "_", "…", "\uFFFD", "\u200d", "\0", "aa", "aaa", "b", "ac",
    ];

    static List<(int, int)> Ranges(Pattern.MatchEnumerator matches)
    {
        List<(int, int)> found = [];
        while (matches.MoveNext()) found.Add((matches.Start, matches.End));
        matches.Dispose();
        return found;
    }

    [Theory]
    [InlineData(Gpt2)]
    [InlineData(Llama3)]
    [InlineData(GptOss)]
    [InlineData(@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"\p{N}{1,3}")]
    [InlineData(@"(?:ab?|b)*?c|a{2,4}?b|\p{L}+")]
    [InlineData(@"(a|ab)(c|bc|)|a(?=c)|")]
    [InlineData(@"(?:a+b?)+(?!a)|(?:b{0,2}a){1,2}?")]
    [InlineData(@"[^a]+?(?=a)|.")]
    public void It_matches_what_backtracking_matches(string source)
    {
        var pattern = Pattern.Parse(source);
        Assert.True(pattern.IsAutomaton);
        var random = new Random(11);
        for (int round = 0; round < 3000; round++)
        {
            var text = new StringBuilder();
            for (int parts = random.Next(12); parts > 0; parts--) text.Append(Parts[random.Next(Parts.Length)]);
            Assert.Equal(Ranges(pattern.MatchesByBacktracking(text.ToString())), Ranges(pattern.Matches(text.ToString())));
        }
    }

    [Theory]
    [InlineData(@"a++b")] // gives nothing back
    [InlineData(@"(?>a+)b")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"a(?=bc)")] // looks two ahead
    [InlineData(@"^a")]
    [InlineData(@"(?:a?)*b")] // can go round without consuming
    [InlineData(@"a{1000}")]
    [InlineData(@"(?:[ab]*a[ab]{12}c)")] // 2^12 states
    public void What_it_cannot_do_is_left_to_backtracking(string source) => Assert.False(Pattern.Parse(source).IsAutomaton);

    [Fact]
    public void Reading_far_ahead_again_and_again_ends_in_an_error()
    {
        var pattern = Pattern.Parse("a+b");
        Assert.True(pattern.IsAutomaton);
        var error = Assert.Throws<Engine.ModelFormatException>(() => Ranges(pattern.Matches(new string('a', 100_000))));
        Assert.Contains("backtracks without end", error.Message, StringComparison.Ordinal);
    }
}
