using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Normalizers;

namespace Juxta.Engine.Tokenization.AddedTokens;

/// <summary>The added tokens of a tokenizer and their ids. Built once, then only read.</summary>
sealed class AddedVocabulary
{
    readonly Vocabulary _vocabulary;
    readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    readonly Dictionary<int, (AddedToken Token, string Pattern)> _tokens = [];
    readonly HashSet<string> _special = new(StringComparer.Ordinal);

    /// <summary>
    /// A token with an id of its own has that, one of the model keeps its id there, and the others are numbered from the first free id, in order. (For
    /// tokenizer.json that follows the reference, which does not look at the numbers in the file.)
    /// </summary>
    public AddedVocabulary(IEnumerable<AddedToken> tokens, Vocabulary vocabulary, Normalizer? normalizer, int firstFreeId)
    {
        _vocabulary = vocabulary;
        int nextId = firstFreeId;
        foreach (var token in tokens.Where(token => token.Content.Length > 0))
        {
            if (!_ids.TryGetValue(token.Content, out int id))
                id = token.Id ?? vocabulary.IdOf(token.Content) ?? nextId++;
            _ids[token.Content] = id;
            if (token.Special) _special.Add(token.Content);
            _tokens[id] = (token, token.Normalized && normalizer is not null ? normalizer.Apply(token.Content) : token.Content);
        }
        Verbatim = new(_tokens.Where(pair => !pair.Value.Token.Normalized).Select(pair => (pair.Value.Pattern, pair.Key)), this);
        Normalized = new(_tokens.Where(pair => pair.Value.Token.Normalized).Select(pair => (pair.Value.Pattern, pair.Key)), this);
        HasNormalizedSpecial = _tokens.Values.Any(entry => entry.Token is { Normalized: true, Special: true });
        Size = _tokens.Count == 0 ? 0 : _tokens.Keys.Max() + 1;
    }

    /// <summary>Finds tokens in text as it came.</summary>
    public AddedTokenMatcher Verbatim { get; }

    /// <summary>Finds tokens in normalised text.</summary>
    public AddedTokenMatcher Normalized { get; }

    /// <summary>Whether special tokens are looked for in normalised text at all.</summary>
    public bool HasNormalizedSpecial { get; }

    /// <summary>1 + the largest id.</summary>
    public int Size { get; }

    public IReadOnlyCollection<string> Contents => _ids.Keys;

    public int? IdOf(string content) => _ids.TryGetValue(content, out int id) ? id : _vocabulary.IdOf(content);

    public AddedToken? TokenOf(int id) => _tokens.TryGetValue(id, out var entry) ? entry.Token : null;

    /// <summary>What decoding starts from: the form that was matched, so that the decoder can undo the normalizer.</summary>
    public string? DecodedForm(int id) => _tokens.TryGetValue(id, out var entry) ? entry.Pattern : null;

    public bool IsSpecial(string content) => _special.Contains(content);
}
