using System.Text;
using System.Text.Unicode;
using Juxta.Engine;

namespace Juxta.Training.Corpora;

/// <summary>The lines of a UTF-8 stream, one after another, each a copy of its own.</summary>
internal sealed class Utf8Lines(string file, Stream content)
{
    /// <summary>Bytes of one line; a longer one is no line of a training file.</summary>
    const int LongestLine = 1 << 30;

    byte[] _buffer = new byte[1 << 16];
    int _start, _end, _line;
    bool _over;

    /// <summary>The next line without its line feed; null behind the last.</summary>
    /// <exception cref="RequestException">It is not UTF-8, or endless.</exception>
    public ReadOnlyMemory<byte>? Next()
    {
        int searched = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (length >= 0) return Take(searched + length, feed: 1);
            searched = _end - _start;
            if (_over && searched == 0) return null;
            if (_over) return Take(searched, feed: 0);
            Fill();
        }
    }

    ReadOnlyMemory<byte> Take(int length, int feed)
    {
        byte[] line = _buffer.AsSpan(_start, length).ToArray();
        _start += length + feed;
        _line++;
        if (!Utf8.IsValid(line)) throw new RequestException($"{file} line {_line}: the text is not UTF-8; save the file as UTF-8", "file");
        return _line == 1 && line.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? line.AsMemory(Encoding.UTF8.Preamble.Length) : line;
    }

    void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestLine) throw new RequestException($"{file} line {_line + 1}: it has more than {LongestLine >> 20} MB; cut it into several records", "file");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        int read = content.Read(_buffer, _end, _buffer.Length - _end);
        _over = read == 0;
        _end += read;
    }
}
