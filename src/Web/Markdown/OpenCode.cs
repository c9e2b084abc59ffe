using System.Text;
using Markdig.Syntax;

namespace Juxta.Web.Markdown;

/// <summary>A fenced code block while it is written: lines in pieces that do not change any more, and the newest lines.</summary>
public sealed class OpenCode
{
    const int PieceLines = 64;
    const int PieceCharacters = 4_000;

    readonly List<string> _pieces = [];
    readonly StringBuilder _piece = new();
    readonly char _fence;
    readonly int _fenceLength;
    readonly int _indent;
    int _lines;
    bool _insideLine;
    string _line = "";

    OpenCode(FencedCodeBlock block, int length)
    {
        (_fence, _fenceLength, _indent) = (block.FencedChar, block.OpeningFencedCharCount, block.Column);
        (Language, Length) = (HtmlAllowList.SafeLanguage(block.Info), length);
    }

    /// <summary>As its fence names it; null where it names none.</summary>
    public string? Language { get; }

    /// <summary>Characters of the block that were read, its opening fence included.</summary>
    public int Length { get; private set; }

    /// <summary>Pieces that are only ever added to.</summary>
    public IReadOnlyList<string> Pieces => _pieces;

    /// <summary>The lines after them.</summary>
    public string Last => VisibleText.Of(_piece + _line);

    /// <param name="block">A block without its end; the first of the text.</param>
    /// <param name="text">Its source, with whatever stands before its opening fence.</param>
    internal static OpenCode Begin(FencedCodeBlock block, string text)
    {
        int fence = text.IndexOf(new string(block.FencedChar, block.OpeningFencedCharCount), StringComparison.Ordinal);
        int end = LineEnd(text, fence);
        return new OpenCode(block, end + LineBreak(text, end));
    }

    /// <summary>Reads on.</summary>
    /// <param name="text">What comes after <see cref="Length"/>.</param>
    /// <param name="ended">Nothing more will come.</param>
    /// <returns>Whether the block is over.</returns>
    public bool Read(string text, bool ended)
    {
        int at = 0;
        while (true)
        {
            int end = LineEnd(text, at);
            if (end == text.Length || (end == text.Length - 1 && text[end] == '\r' && !ended)) break;
            ReadOnlySpan<char> line = text.AsSpan(at, end - at);
            int next = end + LineBreak(text, end);
            bool closes = !_insideLine && Closes(line);
            if (!closes) Take(line, endOfLine: true);
            at = next;
            if (!closes) continue;
            Length += at;
            return true;
        }
        while (text.Length - at > PieceCharacters)
        {
            int length = char.IsHighSurrogate(text[at + PieceCharacters - 1]) ? PieceCharacters - 1 : PieceCharacters;
            Take(text.AsSpan(at, length), endOfLine: false);
            at += length;
        }
        Length += ended ? text.Length : at;
        _line = text[at..];
        return ended;
    }

    void Take(ReadOnlySpan<char> line, bool endOfLine)
    {
        int indent = 0;
        while (!_insideLine && indent < _indent && indent < line.Length && line[indent] == ' ') indent++;
        _piece.Append(line[indent..]);
        if (endOfLine) _piece.Append('\n');
        _insideLine = !endOfLine;
        if (++_lines < PieceLines && _piece.Length < PieceCharacters) return;
        _pieces.Add(VisibleText.Of(_piece.ToString()));
        _piece.Clear();
        _lines = 0;
    }

    /// <summary>CommonMark 0.31, 4.5: up to three spaces, at least as many fence characters as opened it, then nothing.</summary>
    bool Closes(ReadOnlySpan<char> line)
    {
        ReadOnlySpan<char> fence = line.TrimStart(' ');
        if (line.Length - fence.Length > 3) return false;
        ReadOnlySpan<char> rest = fence.TrimStart(_fence);
        return fence.Length - rest.Length >= _fenceLength && rest.IsWhiteSpace();
    }

    static int LineEnd(string text, int at)
    {
        int end = text.AsSpan(at).IndexOfAny('\n', '\r');
        return end < 0 ? text.Length : at + end;
    }

    /// <summary>Length of the line break at an index.</summary>
    static int LineBreak(string text, int at) => at >= text.Length ? 0 : text.AsSpan(at).StartsWith("\r\n") ? 2 : 1;
}
