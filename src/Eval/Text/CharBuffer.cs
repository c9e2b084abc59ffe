using System.Runtime.CompilerServices;

namespace Juxta.Eval.Text;

/// <summary>A growing run of characters that is used again for the next text, so that tokenizing allocates nothing.</summary>
internal sealed class CharBuffer
{
    char[] _chars = new char[1024];

    public int Length { get; private set; }

    public ReadOnlySpan<char> Span => _chars.AsSpan(0, Length);

    public ReadOnlySpan<char> From(int start) => _chars.AsSpan(start, Length - start);

    public void Clear() => Length = 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(char c)
    {
        if (Length == _chars.Length) Grow(1);
        _chars[Length++] = c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(ReadOnlySpan<char> text)
    {
        if (_chars.Length - Length < text.Length) Grow(text.Length);
        text.CopyTo(_chars.AsSpan(Length));
        Length += text.Length;
    }

    /// <summary>Appends text with a space on either side.</summary>
    public void AppendSpaced(ReadOnlySpan<char> text)
    {
        Append(' ');
        Append(text);
        Append(' ');
    }

    void Grow(int more) => Array.Resize(ref _chars, Math.Max(_chars.Length * 2, Length + more));
}
