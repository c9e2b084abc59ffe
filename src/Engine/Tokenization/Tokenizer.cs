using System.Text;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization.AddedTokens;
using Juxta.Engine.Tokenization.Decoders;
using Juxta.Engine.Tokenization.Files;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Normalizers;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization;

/// <summary>
/// Text to token ids and back, as a checkpoint's files say: tokenizer.json (the format of the Hugging Face tokenizers library, whose results are the
/// reference), a SentencePiece model (the sentencepiece program's) or GLM-4's ranks of bytes (tiktoken's). Immutable; safe to use from many threads at once.
/// </summary>
public sealed class Tokenizer
{
    readonly Normalizer? _normalizer;
    readonly Pipeline _pipeline;
    readonly bool _marksBeginning;
    readonly Vocabulary _vocabulary;
    readonly AddedVocabulary _added;
    readonly PostProcessor _postProcessor;
    readonly TokenDecoder[] _decoders;
    readonly TokenizerConfig _config;

    internal Tokenizer(TokenizerParts parts, TokenizerConfig config)
    {
        _config = config;
        Kind = parts.Kind;
        _normalizer = parts.Normalizer;
        _vocabulary = parts.Model.Vocabulary;
        _pipeline = new(parts.Steps, parts.Model);
        _marksBeginning = parts.Steps.Any(step => step is MetaspacePreTokenizer);
        _added = parts.Added;
        _postProcessor = parts.PostProcessor;
        _decoders = parts.Decoders;
        VocabularySize = Math.Max(_vocabulary.Size, _added.Size);
    }

    /// <summary>
    /// Opens a checkpoint's folder: the vocabulary that <see cref="TokenizerFile.In"/> finds and, where present, tokenizer_config.json, special_tokens_map.json,
    /// added_tokens.json and chat templates. Code in the folder is never run.
    /// </summary>
    /// <exception cref="ModelFormatException">No file holds a vocabulary, or one is malformed or asks for something unsupported.</exception>
    public static Tokenizer Load(string folder) => TokenizerFolder.Load(folder);

    /// <summary>The folder's tokenizer, or null where <see cref="TokenizerFile.In"/> finds none.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    public static Tokenizer? LoadIfAny(string folder) => TokenizerFile.In(folder) is null ? null : Load(folder);

    /// <summary>Reads a tokenizer from memory.</summary>
    /// <param name="tokenizerJson">The content of tokenizer.json.</param>
    /// <param name="tokenizerConfigJson">The content of tokenizer_config.json; empty for none.</param>
    /// <exception cref="ModelFormatException">The content is malformed or asks for something unsupported.</exception>
    public static Tokenizer Parse(ReadOnlyMemory<byte> tokenizerJson, ReadOnlyMemory<byte> tokenizerConfigJson = default)
    {
        var config = new TokenizerConfig();
        if (!tokenizerConfigJson.IsEmpty) config.Add(tokenizerConfigJson, "tokenizer_config.json", null);
        return TokenizerFolder.Parse(tokenizerJson, config, null);
    }

    /// <summary>What kind of files it came from.</summary>
    public TokenizerKind Kind { get; }

    /// <summary>1 + the largest id. The model's logits may be wider: checkpoints pad their embeddings.</summary>
    public int VocabularySize { get; }

    public int? BosId => RoleId("bos_token");
    public int? EosId => RoleId("eos_token");
    public int? PadId => RoleId("pad_token");
    public int? UnkId => RoleId("unk_token");
    public string? BosToken => SpecialTokens.GetValueOrDefault("bos_token");
    public string? EosToken => SpecialTokens.GetValueOrDefault("eos_token");
    public string? PadToken => SpecialTokens.GetValueOrDefault("pad_token");
    public string? UnkToken => SpecialTokens.GetValueOrDefault("unk_token");

    /// <summary>Role → token text (<c>bos_token</c> → <c>&lt;s&gt;</c>), the variables a chat template may use.</summary>
    public IReadOnlyDictionary<string, string> SpecialTokens => _config.SpecialTokens;

    /// <summary>The chat template named "default", or the only one; null when the checkpoint has none.</summary>
    public string? ChatTemplate => ChatTemplates.GetValueOrDefault("default") ?? (ChatTemplates.Count == 1 ? ChatTemplates.Values.First() : null);

    /// <summary>All chat templates by name (<c>default</c>, <c>tool_use</c>, <c>rag</c>, …).</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates => _config.ChatTemplates;

    /// <summary>Whether the checkpoint asks for <see cref="DecodeCleanUp"/> (clean_up_tokenization_spaces).</summary>
    public bool CleansUpSpaces => _config.CleanUpSpaces;

    int? RoleId(string role) => SpecialTokens.TryGetValue(role, out string? token) ? IdOf(token) : null;

    /// <summary>The id of a token, added ones first; null for an unknown one.</summary>
    public int? IdOf(string token) => _added.IdOf(token);

    /// <summary>The token of an id as the vocabulary spells it; null for an id without one.</summary>
    public string? TokenOf(int id) => _added.TokenOf(id)?.Content ?? _vocabulary.TokenOf(id);

    /// <summary>Whether decoding may leave the token out as special.</summary>
    public bool IsSpecial(int id) => DecodedForm(id) is { } token && _added.IsSpecial(token);

    /// <summary>
    /// Ids of a text. Lone surrogates count as U+FFFD.
    /// </summary>
    /// <param name="text">Any text.</param>
    /// <param name="addSpecial">Put the checkpoint's special tokens around it (often a begin-of-sequence token).</param>
    /// <param name="parseSpecial">Recognise special tokens typed in the text. Added tokens that are not special are recognised always.</param>
    public int[] Encode(string text, bool addSpecial = false, bool parseSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Encode(WellFormed(text), addSpecial, parseSpecial ? Recognition.Everywhere : Recognition.Nowhere);
    }

