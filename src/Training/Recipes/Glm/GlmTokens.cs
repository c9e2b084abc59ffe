using Juxta.Engine.Tokenization;

namespace Juxta.Training.Recipes.Glm;

/// <summary>The special tokens of a GLM vocabulary, found by name: each generation spells some of them differently.</summary>
internal sealed class GlmTokens(Tokenizer tokenizer)
{
    public int GMask { get; } = Require(tokenizer, "[gMASK]");

    /// <summary>Where a sentence was taken out.</summary>
    public int SMask => Require(tokenizer, "[sMASK]");

    /// <summary>Begins what is to be written.</summary>
    public int Sop { get; } = Require(tokenizer, "<sop>", "sop");

    /// <summary>Ends it in the first generation.</summary>
    public int Eop => Require(tokenizer, "<eop>", "eop");

    /// <summary>The tokenizer's eos_token.</summary>
    public int End => tokenizer.EosId ?? throw new SampleException("this recipe ends answers with the end of sequence, and the tokenizer names no eos_token; name one in tokenizer_config.json");

    public int Role(string role) => Require(tokenizer, $"<|{role}|>");

    /// <summary>Plain text: special tokens that it spells out stay text, nothing is put around it.</summary>
    public int[] Encode(string text) => tokenizer.Encode(text, parseSpecial: false);

    static int Require(Tokenizer tokenizer, params string[] spellings)
    {
        foreach (string spelling in spellings)
            if (tokenizer.IdOf(spelling) is int id) return id;
        throw new SampleException($"this recipe is for GLM models with the token {string.Join(" or ", spellings)}, which this tokenizer has not; use the mode session");
    }
}
