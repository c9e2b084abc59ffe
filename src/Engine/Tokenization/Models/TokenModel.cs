namespace Juxta.Engine.Tokenization.Models;

/// <summary>Turns a word into ids: the <c>model</c> section of tokenizer.json. Safe to use from many threads.</summary>
abstract class TokenModel(Vocabulary vocabulary)
{
    public Vocabulary Vocabulary { get; } = vocabulary;

    /// <summary>Appends the ids of one word.</summary>
    /// <param name="word">Not empty, well-formed UTF-16.</param>
    /// <param name="ids">Where the ids go.</param>
    public abstract void Encode(ReadOnlySpan<char> word, List<int> ids);

    protected int UnknownId(string? token, string sectionKey) =>
        token is not null && Vocabulary.IdOf(token) is int id ? id : throw new ModelFormatException(
            $"encoding text: the tokenizer's model met a character that is not in its vocabulary, and its {sectionKey} ({(token is null ? "none" : $"\"{token}\"")}) is not in the vocabulary either; name a token of the vocabulary there");
}

/// <summary>Token strings and ids, both ways.</summary>
sealed class Vocabulary
{
    /// <summary>Ids beyond this are refused: no model has so many tokens, and a table of that size would exhaust memory.</summary>
    public const int LargestId = 16_000_000;

    readonly Dictionary<string, int> _ids;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byCharacters;
    readonly string?[] _tokens;

    public Vocabulary(Dictionary<string, int> ids)
    {
        _ids = ids;
        _byCharacters = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _tokens = new string?[ids.Count == 0 ? 0 : ids.Values.Max() + 1];
        foreach (var (token, id) in ids) _tokens[id] = token;
        LongestToken = ids.Count == 0 ? 0 : ids.Keys.Max(token => token.Length);
    }

    public int Count => _ids.Count;

    /// <summary>1 + the largest id.</summary>
    public int Size => _tokens.Length;

    /// <summary>Length in UTF-16 units.</summary>
    public int LongestToken { get; }

    public IEnumerable<KeyValuePair<string, int>> Entries => _ids;

    public int? IdOf(ReadOnlySpan<char> token) => _byCharacters.TryGetValue(token, out int id) ? id : null;

    public bool TryGetId(ReadOnlySpan<char> token, out int id) => _byCharacters.TryGetValue(token, out id);

    public string? TokenOf(int id) => (uint)id < (uint)_tokens.Length ? _tokens[id] : null;
}
