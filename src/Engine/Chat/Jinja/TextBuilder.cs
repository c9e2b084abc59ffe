using System.Text;
using Juxta.Engine.Chat.Jinja.Values;

namespace Juxta.Engine.Chat.Jinja;

/// <summary>A stretch of a string up to <paramref name="End"/> (exclusive, UTF-16 units) with one author.</summary>
internal readonly record struct Run(int End, int Author);

/// <summary>Collects text with its authors. Neighbouring stretches of one author become one run.</summary>
internal sealed class TextBuilder(Budget budget)
{
    readonly StringBuilder _text = new();
    readonly List<Run> _runs = [];
    int _lastAuthor = PromptSpan.Template;

    public int Length => _text.Length;
    public Budget Budget => budget;

    public void Append(char unit, int author)
    {
        budget.CheckLength(_text.Length + 1L);
        budget.Allocate(1);
        _text.Append(unit);
        Extend(author);
    }

    public void Append(string text, int author) => Append(text.AsSpan(), author);

    public void Append(ReadOnlySpan<char> text, int author)
    {
        if (text.IsEmpty)
        {
            if (_text.Length == 0) _lastAuthor = author;
            return;
        }
        budget.CheckLength(_text.Length + (long)text.Length);
        budget.Allocate(text.Length);
        _text.Append(text);
        Extend(author);
    }

    public void Append(char unit, int count, int author)
    {
        if (count <= 0) return;
        budget.CheckLength(_text.Length + (long)count);
        budget.Allocate(count);
        _text.Append(unit, count);
        Extend(author);
    }

    public void Append(StrValue text) => Append(text, 0, text.Units.Length);

    /// <summary>Appends the UTF-16 units [start, start + length) of <paramref name="text"/> with their authors.</summary>
    public void Append(StrValue text, int start, int length)
    {
        var units = text.Units.AsSpan(start, length);
        if (text.Runs is not { } runs)
        {
            Append(units, text.Author);
            return;
        }
        int end = start + length, position = start;
        for (int run = text.RunAt(start); position < end; run++)
        {
            int stop = Math.Min(runs[run].End, end);
            Append(text.Units.AsSpan(position, stop - position), runs[run].Author);
            position = stop;
        }
    }

    void Extend(int author)
    {
        _lastAuthor = author;
        if (_runs.Count > 0 && _runs[^1].Author == author) _runs[^1] = new Run(_text.Length, author);
        else _runs.Add(new Run(_text.Length, author));
    }

    public StrValue ToValue(bool markup = false) => _runs.Count <= 1
        ? new StrValue(_text.ToString(), _runs.Count == 1 ? _runs[0].Author : _lastAuthor, markup)
        : new StrValue(_text.ToString(), [.. _runs], markup);

    public PromptText ToPrompt()
    {
        var spans = new PromptSpan[_runs.Count];
        int start = 0;
        for (int i = 0; i < spans.Length; start = _runs[i].End, i++)
            spans[i] = new PromptSpan(start, _runs[i].End - start, _runs[i].Author);
        return new PromptText(_text.ToString(), spans);
    }
}
