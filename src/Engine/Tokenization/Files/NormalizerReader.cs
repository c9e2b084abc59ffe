using System.Text.Json;
using Juxta.Engine.Tokenization.Normalizers;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;
using Juxta.Engine.Tokenization.Unicode;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads the <c>normalizer</c> section.</summary>
static class NormalizerReader
{
    public static Normalizer Read(JsonSection section) => section.RequireString("type") switch
    {
        "Sequence" => new NormalizerSequence([.. section.Objects("normalizers").Select(Read)]),
        "NFC" => new FunctionNormalizer(UnicodeNormalization.Nfc),
        "NFD" => new FunctionNormalizer(UnicodeNormalization.Nfd),
        "NFKC" => new FunctionNormalizer(UnicodeNormalization.Nfkc),
        "NFKD" => new FunctionNormalizer(UnicodeNormalization.Nfkd),
        "Lowercase" => new FunctionNormalizer(TextRewriting.Lowercase),
        "StripAccents" => new FunctionNormalizer(TextRewriting.StripAccents),
        "Nmt" => new FunctionNormalizer(TextRewriting.Nmt),
        "Strip" => new StripNormalizer(section.Bool("strip_left"), section.Bool("strip_right")),
        "Prepend" => new PrependNormalizer(section.RequireString("prepend")),
        "Replace" => Replace(section),
        "BertNormalizer" => Bert(section),
        "ByteLevel" => new FunctionNormalizer(text => ByteAlphabet.Spell(text)),
        var type => throw section.Error($"the normalizer '{type}' is not supported"),
    };

    static ReplaceNormalizer Replace(JsonSection section)
    {
        var (pattern, literal) = PatternReader.Read(section);
        return new(pattern, literal, section.RequireString("content"));
    }

    static FunctionNormalizer Bert(JsonSection section)
    {
        bool clean = section.Bool("clean_text", true), han = section.Bool("handle_chinese_chars", true), lower = section.Bool("lowercase", true);
        bool accents = section.Bool("strip_accents", lower);
        return new(text => TextRewriting.Bert(text, clean, han, accents, lower));
    }
}

/// <summary>Reads a <c>pattern</c>: a regular expression or a literal text.</summary>
static class PatternReader
{
    public static (Pattern Pattern, string? Literal) Read(JsonSection section)
    {
        // Very old files give the text itself.
        if (section.Find("pattern") is { ValueKind: JsonValueKind.String } text)
            return Literal(section.AsString(text, "pattern"));
        var pattern = section.RequireObject("pattern");
        if (pattern.String("String") is { } literal) return Literal(literal);
        string source = pattern.String("Regex") ?? throw pattern.Error("expected 'Regex' or 'String'");
        try
        {
            return (Pattern.Parse(source), null);
        }
        catch (ModelFormatException error)
        {
            throw new ModelFormatException($"{pattern.Path}: {error.Message}", section.File, error);
        }

        static (Pattern, string?) Literal(string text) => (Pattern.Literal(text), text);
    }
}
