using System.Text;
using Juxta.Engine.Tokenization.Patterns;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads the <c>pre_tokenizer</c> section into a flat list of steps.</summary>
static class PreTokenizerReader
{
    /// <param name="section">The section; null for none.</param>
    /// <param name="modelCanReadBytes">Whether the model can look bytes up itself.</param>
    /// <param name="modelReadsBytes">Set when it is to do so, because the last step spells bytes: the spelling of every word is saved.</param>
    public static PreTokenizer[] Read(JsonSection? section, bool modelCanReadBytes, out bool modelReadsBytes)
    {
        List<JsonSection> steps = [];
        if (section is { } whole) Flatten(whole, steps);
        bool reads = modelCanReadBytes && steps.Count > 0 && steps[^1].RequireString("type") == "ByteLevel";
        modelReadsBytes = reads;
        return [.. steps.SelectMany((step, index) => Read(step, spell: !(reads && index == steps.Count - 1)))];
    }

    static void Flatten(JsonSection section, List<JsonSection> steps)
    {
        if (section.RequireString("type") != "Sequence") { steps.Add(section); return; }
        foreach (var part in section.Objects("pretokenizers")) Flatten(part, steps);
    }

    static PreTokenizer[] Read(JsonSection section, bool spell)
    {
        switch (section.RequireString("type"))
        {
            case "ByteLevel": return ByteLevel(section, spell);
            case "Metaspace": return [Metaspace(section)];
            case "Split": return [new SplitPreTokenizer(PatternReader.Read(section).Pattern, Behavior(section), section.Bool("invert"))];
            case "Digits": return [Split(CharacterClasses.Numeric, "N", section.Bool("individual_digits") ? SplitBehavior.Isolated : SplitBehavior.Contiguous)];
            case "Punctuation": return [Split(CharacterClasses.Punctuation, "punctuation", Behavior(section))];
            case "Whitespace": return [new SplitPreTokenizer(Words.Value, SplitBehavior.Removed, invert: true)];
            case "WhitespaceSplit": return [Split(CharacterClasses.Space, "white space", SplitBehavior.Removed)];
            case "BertPreTokenizer":
                return [Split(CharacterClasses.Space, "white space", SplitBehavior.Removed), Split(CharacterClasses.Punctuation, "punctuation", SplitBehavior.Isolated)];
            case "CharDelimiterSplit" or "Delimiter":
                return [new SplitPreTokenizer(Pattern.Literal(OneCharacter(section, "delimiter").ToString()), SplitBehavior.Removed, invert: false)];
            case "FixedLength":
                int length = section.Int("length", 5);
                if (length is 0 or > 1000) throw section.Error($"'length' is {length}; expected 1 to 1000");
                return [new SplitPreTokenizer(Pattern.Parse($"(?m:.{{1,{length}}})"), SplitBehavior.Isolated, invert: false)];
            case var type: throw section.Error($"the pre-tokenizer '{type}' is not supported");
        }
    }

    /// <summary>Maximal runs of word characters, and of anything else but white space.</summary>
    static readonly Lazy<Pattern> Words = new(() => Pattern.Words());

    static SplitPreTokenizer Split(CodePointSet set, string name, SplitBehavior behavior) => new(Pattern.OneOf(set, name), behavior, invert: false);

    static PreTokenizer[] ByteLevel(JsonSection section, bool spell)
    {
        bool space = section.Bool("add_prefix_space", true), regex = section.Bool("use_regex", true);
        return space || regex || spell ? [new ByteLevelPreTokenizer(space, regex, spell)] : [];
    }

    static MetaspacePreTokenizer Metaspace(JsonSection section) =>
        new(OneCharacter(section, "replacement"), Scheme(section), section.Bool("split", true));

    public static PrependScheme Scheme(JsonSection section)
    {
        string? name = section.String("prepend_scheme");
        if (!section.Bool("add_prefix_space", true))
            return name is null or "never" ? PrependScheme.Never : throw section.Error("'add_prefix_space' is false, which contradicts 'prepend_scheme'");
        return name switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw section.Error($"the prepend_scheme '{name}' is unknown; known are always, first and never"),
        };
    }

    public static Rune OneCharacter(JsonSection section, string name)
    {
        string text = section.RequireString(name);
        return Rune.DecodeFromUtf16(text, out var rune, out int length) == System.Buffers.OperationStatus.Done && length == text.Length
            ? rune : throw section.Error($"'{name}': expected one character, found '{text}'");
    }

    static SplitBehavior Behavior(JsonSection section) => section.String("behavior") switch
    {
        null or "Isolated" => SplitBehavior.Isolated,
        "Removed" => SplitBehavior.Removed,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        var name => throw section.Error($"the behavior '{name}' is unknown"),
    };
}
