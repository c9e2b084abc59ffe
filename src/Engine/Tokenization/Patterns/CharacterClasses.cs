using Juxta.Engine.Tokenization.Unicode;
using static System.Globalization.UnicodeCategory;

namespace Juxta.Engine.Tokenization.Patterns;

/// <summary>Named sets of code points: properties, POSIX brackets, the escapes <c>\s \d \w \h</c>, and case variants.</summary>
static class CharacterClasses
{
    static readonly CodePointSet Letter = UnicodeData.CategoriesOf(UppercaseLetter, LowercaseLetter, TitlecaseLetter, ModifierLetter, OtherLetter);
    static readonly CodePointSet Mark = UnicodeData.CategoriesOf(NonSpacingMark, SpacingCombiningMark, EnclosingMark);
    static readonly CodePointSet Number = UnicodeData.CategoriesOf(DecimalDigitNumber, LetterNumber, OtherNumber);
    static readonly CodePointSet UnicodePunctuation = UnicodeData.CategoriesOf(
        ConnectorPunctuation, DashPunctuation, OpenPunctuation, ClosePunctuation, InitialQuotePunctuation, FinalQuotePunctuation, OtherPunctuation);
    static readonly CodePointSet Symbol = UnicodeData.CategoriesOf(MathSymbol, CurrencySymbol, ModifierSymbol, OtherSymbol);
    static readonly CodePointSet Separator = UnicodeData.CategoriesOf(SpaceSeparator, LineSeparator, ParagraphSeparator);
    static readonly CodePointSet Other = UnicodeData.CategoriesOf(Control, Format, Surrogate, PrivateUse, OtherNotAssigned);

    // The three properties are of Unicode 14; categories bring in what is newer.
    static readonly CodePointSet Alphabetic = UnicodeData.Named("alphabetic")!.Union(Letter).Union(UnicodeData.Category(LetterNumber));
    static readonly CodePointSet Uppercase = UnicodeData.Named("uppercase")!.Union(UnicodeData.Category(UppercaseLetter));
    static readonly CodePointSet Lowercase = UnicodeData.Named("lowercase")!.Union(UnicodeData.Category(LowercaseLetter));

    /// <summary><c>\s</c>: the White_Space property.</summary>
    public static CodePointSet Space { get; } = CodePointSet.OfRanges(
        [(0x9, 0xD), (0x20, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)]);

    /// <summary><c>\d</c>: decimal digits of every script.</summary>
    public static CodePointSet Digit { get; } = UnicodeData.Category(DecimalDigitNumber);

    /// <summary>Alphabetic characters, marks, decimal digits and connectors.</summary>
    public static CodePointSet Word { get; } = Alphabetic.Union(Mark).Union(Digit).Union(UnicodeData.Category(ConnectorPunctuation));

    /// <summary><c>\w</c> as Oniguruma has it outside brackets: with the superscripts and fractions of Latin-1.</summary>
    public static CodePointSet WordAlone { get; } = Word.Union(CodePointSet.OfRanges([(0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE)]));

    /// <summary><c>\w</c> as Unicode Technical Standard 18 has it: with the two joiners.</summary>
    public static CodePointSet WordOfStandard { get; } = Word.Union(CodePointSet.OfRanges([(0x200C, 0x200D)]));

    /// <summary><c>\h</c>.</summary>
    public static CodePointSet HexDigit { get; } = CodePointSet.OfRanges([('0', '9'), ('a', 'f'), ('A', 'F')]);

    /// <summary>Every numeric character, the class N.</summary>
    public static CodePointSet Numeric => Number;

