using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization.Normalizers;

namespace Juxta.Engine.Tokenization.AddedTokens;

/// <summary>Recognises special tokens only where a chat template wrote all of their characters (design D7).</summary>
sealed class TemplateSpans : Recognition
{
    /// <summary>Stretches of the template, ascending, none touching: [start, end).</summary>
    readonly List<(int Start, int End)> _stretches = [];

    TemplateSpans(List<(int, int)> stretches) => _stretches = stretches;

    public TemplateSpans(PromptText prompt)
    {
        foreach (var span in prompt.Spans)
        {
            if (span.Message != PromptSpan.Template || span.Length <= 0) continue;
            if (_stretches.Count > 0 && _stretches[^1].End == span.Start) _stretches[^1] = (_stretches[^1].Start, span.End);
            else _stretches.Add((span.Start, span.End));
        }
    }

    /// <summary>A message's text must not hide a token of the template by forming a longer one with it.</summary>
    public override bool LooksWithinRefused => true;

    public override bool Allows(int start, int end)
    {
        int low = 0, high = _stretches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_stretches[middle].Start <= start) low = middle + 1;
            else high = middle;
        }
        return low > 0 && end <= _stretches[low - 1].End;
    }

    /// <summary>The same for a section's normalised text, whose borders are those of its normalised beginnings.</summary>
    public Recognition Within(Section section, string original, string normalized, Normalizer? normalizer)
    {
        List<(int, int)> stretches = [];
        foreach (var (start, end) in _stretches)
        {
            int from = Math.Max(start, section.Start) - section.Start, to = Math.Min(end, section.End) - section.Start;
            if (from >= to) continue;
            if (ReferenceEquals(original, normalized) || original == normalized) stretches.Add((from, to));
            else if (Border(from) is int first && Border(to) is int last && first < last) stretches.Add((first, last));
        }
        return new TemplateSpans(stretches);

        int? Border(int position)
        {
            if (position == original.Length) return normalized.Length;
            if (position == 0) return 0;
            string beginning = normalizer!.Apply(original[..position]);
            return normalized.StartsWith(beginning, StringComparison.Ordinal) ? beginning.Length : null;
        }
    }
}
