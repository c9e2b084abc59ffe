using System.Buffers;
using System.Text;
using Juxta.Engine.Tokenization.Normalizers;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>
/// SentencePiece's way from text to the text that its model sees: rules of the model applied, spaces made visible, one put in front, and where the model
/// asks for it no space kept at the ends or beside another. Works on UTF-8 as the program does.
/// </summary>
sealed class SentencePieceNormalizer : Normalizer
{
    public const string SpaceMark = "\u2581";

    readonly CharacterMap? _rules;
    readonly UserDefinedPieces _userDefined;
    readonly SentencePieceFile _file;
    readonly bool _prefixOnlyAtBeginning;
    readonly byte[] _space;

    /// <param name="file">The model.</param>
    /// <param name="rules">Its rules; null for none.</param>
    /// <param name="userDefined">Pieces that are taken as they stand.</param>
    /// <param name="prefixOnlyAtBeginning">Put no space in front of what follows a special token.</param>
    public SentencePieceNormalizer(SentencePieceFile file, CharacterMap? rules, UserDefinedPieces userDefined, bool prefixOnlyAtBeginning)
    {
        (_file, _rules, _userDefined, _prefixOnlyAtBeginning) = (file, rules, userDefined, prefixOnlyAtBeginning);
        _space = Encoding.UTF8.GetBytes(file.EscapeWhitespaces ? SpaceMark : " ");
    }

    public override string Apply(string text) => Apply(text, atBeginning: true);

    public override string Apply(string text, bool atBeginning)
    {
        if (text.Length == 0) return text;
        bool prefix = _file.AddDummyPrefix && (atBeginning || !_prefixOnlyAtBeginning);
        if (_rules is null && _userDefined.IsEmpty && !_file.RemoveExtraWhitespaces)
        {
            string escaped = _file.EscapeWhitespaces ? text.Replace(' ', SpaceMark[0]) : text;
            string space = _file.EscapeWhitespaces ? SpaceMark : " ";
            return !prefix ? escaped : _file.WhitespaceIsSuffix ? escaped + space : space + escaped;
        }
        return ApplyRules(text, prefix);
    }

    string ApplyRules(string text, bool prefix)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        ReadOnlySpan<byte> input = rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
        try
        {
            while (_file.RemoveExtraWhitespaces && !input.IsEmpty && Next(input, out var leading) is var length && leading.SequenceEqual(" "u8)) input = input[length..];
            if (input.IsEmpty) return "";

            var output = new ArrayBufferWriter<byte>(input.Length * 2);
            if (prefix && !_file.WhitespaceIsSuffix) output.Write(_space);
            bool afterSpace = _file.RemoveExtraWhitespaces;
            while (!input.IsEmpty)
            {
                int consumed = Next(input, out var replaced);
                if (afterSpace) replaced = replaced.TrimStart((byte)' ');
                if (!replaced.IsEmpty)
                {
                    Write(replaced, output);
                    afterSpace = replaced[^1] == ' ';
                }
                input = input[consumed..];
                afterSpace &= _file.RemoveExtraWhitespaces;
            }

            var normalized = output.WrittenSpan;
            while (_file.RemoveExtraWhitespaces && normalized.EndsWith(_space)) normalized = normalized[..^_space.Length];
            string result = Encoding.UTF8.GetString(normalized);
            return prefix && _file.WhitespaceIsSuffix ? result + Encoding.UTF8.GetString(_space) : result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    void Write(ReadOnlySpan<byte> text, ArrayBufferWriter<byte> output)
    {
        for (int at; (at = text.IndexOf((byte)' ')) >= 0; text = text[(at + 1)..])
        {
            output.Write(text[..at]);
            output.Write(_space);
        }
        output.Write(text);
    }

    /// <summary>What the next rule, user-defined piece or character becomes, and how many bytes it takes.</summary>
    int Next(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> replaced)
    {
        int length = _userDefined.MatchBytes(input);
        if (length == 0 && _rules is not null && _rules.Match(input, out replaced) is > 0 and var matched) return matched;
        if (length == 0) Rune.DecodeFromUtf8(input, out _, out length);
        replaced = input[..length];
        return length;
    }
}
