using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.EngineTests.Tokenization;

public sealed class PatternTests
{
    static string[] Matches(string pattern, string text)
    {
        using var matches = Pattern.Parse(pattern).Matches(text);
        List<string> found = [];
        while (matches.MoveNext()) found.Add(text[matches.Start..matches.End]);
        return [.. found];
    }

    [Theory]
    [InlineData(@"\p{L}+", "abc 𝟘𝕤𝓵 дом", "abc|𝕤𝓵|дом")]
    [InlineData(@"[^a]", "a😀b", "😀|b")]
    [InlineData(@"(?i:'s)", "'s 'S 'ſ", "'s|'S|'ſ")]
    [InlineData(@"a++b|a", "aab aac", "aab|a|a")]
    [InlineData(@"(?>a+)ab|.", "aab", "a|a|b")]
    [InlineData(@"[\p{L}&&[^a-c]]+", "abcdeF", "deF")]
    [InlineData(@"\p{Han}+", "汉字kana仮名", "汉字|仮名")]
    [InlineData(@"(?<=[a-z])(?=[A-Z]).", "camelCaseWord", "C|W")]
    [InlineData(@"x{2,3}?", "xxxxx", "xx|xx")]
    [InlineData(@"(a|ab)(c|bcd)", "abcd", "abcd")]
    [InlineData(@"^.", "ab\ncd", "a|c")]
    [InlineData(@"\x{1F600}|\u0041", "😀A", "😀|A")]
    [InlineData(@"[[:alpha:]]+", "ab1é", "ab|é")]
    [InlineData(@"\bw", "w ww", "w|w")]
    public void Patterns_match_code_points_as_Oniguruma_does(string pattern, string text, string expected) =>
        Assert.Equal(expected.Split('|'), Matches(pattern, text));

    [Theory]
    [InlineData(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?:ab?|b)*?c|(a*)*b|(?=a)a{2,4}|\p{L}+")]
    public void On_text_of_the_basic_plane_it_agrees_with_the_regular_expressions_of_the_runtime(string pattern)
    {
        var reference = new Regex(pattern, RegexOptions.CultureInvariant);
        var characters = Gen.Elements("abcAB Zé你、'1٣½ \t\r\n!/s-_tlĿ\u0301\u3000".ToCharArray());
        var texts = Gen.ArrayOf(characters).Select(array => new string(array)).ToArbitrary();
        Prop.ForAll(texts, text => reference.Matches(text).Select(match => match.Value).Where(value => value.Length > 0)
            .SequenceEqual(Matches(pattern, text).Where(value => value.Length > 0))).QuickCheckThrowOnFailure();
    }
}
