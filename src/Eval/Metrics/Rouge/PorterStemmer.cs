namespace Juxta.Eval.Metrics.Rouge;

/// <summary>
/// Porter's stemmer (1980) with NLTK's extensions, which is what ROUGE scores mean by stemming: neither plain Porter nor Porter2. Works in place on
/// lower-case ASCII letters and digits; of the suffixes of a step the first that the word ends in decides, even when its condition fails.
/// </summary>
internal static class PorterStemmer
{
    static readonly Dictionary<string, string> Irregular = new(StringComparer.Ordinal)
    {
        ["sky"] = "sky", ["skies"] = "sky", ["dying"] = "die", ["lying"] = "lie", ["tying"] = "tie", ["news"] = "news",
        ["innings"] = "inning", ["inning"] = "inning", ["outings"] = "outing", ["outing"] = "outing", ["cannings"] = "canning", ["canning"] = "canning",
        ["howe"] = "howe", ["proceed"] = "proceed", ["exceed"] = "exceed", ["succeed"] = "succeed",
    };

    static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> IrregularSpans = Irregular.GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly (string Suffix, string Replacement)[] Step2 =
    [
        ("ational", "ate"), ("tional", "tion"), ("enci", "ence"), ("anci", "ance"), ("izer", "ize"), ("bli", "ble"), ("alli", "al"), ("entli", "ent"),
        ("eli", "e"), ("ousli", "ous"), ("ization", "ize"), ("ation", "ate"), ("ator", "ate"), ("alism", "al"), ("iveness", "ive"), ("fulness", "ful"),
        ("ousness", "ous"), ("aliti", "al"), ("iviti", "ive"), ("biliti", "ble"), ("fulli", "ful"),
    ];

