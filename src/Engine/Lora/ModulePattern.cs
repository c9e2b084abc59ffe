using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Juxta.Engine.Lora;

/// <summary>
/// Which modules a PEFT field names: a list (a path equals an entry or ends with "." + entry), a regular expression over the whole path, or
/// "all-linear". Rules of PEFT 0.17 (<c>tuners/tuners_utils.py</c>).
/// </summary>
internal sealed class ModulePattern
{
    /// <summary>For all matches of one expression together: a hostile one can backtrack for ever, a real one needs microseconds.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    const int MaxLength = 1 << 14;

    readonly IReadOnlyList<string> _names = [];
    readonly Regex? _regex;
    readonly Stopwatch _spent = new();

    ModulePattern(IReadOnlyList<string> names) => _names = names;

    ModulePattern(Regex regex) => _regex = regex;

    /// <summary>Names nothing.</summary>
    public static ModulePattern None { get; } = new([]);

    /// <summary>The field said "all-linear": every linear module but the head.</summary>
    public bool AllLinear { get; private init; }

    /// <summary>Whether the field lists names; layers_to_transform narrows lists only.</summary>
    public bool IsList => _regex is null && !AllLinear;

    public static ModulePattern List(IReadOnlyList<string> names) => new(names);

    /// <exception cref="ModelFormatException">The expression is not valid.</exception>
    public static ModulePattern Parse(string text, string file, string field) =>
        text == "all-linear" ? new ModulePattern([]) { AllLinear = true } : new ModulePattern(Compile($@"\A(?:{Translate(text)})\z", text, file, field));

    /// <summary>An expression that must match a whole path or its last dotted parts, as the keys of rank_pattern and alpha_pattern do.</summary>
    /// <exception cref="ModelFormatException">The expression is not valid.</exception>
    public static ModulePattern Suffix(string text, string file, string field) => new(Compile($@"\A(?:.*\.)?(?:{Translate(text)})\z", text, file, field));

    /// <exception cref="ModelFormatException">The expression takes too long.</exception>
    public bool Matches(string path)
    {
        if (_regex is null) return _names.Any(name => path == name || path.EndsWith("." + name, StringComparison.Ordinal));
        try
        {
            _spent.Start();
            if (_spent.Elapsed < Patience) return _regex.IsMatch(path);
        }
        catch (RegexMatchTimeoutException)
        {
        }
        finally
        {
            _spent.Stop();
        }
        throw new ModelFormatException($"the adapter's regular expression '{_regex}' takes too long on '{path}'; write it without nested repetitions");
    }

    /// <summary>Index of the decoder layer in a path: the number after <c>pattern.</c>, or after any name where no pattern is given.</summary>
    public static int? LayerIndex(string path, IReadOnlyList<string> layerPatterns)
    {
        string[] parts = path.Split('.');
        for (int i = 1; i < parts.Length - 1; i++)
        {
            if (int.TryParse(parts[i], out int layer) && (layerPatterns.Count == 0 || layerPatterns.Any(pattern => LastPart(pattern) == parts[i - 1]))) return layer;
        }
        return null;

        static string LastPart(string pattern) => pattern[(pattern.LastIndexOf('.') + 1)..];
    }

    static Regex Compile(string expression, string text, string file, string field)
    {
        if (text.Length > MaxLength) throw new ModelFormatException($"{file}: '{field}' holds a regular expression of {text.Length} characters, more than the {MaxLength} allowed", file);
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException error)
        {
            throw new ModelFormatException($"{file}: '{field}' holds '{text}', which is not a valid regular expression: {error.Message}", file, error);
        }
    }

    /// <summary>Python's named groups in .NET's spelling.</summary>
    static string Translate(string python) => python.Replace("(?P<", "(?<", StringComparison.Ordinal);
}
