using System.Buffers.Binary;
using System.Text;

namespace Juxta.Engine.Weights;

/// <summary>
/// Reads the part of Python's pickle language (protocols 2 to 4) that torch.save writes for dictionaries of tensors. Pickle is a program for a small
/// stack machine and can call anything; this machine knows no call but those its caller resolves by name and builds data only. Work and memory are
/// linear in the pickle's length.
/// </summary>
/// <remarks>Values: null, bool, long, double, string, object?[] (tuple), List&lt;object?&gt; (list), <see cref="Dictionary"/>, and what the caller makes.</remarks>
internal ref struct PickleReader(ReadOnlySpan<byte> code, IPickleObjects objects)
{
    static readonly object Mark = new();
    static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    readonly ReadOnlySpan<byte> _code = code;
    readonly List<object?> _stack = [];
    readonly Dictionary<long, object?> _memo = [];
    int _at;

    /// <summary>A dict in order of insertion, keys unchecked.</summary>
    public sealed class Dictionary : List<KeyValuePair<object?, object?>>;

    /// <summary>Runs the pickle to its end and returns what it built.</summary>
    /// <exception cref="FormatException">The pickle is cut short, malformed, or asks for something that is not allowed.</exception>
    public object? Read()
    {
        while (true)
        {
            int start = _at;
            byte code = Byte();
            switch ((char)code)
            {
                case '\x80': Protocol(); break;
                case '\x95': Take(8); break; // FRAME: a hint for buffering
                case '.': return Pop();
                case '(': _stack.Add(Mark); break;
                case '0': Pop(); break;
                case '1': PopMark(); break;
                case 'N': _stack.Add(null); break;
                case '\x88': _stack.Add(true); break;
                case '\x89': _stack.Add(false); break;
                case 'J': _stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
                case 'K': _stack.Add((long)Byte()); break;
                case 'M': _stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
                case '\x8a': _stack.Add(Long(Take(Byte()))); break;
                case 'G': _stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
                case 'X': _stack.Add(StrictUtf8.GetString(Take(Length()))); break;
                case '\x8c': _stack.Add(StrictUtf8.GetString(Take(Byte()))); break;
                case '}': _stack.Add(new Dictionary()); break;
                case ']': _stack.Add(new List<object?>()); break;
                case ')': _stack.Add(Array.Empty<object?>()); break;
                case '\x85': Tuple(1); break;
                case '\x86': Tuple(2); break;
                case '\x87': Tuple(3); break;
                case 't': _stack.Add(PopMark()); break;
                case 'l': _stack.Add(new List<object?>(PopMark())); break;
                case 'd': _stack.Add(Fill(new Dictionary(), PopMark())); break;
                case 'a': Append([Pop()]); break;
                case 'e': Append(PopMark()); break;
                case 's': Tuple(2); Set((object?[])Pop()!); break;
                case 'u': Set(PopMark()); break;
                case 'q': _memo[Byte()] = Peek(); break;
                case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
                case '\x94': _memo[_memo.Count] = Peek(); break;
                case 'h': _stack.Add(Recall(Byte())); break;
                case 'j': _stack.Add(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
                case 'c': _stack.Add(objects.Global(Line(), Line())); break;
                case '\x93': StackGlobal(); break;
                case 'Q': _stack.Add(objects.Persistent(Pop())); break;
                case 'R': Call(); break;
                case 'b': objects.SetState(Peek(1), Pop()); break;
                default: throw new FormatException($"pickle instruction 0x{code:x2} at byte {start} builds no tensor; refused");
            }
        }
    }

    void Protocol()
    {
        byte protocol = Byte();
        if (protocol > 5) throw new FormatException($"pickle protocol {protocol}; expected 2 to 5");
    }

    void Call()
    {
        object? arguments = Pop();
        object? function = Pop();
        _stack.Add(objects.Call(function, arguments as object?[] ?? throw new FormatException("a pickle call without an argument tuple")));
    }

    void StackGlobal()
    {
        object? name = Pop();
        object? module = Pop();
        if (name is not string nameText || module is not string moduleText) throw new FormatException("a pickle global whose name is not text");
        _stack.Add(objects.Global(moduleText, nameText));
    }

    void Tuple(int count)
    {
        object?[] items = new object?[count];
        for (int i = count - 1; i >= 0; i--) items[i] = Pop();
        _stack.Add(items);
    }

    readonly void Append(object?[] items)
    {
        if (Peek() is not List<object?> list) throw new FormatException("a pickle append to something that is no list");
        list.AddRange(items);
    }

    readonly void Set(object?[] items)
    {
        if (Peek() is not Dictionary dictionary) throw new FormatException("a pickle item for something that is no dict");
        Fill(dictionary, items);
    }

    static Dictionary Fill(Dictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0) throw new FormatException("a pickle dict with a key but no value");
        for (int i = 0; i < items.Length; i += 2) dictionary.Add(new(items[i], items[i + 1]));
        return dictionary;
    }

    readonly object? Peek(int below = 0)
    {
        int at = _stack.Count - 1 - below;
        if (at < 0 || ReferenceEquals(_stack[at], Mark)) throw new FormatException("a pickle that takes more than it put");
        return _stack[at];
    }

    readonly object? Pop()
    {
        object? top = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return top;
    }

    readonly object?[] PopMark()
    {
        int mark = _stack.FindLastIndex(item => ReferenceEquals(item, Mark));
        if (mark < 0) throw new FormatException("a pickle without the mark it goes back to");
        object?[] items = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return items;
    }

    readonly object? Recall(long key) => _memo.TryGetValue(key, out object? value) ? value : throw new FormatException($"pickle memo entry {key} does not exist");

    byte Byte() => Take(1)[0];

    int Length()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        return length <= int.MaxValue ? (int)length : throw new FormatException("the pickle ends in the middle");
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > _code.Length - _at) throw new FormatException("the pickle ends in the middle");
        ReadOnlySpan<byte> bytes = _code.Slice(_at, count);
        _at += count;
        return bytes;
    }

    string Line()
    {
        int length = _code[_at..].IndexOf((byte)'\n');
        if (length < 0) throw new FormatException("the pickle ends in the middle");
        string line = StrictUtf8.GetString(Take(length));
        _at++;
        return line;
    }

    /// <summary>A little-endian two's-complement integer of any length; torch needs no more than 8 bytes.</summary>
    static long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8) throw new FormatException($"a pickle integer of {bytes.Length} bytes; expected at most 8");
        long value = 0;
        for (int i = 0; i < bytes.Length; i++) value |= (long)bytes[i] << (8 * i);
        return bytes.Length is 0 or 8 ? value : value << (64 - (8 * bytes.Length)) >> (64 - (8 * bytes.Length));
    }
}

/// <summary>What a pickle may build besides plain data.</summary>
internal interface IPickleObjects
{
    /// <summary>The class or function <paramref name="module"/>.<paramref name="name"/>; throws <see cref="FormatException"/> unless it is allowed.</summary>
    object Global(string module, string name);

    /// <summary>The value of a persistent id: in torch files, a storage.</summary>
    object? Persistent(object? id);

    /// <summary>The result of an allowed global called with arguments.</summary>
    object? Call(object? function, object?[] arguments);

    /// <summary>A state for an object that was built; torch files give state dicts a <c>_metadata</c> attribute that way.</summary>
    void SetState(object? target, object? state);
}
