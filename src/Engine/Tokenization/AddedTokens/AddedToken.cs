namespace Juxta.Engine.Tokenization.AddedTokens;

/// <summary>A token recognised in the text before the model sees it, with the flags of tokenizer.json.</summary>
/// <param name="Content">Its text.</param>
/// <param name="SingleWord">Matches only where no word character stands beside it.</param>
/// <param name="StripsLeft">Swallows white space before it.</param>
/// <param name="StripsRight">Swallows white space behind it.</param>
/// <param name="Normalized">Its normalised form is looked for in the normalised text, not its content in the text as it came.</param>
/// <param name="Special">Left out when decoding without special tokens; not recognised in text that nobody trusts.</param>
sealed record AddedToken(string Content, bool SingleWord, bool StripsLeft, bool StripsRight, bool Normalized, bool Special)
{
    /// <summary>Its id, where the files' numbers count; tokenizer.json's do not (see <see cref="AddedVocabulary"/>).</summary>
    public int? Id { get; init; }

    /// <summary>A special token found as it is spelled.</summary>
    public static AddedToken OfSpecial(string content, int? id = null) => new(content, false, false, false, Normalized: false, Special: true) { Id = id };
}