    /// <summary>ASCII punctuation and symbols, and the class P.</summary>
    public static CodePointSet Punctuation { get; } =
        CodePointSet.OfRanges([('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]).Union(UnicodePunctuation);

    /// <summary>A POSIX bracket's name; <c>punct</c> includes symbols there. Null for an unknown one.</summary>
    public static CodePointSet? Posix(string name) => name == "punct" ? UnicodePunctuation.Union(Symbol) : Named(name);

    /// <summary>A property, category, script or POSIX name in any spelling; null for an unknown one.</summary>
    public static CodePointSet? Named(string name)
    {
        string key = new([.. name.Where(c => c is not ('_' or ' ' or '-')).Select(char.ToLowerInvariant)]);
        if (key.StartsWith("script=", StringComparison.Ordinal)) key = key["script=".Length..];
        return key switch
        {
            "any" => CodePointSet.All,
            "assigned" => UnicodeData.Category(OtherNotAssigned).Complement(),
            "l" or "letter" => Letter,
            "lu" or "uppercaseletter" => UnicodeData.Category(UppercaseLetter),
            "ll" or "lowercaseletter" => UnicodeData.Category(LowercaseLetter),
            "lt" or "titlecaseletter" => UnicodeData.Category(TitlecaseLetter),
            "lc" or "casedletter" => UnicodeData.CategoriesOf(UppercaseLetter, LowercaseLetter, TitlecaseLetter),
            "lm" or "modifierletter" => UnicodeData.Category(ModifierLetter),
            "lo" or "otherletter" => UnicodeData.Category(OtherLetter),
            "m" or "mark" or "combiningmark" => Mark,
            "mn" or "nonspacingmark" => UnicodeData.Category(NonSpacingMark),
            "mc" or "spacingmark" => UnicodeData.Category(SpacingCombiningMark),
            "me" or "enclosingmark" => UnicodeData.Category(EnclosingMark),
            "n" or "number" => Number,
            "nd" or "decimalnumber" or "digit" => Digit,
            "nl" or "letternumber" => UnicodeData.Category(LetterNumber),
            "no" or "othernumber" => UnicodeData.Category(OtherNumber),
            "p" or "punct" or "punctuation" => UnicodePunctuation,
            "pc" or "connectorpunctuation" => UnicodeData.Category(ConnectorPunctuation),
            "pd" or "dashpunctuation" => UnicodeData.Category(DashPunctuation),
            "ps" or "openpunctuation" => UnicodeData.Category(OpenPunctuation),
            "pe" or "closepunctuation" => UnicodeData.Category(ClosePunctuation),
            "pi" or "initialpunctuation" => UnicodeData.Category(InitialQuotePunctuation),
            "pf" or "finalpunctuation" => UnicodeData.Category(FinalQuotePunctuation),
            "po" or "otherpunctuation" => UnicodeData.Category(OtherPunctuation),
            "s" or "symbol" => Symbol,
            "sm" or "mathsymbol" => UnicodeData.Category(MathSymbol),
            "sc" or "currencysymbol" => UnicodeData.Category(CurrencySymbol),
            "sk" or "modifiersymbol" => UnicodeData.Category(ModifierSymbol),
            "so" or "othersymbol" => UnicodeData.Category(OtherSymbol),
            "z" or "separator" => Separator,
            "zs" or "spaceseparator" => UnicodeData.Category(SpaceSeparator),
            "zl" or "lineseparator" => UnicodeData.Category(LineSeparator),
            "zp" or "paragraphseparator" => UnicodeData.Category(ParagraphSeparator),
            "c" or "other" => Other,
            "cc" or "control" or "cntrl" => UnicodeData.Category(Control),
            "cf" or "format" => UnicodeData.Category(Format),
            "cn" or "unassigned" => UnicodeData.Category(OtherNotAssigned),
            "co" or "privateuse" => UnicodeData.Category(PrivateUse),
            "cs" or "surrogate" => UnicodeData.Category(Surrogate),
            "alpha" or "alphabetic" => Alphabetic,
            "alnum" => Alphabetic.Union(Digit),
            "upper" or "uppercase" => Uppercase,
            "lower" or "lowercase" => Lowercase,
            "space" or "whitespace" => Space,
            "blank" => UnicodeData.Category(SpaceSeparator).Union(CodePointSet.Of('\t')),
            "word" => Word,
            "xdigit" or "hexdigit" or "asciihexdigit" => HexDigit,
            "ascii" => CodePointSet.OfRanges([(0, 0x7F)]),
            "graph" => Space.Union(UnicodeData.CategoriesOf(Control, Surrogate, OtherNotAssigned)).Complement(),
            "print" => Space.Union(UnicodeData.CategoriesOf(Control, Surrogate, OtherNotAssigned)).Complement().Union(UnicodeData.Category(SpaceSeparator)),
            _ => UnicodeData.Named(key),
        };
    }

    /// <summary>The set with every other case of its members: <c>s</c> brings <c>S</c> and <c>ſ</c>.</summary>
    public static CodePointSet AnyCase(CodePointSet set)
    {
        List<(int, int)> added = [];
        foreach (var (code, folded) in Folded.Value)
            if (FoldedIn(folded) || set.Contains(code))
                added.AddRange(CaseClass(code).Select(other => (other, other)));
        return set.Union(CodePointSet.OfRanges(added));

        bool FoldedIn(int folded) => set.Contains(folded);
    }

    static IEnumerable<int> CaseClass(int code)
    {
        int folded = Fold(code);
        return Classes.Value.TryGetValue(folded, out var members) ? members.Append(folded) : [code];
    }

    /// <summary>Code points whose simple folding is another one, with that one.</summary>
    static readonly Lazy<Dictionary<int, int>> Folded = new(() =>
    {
        Dictionary<int, int> folded = [];
        for (int code = 0; code < 0x1F000; code++)
            if (code is < 0xD800 or >= 0xE000 && Fold(code) is var other && other != code) folded[code] = other;
        return folded;
    });

    static readonly Lazy<Dictionary<int, List<int>>> Classes = new(() =>
        Folded.Value.GroupBy(pair => pair.Value).ToDictionary(group => group.Key, group => group.Select(pair => pair.Key).ToList()));

    static int Fold(int code)
    {
        // The runtime leaves the long s alone, lest "ſ" equal "s" in file names.
        if (code == 0x17F) return 's';
        var rune = new System.Text.Rune(code);
        return System.Text.Rune.ToLowerInvariant(System.Text.Rune.ToUpperInvariant(rune)).Value;
    }
}
