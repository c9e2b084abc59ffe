using Juxta.Engine.Tokenization.AddedTokens;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>Reads tokenizer.json: normalizer, pre-tokenizer, model, added tokens, post-processor, decoder.</summary>
static class TokenizerJson
{
    public static TokenizerParts Read(JsonSection json, TokenizerConfig config)
    {
        var normalizer = json.Object("normalizer") is { } section ? NormalizerReader.Read(section) : null;
        var modelSection = json.RequireObject("model");
        var steps = PreTokenizerReader.Read(json.Object("pre_tokenizer"), ModelReader.IsBytePairEncoding(modelSection), out bool modelReadsBytes);
        var model = ModelReader.Read(modelSection, modelReadsBytes);
        List<AddedToken> tokens = [.. json.Objects("added_tokens").Select(AddedTokenReader.Read)];
        tokens.AddRange(config.AddedTokens.Where(token => !tokens.Exists(known => known.Content == token.Content)).Select(token => token with { Id = null }).ToList());
        return new(TokenizerKind.TokenizerJson, model, new AddedVocabulary(tokens, model.Vocabulary, normalizer, firstFreeId: model.Vocabulary.Count))
        {
            Normalizer = normalizer,
            Steps = steps,
            PostProcessor = PostProcessorReader.Read(json.Object("post_processor")),
            Decoders = DecoderReader.Read(json.Object("decoder")),
        };
    }
}
