using System.Text;
using Juxta.Engine.Tokenization.Patterns;

namespace Juxta.Engine.Tokenization.Normalizers;

/// <summary>Rewrites text before it is split: the <c>normalizer</c> section of tokenizer.json.</summary>
abstract class Normalizer
{
    public abstract string Apply(string text);

    /// <summary>The same where it matters whether the text begins what is encoded or follows a special token.</summary>
    public virtual string Apply(string text, bool atBeginning) => Apply(text);

    /// <summary>
    /// How many leading units of the result come from the first character of the original text, when
    /// <paramref name="opening"/> leading units of <paramref name="text"/> do. (Metaspace's "first" asks for it.)
    /// </summary>
    public virtual int Opening(string text, int opening) => opening == 0 ? 0 : Apply(text[..opening]).Length;
}

/// <summary>Several normalizers, one after another.</summary>
sealed class NormalizerSequence(IReadOnlyList<Normalizer> normalizers) : Normalizer
{
    public override string Apply(string text) => Apply(text, atBeginning: true);

    public override string Apply(string text, bool atBeginning) => normalizers.Aggregate(text, (current, normalizer) => normalizer.Apply(current, atBeginning));

    public override int Opening(string text, int opening)
    {
        foreach (var normalizer in normalizers)
        {
            opening = normalizer.Opening(text, opening);
            text = normalizer.Apply(text);
        }
        return opening;
    }
}

/// <summary>A normalizer that works character by character, or nearly so.</summary>
sealed class FunctionNormalizer(Func<string, string> function) : Normalizer
{
    public override string Apply(string text) => function(text);
}

/// <summary>Removes white space at the ends.</summary>
sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Apply(string text)
    {
        if (left) text = text.TrimStart();
        return right ? text.TrimEnd() : text;
    }

    public override int Opening(string text, int opening) => left ? text[..opening].TrimStart().Length : opening;
}

/// <summary>Puts something before any text that is not empty.</summary>
sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override string Apply(string text) => text.Length == 0 ? text : prefix + text;

    public override int Opening(string text, int opening) => opening == 0 ? 0 : prefix.Length + opening;
}

/// <summary>Replaces the matches of a pattern.</summary>
sealed class ReplaceNormalizer(Pattern pattern, string? literal, string content) : Normalizer
{
    public override string Apply(string text) =>
        literal is { Length: > 0 } ? text.Replace(literal, content, StringComparison.Ordinal) : Replace(text, pattern, content);

    public static string Replace(string text, Pattern pattern, string content)
    {
        using var matches = pattern.Matches(text);
        StringBuilder? output = null;
        int copied = 0;
        while (matches.MoveNext())
        {
            output ??= new StringBuilder(text.Length);
            output.Append(text, copied, matches.Start - copied).Append(content);
            copied = matches.End;
        }
        return output is null ? text : output.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>A replacement belongs to the last character of its match.</summary>
    public override int Opening(string text, int opening)
    {
        using var matches = pattern.Matches(text);
        int length = 0, copied = 0;
        while (copied < opening && matches.MoveNext())
        {
            if (matches.Start >= opening) break;
            length += matches.Start - copied;
            copied = matches.End;
            if (matches.End > opening) return length;
            length += content.Length;
        }
        return length + Math.Max(0, opening - copied);
    }
}