    static readonly (string Suffix, string Replacement)[] Step3 =
        [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")];

    static readonly string[] Step4 =
        ["al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism", "ate", "iti", "ous", "ive", "ize"];

    /// <summary>The stem of a lower-case word.</summary>
    public static string Stem(ReadOnlySpan<char> word)
    {
        if (IrregularSpans.TryGetValue(word, out string? irregular)) return irregular;
        if (word.Length <= 2) return word.ToString();
        Span<char> buffer = word.Length <= 60 ? stackalloc char[64] : new char[word.Length + 4]; // a step lengthens a word by one letter at most
        word.CopyTo(buffer);
        var stem = new Word(buffer, word.Length);
        Plural(ref stem);
        PastAndProgressive(ref stem);
        if (stem.EndsIn("y") && stem.Length > 2 && IsConsonant(stem.Text, stem.Length - 2)) stem.Replace(1, "i");
        DoubleSuffixes(ref stem);
        foreach ((string suffix, string replacement) in Step3)
        {
            if (!stem.EndsIn(suffix)) continue;
            if (Measure(stem.Before(suffix)) > 0) stem.Replace(suffix.Length, replacement);
            break;
        }
        SingleSuffixes(ref stem);
        FinalE(ref stem);
        if (stem.EndsIn("ll") && Measure(stem.Text[..^1]) > 1) stem.Replace(1, "");
        return stem.Text.ToString();
    }

    static void Plural(ref Word word)
    {
        if (word.EndsIn("ies") && word.Length == 4) word.Replace(3, "ie");
        else if (word.EndsIn("sses")) word.Replace(4, "ss");
        else if (word.EndsIn("ies")) word.Replace(3, "i");
        else if (!word.EndsIn("ss") && word.EndsIn("s")) word.Replace(1, "");
    }

    static void PastAndProgressive(ref Word word)
    {
        if (word.EndsIn("ied"))
        {
            word.Replace(3, word.Length == 4 ? "ie" : "i");
            return;
        }
        if (word.EndsIn("eed"))
        {
            if (Measure(word.Before("eed")) > 0) word.Replace(3, "ee");
            return;
        }
        string suffix = word.EndsIn("ed") && ContainsVowel(word.Before("ed")) ? "ed" : "ing";
        if (!word.EndsIn(suffix) || !ContainsVowel(word.Before(suffix))) return;
        word.Replace(suffix.Length, "");
        if (word.EndsIn("at") || word.EndsIn("bl") || word.EndsIn("iz")) word.Replace(0, "e");
        else if (EndsInDoubleConsonant(word.Text))
        {
            if (word.Text[^1] is not ('l' or 's' or 'z')) word.Replace(1, "");
        }
        else if (Measure(word.Text) == 1 && EndsInShortSyllable(word.Text)) word.Replace(0, "e");
    }

    static void DoubleSuffixes(ref Word word)
    {
        if (word.EndsIn("alli") && Measure(word.Before("alli")) > 0) word.Replace(4, "al");
        foreach ((string suffix, string replacement) in Step2)
        {
            if (!word.EndsIn(suffix)) continue;
            if (Measure(word.Before(suffix)) > 0) word.Replace(suffix.Length, replacement);
            return;
        }
        if (word.EndsIn("logi") && Measure(word.Text[..^3]) > 0) word.Replace(4, "log");
    }

    static void SingleSuffixes(ref Word word)
    {
        foreach (string suffix in Step4)
        {
            if (!word.EndsIn(suffix)) continue;
            ReadOnlySpan<char> stem = word.Before(suffix);
            if (Measure(stem) > 1 && (suffix != "ion" || stem[^1] is 's' or 't')) word.Replace(suffix.Length, "");
            return;
        }
    }

    static void FinalE(ref Word word)
    {
        if (!word.EndsIn("e")) return;
        ReadOnlySpan<char> stem = word.Before("e");
        int measure = Measure(stem);
        if (measure > 1 || (measure == 1 && !EndsInShortSyllable(stem))) word.Replace(1, "");
    }

    static bool IsVowelLetter(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u';

    static bool IsConsonant(ReadOnlySpan<char> word, int index)
    {
        if (IsVowelLetter(word[index])) return false;
        if (word[index] != 'y') return true;
        bool consonant = true; // y at the start is one; elsewhere it is the opposite of what stands before it
        int start = index;
        while (start > 0 && word[start - 1] == 'y') start--;
        if (start > 0) consonant = IsVowelLetter(word[start - 1]);
        return (index - start) % 2 == 0 ? consonant : !consonant;
    }

    /// <summary>The m of [C](VC)^m[V].</summary>
    static int Measure(ReadOnlySpan<char> stem)
    {
        int measure = 0;
        bool vowelBefore = false, consonantBefore = false;
        for (int i = 0; i < stem.Length; i++)
        {
            bool consonant = !IsVowelLetter(stem[i]) && (stem[i] != 'y' || i == 0 || !consonantBefore);
            if (consonant && vowelBefore) measure++;
            (vowelBefore, consonantBefore) = (!consonant, consonant);
        }
        return measure;
    }

    static bool ContainsVowel(ReadOnlySpan<char> stem)
    {
        for (int i = 0; i < stem.Length; i++)
        {
            if (!IsConsonant(stem, i)) return true;
        }
        return false;
    }

    static bool EndsInDoubleConsonant(ReadOnlySpan<char> word) => word.Length >= 2 && word[^1] == word[^2] && IsConsonant(word, word.Length - 1);

    /// <summary>Consonant, vowel, consonant other than w, x, y; of two letters also vowel and consonant.</summary>
    static bool EndsInShortSyllable(ReadOnlySpan<char> word) =>
        (word.Length >= 3 && IsConsonant(word, word.Length - 3) && !IsConsonant(word, word.Length - 2) && IsConsonant(word, word.Length - 1) && word[^1] is not ('w' or 'x' or 'y'))
        || (word.Length == 2 && !IsConsonant(word, 0) && IsConsonant(word, 1));

    ref struct Word(Span<char> buffer, int length)
    {
        readonly Span<char> _buffer = buffer;

        public int Length { get; private set; } = length;

        public readonly ReadOnlySpan<char> Text => _buffer[..Length];

        public readonly bool EndsIn(string suffix) => Text.EndsWith(suffix, StringComparison.Ordinal);

        public readonly ReadOnlySpan<char> Before(string suffix) => _buffer[..(Length - suffix.Length)];

        /// <summary>Puts other letters in place of the last ones.</summary>
        public void Replace(int last, string replacement)
        {
            replacement.CopyTo(_buffer[(Length - last)..]);
            Length += replacement.Length - last;
        }
    }
}
