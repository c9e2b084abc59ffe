using System.Text;
using Juxta.Engine.Tokenization.Models;

namespace Juxta.Engine.Tokenization.SentencePiece;

/// <summary>What a piece is for; the numbers are the file's.</summary>
enum PieceType
{
    Normal = 1,

    /// <summary>Stands for text that no piece covers.</summary>
    Unknown = 2,

    /// <summary>Never found in text and invisible in it: <c>&lt;s&gt;</c>.</summary>
    Control = 3,

    /// <summary>Always one token where the text has it.</summary>
    UserDefined = 4,

    /// <summary>In the vocabulary, but never given out.</summary>
    Unused = 5,

    /// <summary>One byte of UTF-8, <c>&lt;0xE4&gt;</c>, for characters without a piece.</summary>
    Byte = 6,
}

/// <summary>One token of a SentencePiece model; its id is its place in the file.</summary>
readonly record struct SentencePieceEntry(string Text, float Score, PieceType Type);

/// <summary>
/// A SentencePiece model file (Kudo and Richardson 2018; the protocol-buffers message <c>ModelProto</c> of the sentencepiece program): pieces with scores,
/// and the parts of trainer and normalizer specification that encoding and decoding need.
/// </summary>
sealed record SentencePieceFile
{
    const int Unigram = 1, BytePairs = 2;

    public List<SentencePieceEntry> Pieces { get; } = [];

    /// <summary>Byte-pair encoding; otherwise the unigram language model.</summary>
    public bool IsBytePairs { get; private set; }

    public bool ByteFallback { get; private set; }
    public bool WhitespaceIsSuffix { get; private set; }
    public bool AddDummyPrefix { get; private set; } = true;
    public bool RemoveExtraWhitespaces { get; private set; } = true;
    public bool EscapeWhitespaces { get; private set; } = true;

    /// <summary>Normalisation rules as the program stores them; empty for none. See <see cref="CharacterMap"/>.</summary>
    public byte[] CharacterMap { get; private set; } = [];

    /// <summary>What the unknown piece decodes to.</summary>
    public string UnknownSurface { get; private set; } = " \u2047 ";

    public int UnknownId { get; private set; } = -1;

    /// <summary>The control piece that opens a sequence; null where the model has none.</summary>
    public string? Bos { get; private set; } = "<s>";

    public string? Eos { get; private set; } = "</s>";
    public string? Pad { get; private set; } = "<pad>";

    /// <exception cref="ModelFormatException">The bytes are no such file, or one that asks for something unsupported.</exception>
    public static SentencePieceFile Read(ReadOnlySpan<byte> bytes, string name, string? file)
    {
        var model = new SentencePieceFile();
        var reader = new ProtobufReader(bytes, name, file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: model.Pieces.Add(ReadPiece(reader.Message(), model.Pieces.Count, Error)); break;
                case 2: model.ReadTrainer(reader.Message(), Error); break;
                case 3: model.ReadNormalizer(reader.Message(), Error); break;
                case 5: CheckDenormalizer(reader.Message(), Error); break;
                default: reader.Skip(); break;
            }
        }
        model.Check(Error);
        return model;

        ModelFormatException Error(string what) => new($"reading {name}: {what}", file);
    }

    static SentencePieceEntry ReadPiece(ProtobufReader reader, int id, Func<string, ModelFormatException> error)
    {
        string text = "";
        float score = 0;
        var type = PieceType.Normal;
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1: text = Text(reader.Bytes(), $"piece {id}", error); break;
                case 2: score = reader.Float(); break;
                case 3: type = (PieceType)reader.Integer(); break;
                default: reader.Skip(); break;
            }
        }
        if (text.Length == 0) throw error($"piece {id} is empty");
        if (!float.IsFinite(score)) throw error($"piece {id} ('{text}') has the score {score}; expected a finite number");
        if (!Enum.IsDefined(type)) throw error($"piece {id} ('{text}') has the unknown type {(int)type}");
        return new(text, score, type);
    }

    void ReadTrainer(ProtobufReader reader, Func<string, ModelFormatException> error)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    long type = reader.Integer();
                    if (type is not (Unigram or BytePairs)) throw error($"the model type is {type switch { 3 => "word", 4 => "char", _ => type }}; supported are unigram and bpe");
                    IsBytePairs = type == BytePairs;
                    break;
                case 24: WhitespaceIsSuffix = reader.Flag(); break;
                case 35: ByteFallback = reader.Flag(); break;
                case 44: UnknownSurface = Text(reader.Bytes(), "unk_surface", error); break;
                case 46: Bos = Text(reader.Bytes(), "bos_piece", error); break;
                case 47: Eos = Text(reader.Bytes(), "eos_piece", error); break;
                case 48: Pad = Text(reader.Bytes(), "pad_piece", error); break;
                default: reader.Skip(); break;
            }
        }
    }

    void ReadNormalizer(ProtobufReader reader, Func<string, ModelFormatException> error)
    {
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2: CharacterMap = reader.Bytes().ToArray(); break;
                case 3: AddDummyPrefix = reader.Flag(); break;
                case 4: RemoveExtraWhitespaces = reader.Flag(); break;
                case 5: EscapeWhitespaces = reader.Flag(); break;
                default: reader.Skip(); break;
            }
        }
        _ = error;
    }

    /// <summary>Rules that change decoded text are hardly ever used; without them decoding would silently differ.</summary>
    static void CheckDenormalizer(ProtobufReader reader, Func<string, ModelFormatException> error)
    {
        while (reader.Next())
        {
            if (reader.Field == 2 && reader.Bytes().Length > 0) throw error("it has denormalization rules, which are not supported");
            else if (reader.Field != 2) reader.Skip();
        }
    }

    void Check(Func<string, ModelFormatException> error)
    {
        if (Pieces.Count == 0) throw error("it has no pieces; expected a SentencePiece model");
        if (Pieces.Count > Vocabulary.LargestId) throw error($"it has {Pieces.Count} pieces, more than any vocabulary has");
        int bytes = 0;
        for (int id = 0; id < Pieces.Count; id++)
        {
            var (text, _, type) = Pieces[id];
            if (type == PieceType.Unknown && UnknownId >= 0) throw error($"pieces {UnknownId} and {id} are both the unknown piece");
            if (type == PieceType.Unknown) UnknownId = id;
            if (type != PieceType.Byte) continue;
            bytes++;
            if (!ByteFallback) throw error($"piece {id} ('{text}') is a byte, but byte_fallback is off");
            if (Decoders.ByteFallbackDecoder.ByteOf(text) < 0) throw error($"piece {id} ('{text}') is marked as a byte; expected a text such as <0x0A>");
        }
        if (UnknownId < 0) throw error("no piece is the unknown piece");
        if (ByteFallback && bytes != 256) throw error($"byte_fallback is on, but it has {bytes} byte pieces instead of 256");
        Bos = ControlOrNull(Bos);
        Eos = ControlOrNull(Eos);
        Pad = ControlOrNull(Pad);
    }

    string? ControlOrNull(string? piece) => Pieces.Any(entry => entry.Type == PieceType.Control && entry.Text == piece) ? piece : null;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static string Text(ReadOnlySpan<byte> bytes, string what, Func<string, ModelFormatException> error)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw error($"{what} is not valid UTF-8");
        }
    }
}
