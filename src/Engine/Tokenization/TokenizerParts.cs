using Juxta.Engine.Tokenization.AddedTokens;
using Juxta.Engine.Tokenization.Decoders;
using Juxta.Engine.Tokenization.Models;
using Juxta.Engine.Tokenization.Normalizers;
using Juxta.Engine.Tokenization.PreTokenizers;

namespace Juxta.Engine.Tokenization;

/// <summary>What a tokenizer is made of: each kind of file has a reader that makes these.</summary>
sealed record TokenizerParts(TokenizerKind Kind, TokenModel Model, AddedVocabulary Added)
{
    public Normalizer? Normalizer { get; init; }
    public PreTokenizer[] Steps { get; init; } = [];
    public PostProcessor PostProcessor { get; init; } = PostProcessor.None;
    public TokenDecoder[] Decoders { get; init; } = [];
}
