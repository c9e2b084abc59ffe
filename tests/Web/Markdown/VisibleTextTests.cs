using Juxta.Web.Markdown;

namespace Juxta.WebTests.Markdown;

public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("access = \"user\u202E // nimda\"", "access = \"user⟨U+202E⟩ // nimda\"")]
    [InlineData("\u2066a\u2069\u200E\u200F\u061C", "⟨U+2066⟩a⟨U+2069⟩⟨U+200E⟩⟨U+200F⟩⟨U+061C⟩")]
    [InlineData("\u001b[31mred\u001b[0m\a\u0000\u007f\u009b", "␛[31mred␛[0m␇␀␡⟨U+009B⟩")]
    [InlineData("pass\u200Bword\uFEFF\u2060\u00AD", "pass⟨U+200B⟩word⟨U+FEFF⟩⟨U+2060⟩⟨U+00AD⟩")]
    [InlineData("ab\u200Dcd\u200C", "ab⟨U+200D⟩cd⟨U+200C⟩")]
    [InlineData("\U000E0068\U000E0069\U000E0100", "⟨U+E0068⟩⟨U+E0069⟩⟨U+E0100⟩")]
    [InlineData("\u2028\u2029\u3164", "⟨U+2028⟩⟨U+2029⟩⟨U+3164⟩")]
    public void What_hides_is_written_out(string text, string visible) => Assert.Equal(visible, VisibleText.Of(text));

    [Theory]
    [InlineData("plain\ttext\r\nover lines")]
    [InlineData("你好,世界 👩‍👩‍👧 ❤️ 🏳️‍🌈 ©️")]
    [InlineData("می‌خواهم क्‍ष שלום مرحبا")]
    [InlineData("")]
    public void Ordinary_text_of_any_script_stays_as_it_is(string text) => Assert.Equal(text, VisibleText.Of(text));

    [Fact]
    public void Half_characters_become_the_replacement_character() => Assert.Equal("a\uFFFDb\uFFFD", VisibleText.Of("a\ud83db\udc00"));

    [Fact]
    public void Nothing_hides_in_an_answer_its_code_or_a_formula()
    {
        string html = MarkdownText.ToHtml("a\u202Eb `c\u202Ed` $e\u202Ef$\n\n```\ng\u202Eh\n```\n\n|i\u202Ej|\n|-|\n\n![k\u202El](x)");
        Assert.DoesNotContain("\u202E", html, StringComparison.Ordinal);
        Assert.Equal(6, html.Split("U+202E").Length - 1);
    }
}
