using System.Buffers.Binary;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// Reads the fields of one protocol-buffers message, as far as SentencePiece models need: varints, floats and byte strings; other fields are
/// skipped. It never reads beyond the message, nests nothing by itself and allocates nothing.
/// </summary>
/// <param name="message">The message's bytes.</param>
/// <param name="name">What it is, for errors: "tokenizer.model".</param>
/// <param name="file">The file's path, for errors.</param>
ref struct ProtobufReader(ReadOnlySpan<byte> message, string name, string? file)
{
    readonly ReadOnlySpan<byte> _message = message;
    int _at = 0;
    int _wireType = 0;

    /// <summary>Number of the field just met.</summary>
    public int Field { get; private set; } = 0;

    /// <summary>Goes to the next field; false at the end of the message. Its value must be read or skipped.</summary>
    public bool Next()
    {
        if (_at == _message.Length) return false;
        ulong tag = Varint();
        (Field, _wireType) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        return Field > 0 ? true : throw Error("a field has number 0");
    }

    public long Integer() => _wireType == 0 ? (long)Varint() : throw Unexpected("a whole number");

    public bool Flag() => Integer() != 0;

    public float Float() => _wireType == 5 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Unexpected("a float");

    /// <summary>A string, byte string or nested message.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        if (_wireType != 2) throw Unexpected("a byte string");
        ulong length = Varint();
        return length <= (ulong)(_message.Length - _at) ? Take((int)length) : throw Error($"field {Field} says it has {length} bytes, but only {_message.Length - _at} are left");
    }

    /// <summary>A nested message.</summary>
    public ProtobufReader Message() => new(Bytes(), name, file);

    public void Skip()
    {
        switch (_wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Bytes(); break;
            case 5: Take(4); break;
            default: throw Error($"field {Field} has the wire type {_wireType}, which no such file uses");
        }
    }

    ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return value;
        }
        throw Error("a number is longer than 64 bits");
    }

    ReadOnlySpan<byte> Take(int count)
    {
        if (count > _message.Length - _at) throw Error("it ends in the middle of a field");
        _at += count;
        return _message.Slice(_at - count, count);
    }

    readonly ModelFormatException Unexpected(string what) => Error($"field {Field}: expected {what}, found wire type {_wireType}");

    readonly ModelFormatException Error(string what) =>
        new($"reading {name}: it is no SentencePiece model ({what}, at byte {_at} of {_message.Length}); download it again", file);
}