    /// <summary>
    /// Ids of a prompt: special tokens are recognised only where the template wrote all of their characters. Otherwise the prompt is
    /// one text, so the ids are those of <see cref="Encode(string, bool, bool)"/> as long as no message contains a special token.
    /// </summary>
    public int[] Encode(PromptText prompt, bool addSpecial = false)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        // A lone surrogate and what takes its place are one unit each: indices stay.
        return Encode(WellFormed(prompt.Text), addSpecial, new TemplateSpans(prompt), prompt.Borders);
    }

    int[] Encode(string text, bool addSpecial, Recognition recognition, IReadOnlyList<int>? borders = null)
    {
        List<int> ids = [];
        if (addSpecial) ids.AddRange(_postProcessor.Before);
        foreach (var section in _added.Verbatim.Cut(text, recognition))
        {
            if (section.Id >= 0)
            {
                ids.Add(section.Id);
                continue;
            }
            int start = section.Start;
            foreach (int border in borders ?? [])
            {
                if (border <= start || border >= section.End) continue;
                EncodeSection(text, section with { Start = start, End = border }, recognition, startsAnew: start > section.Start, ids);
                start = border;
            }
            EncodeSection(text, section with { Start = start }, recognition, startsAnew: start > section.Start, ids);
        }
        if (addSpecial) ids.AddRange(_postProcessor.After);
        return [.. ids];
    }

    void EncodeSection(string text, Section section, Recognition recognition, bool startsAnew, List<int> ids)
    {
        string original = section.Start == 0 && section.End == text.Length ? text : text[section.Start..section.End];
        string normalized = _normalizer is null ? original : _normalizer.Apply(original, atBeginning: startsAnew || section.Start == 0);
        int opening = section.Start == 0 && _marksBeginning ? OpeningOf(original) : 0;
        var within = recognition is TemplateSpans spans && _added.HasNormalizedSpecial ? spans.Within(section, original, normalized, _normalizer) : recognition;
        foreach (var part in _added.Normalized.Cut(normalized, within))
        {
            if (part.Id >= 0) ids.Add(part.Id);
            else _pipeline.Encode(new(normalized, part.Start, part.End - part.Start, Math.Max(0, opening - part.Start)), ids);
        }
    }

    int OpeningOf(string original)
    {
        int first = original.Length > 1 && char.IsHighSurrogate(original[0]) ? 2 : 1;
        return _normalizer is null ? first : _normalizer.Opening(original, first);
    }

    static string WellFormed(string text)
    {
        for (int i = NextSurrogate(text, 0); i < text.Length; i = NextSurrogate(text, i + 1))
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) { i++; continue; }
            var repaired = new StringBuilder(text.Length);
            foreach (var rune in text.EnumerateRunes()) repaired.Append(rune.ToString());
            return repaired.ToString();
        }
        return text;

        static int NextSurrogate(string text, int from) => text.AsSpan(from).IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var found ? from + found : text.Length;
    }

    /// <summary>Text of ids, exactly as the decoder gives it. Ids without a token add nothing.</summary>
    /// <param name="ids">Any numbers.</param>
    /// <param name="skipSpecial">Leave special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var text = new TextSink();
        var chain = OpenDecoder(text, streaming: false);
        foreach (int id in ids)
            if (DecodedForm(id, skipSpecial) is { } token) chain.Take(token, continues: false);
        chain.Finish();
        return text.Drain();
    }

    /// <summary><see cref="Decode"/>, then the fixed replacements of clean_up_tokenization_spaces (<c>" ."</c> → <c>"."</c>, …).</summary>
    public string DecodeCleanUp(ReadOnlySpan<int> ids, bool skipSpecial = false) => CleanUp.Apply(Decode(ids, skipSpecial), contractDoNot: false);

    /// <summary>Begins decoding ids one at a time.</summary>
    public StreamingDecoder StreamDecoder(bool skipSpecial = false) => new(this, skipSpecial);

    /// <summary>The bytes a token stands for in the middle of a text; none for an id without a token. They need not be whole characters.</summary>
    public byte[] BytesOf(int id)
    {
        if (DecodedForm(id) is not { } token) return [];
        if (_added.TokenOf(id) is { } added) return Encoding.UTF8.GetBytes(added.Content);
        foreach (var step in _decoders)
        {
            if (step is ByteLevelDecoder) return ByteLevelDecoder.BytesOf(token);
            if (step.SingleByte(token) is >= 0 and var value) return [(byte)value];
            token = step.InMiddle(token);
        }
        return Encoding.UTF8.GetBytes(token);
    }

    string? DecodedForm(int id) => _added.DecodedForm(id) ?? _vocabulary.TokenOf(id);

    /// <summary>What decoding starts from; null for ids without a token and special ones to skip.</summary>
    internal string? DecodedForm(int id, bool skipSpecial) => DecodedForm(id) is { } token && !(skipSpecial && _added.IsSpecial(token)) ? token : null;

    internal TokenSink OpenDecoder(TextSink text, bool streaming)
    {
        bool[] fused = new bool[_decoders.Length + 1];
        for (int i = 0; i < _decoders.Length; i++) fused[i + 1] = _decoders[i].Fuses(fused[i]);
        TokenSink chain = text;
        for (int i = _decoders.Length - 1; i >= 0; i--) chain = _decoders[i].Open(chain, fused[i], streaming);
        return chain;
    }
}
