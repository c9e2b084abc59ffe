namespace Juxta.Demo.Talk;

/// <summary>How numbers and nouns are written.</summary>
internal static class Wording
{
    static readonly string[] English = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    static readonly string[] Chinese = ["没有", "一", "两", "三", "四", "五", "六", "七", "八", "九", "十"];

    /// <summary>A count before an English noun: no, one, two …</summary>
    public static string CountInEnglish(int count) => English[count];

    /// <summary>A count before a Chinese measure word: 一, 两, 三 …</summary>
    public static string CountInChinese(int count) => Chinese[count];

    /// <summary>With its article: a cat, an apple.</summary>
    public static string One(string noun) => ("aeiou".Contains(noun[0], StringComparison.Ordinal) ? "an " : "a ") + noun;

    /// <summary>As the beginning of a sentence.</summary>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
