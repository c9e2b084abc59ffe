using FsCheck;
using FsCheck.Fluent;
using Juxta.Engine.Tokenization.Unicode;

namespace Juxta.EngineTests.Tokenization;

public sealed class UnicodeNormalizationTests
{
    // From the Unicode standard's annex 15: figures 3 to 6 and its Hangul and ordering rules.
    [Theory]
    [InlineData("\u00C5", "A\u030A", "\u00C5", "A\u030A", "\u00C5")]
    [InlineData("\u212B", "A\u030A", "\u00C5", "A\u030A", "\u00C5")]
    [InlineData("\u1E9B\u0323", "\u017F\u0323\u0307", "\u1E9B\u0323", "s\u0323\u0307", "\u1E69")]
    [InlineData("\uFB01", "\uFB01", "\uFB01", "fi", "fi")]
    [InlineData("\uAC01", "\u1100\u1161\u11A8", "\uAC01", "\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("a\u0301\u0323", "a\u0323\u0301", "\u1EA1\u0301", "a\u0323\u0301", "\u1EA1\u0301")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C", "\u0915\u093C")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("ｶﾞ", "ｶﾞ", "ｶﾞ", "カ\u3099", "ガ")]
    [InlineData("か\u3099", "か\u3099", "が", "か\u3099", "が")]
    public void The_forms_of_the_standard(string text, string nfd, string nfc, string nfkd, string nfkc)
    {
        Assert.Equal(nfd, UnicodeNormalization.Nfd(text));
        Assert.Equal(nfc, UnicodeNormalization.Nfc(text));
        Assert.Equal(nfkd, UnicodeNormalization.Nfkd(text));
        Assert.Equal(nfkc, UnicodeNormalization.Nfkc(text));
    }

    [Fact]
    public void Each_form_is_stable_and_composition_undoes_decomposition()
    {
        var characters = Gen.Elements("a", "e", "\u0301", "\u0323", "\u030A", "é", "你", "각", "\u1100", "\u1161", "\u11A8", "ﬁ", "Å", "か", "\u3099", "😀", " ", "\u0345", "ᾳ", "क", "\u093C");
        var texts = Gen.ArrayOf(characters).Select(string.Concat).ToArbitrary();
        Prop.ForAll(texts, text =>
            UnicodeNormalization.Nfc(UnicodeNormalization.Nfc(text)) == UnicodeNormalization.Nfc(text)
            && UnicodeNormalization.Nfd(UnicodeNormalization.Nfc(text)) == UnicodeNormalization.Nfd(text)
            && UnicodeNormalization.Nfc(UnicodeNormalization.Nfd(text)) == UnicodeNormalization.Nfc(text)
            && UnicodeNormalization.Nfkc(UnicodeNormalization.Nfkd(text)) == UnicodeNormalization.Nfkc(text)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Characters_newer_than_the_reference_tables_stay_as_they_are() => Assert.Equal("\u32FF", UnicodeNormalization.Nfkc("\u32FF"));
}
