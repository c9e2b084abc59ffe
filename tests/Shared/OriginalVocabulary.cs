using System.Text;

namespace Juxta.Tests;

/// <summary>Small vocabularies of our own in the file formats of the original ChatGLM and GLM-4 downloads.</summary>
static class OriginalVocabulary
{
    static readonly string[] Words = ["▁", "▁你", "好", "你", "a", "b", "▁a", "<", ">", "n", "s", "o", "p", "[", "]", "g", "M", "A", "S", "K", "问", "答", "：", "|"];

    /// <summary>ChatGLM-6B's ice_text.model: a unigram model whose last pieces are the special tokens.</summary>
    /// <param name="specials">Their type: 3 control, 4 user-defined.</param>
    public static SentencePieceModel ChatGlm6(int specials = 4)
    {
        var model = new SentencePieceModel { BytePairs = false, RemoveExtraWhitespaces = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>", "<pad>");
        model.Add(4, "<n>", "<|tab|>");
        model.Add(4, Enumerable.Range(2, 79).Select(length => $"<|blank_{length}|>"));
        model.AddWords(Words);
        model.Add(specials, "[MASK]", "[gMASK]", "[sMASK]", "<unused_0>", "<sop>", "<eop>", "<ENC>", "<dBLOCK>");
        return model;
    }

    /// <summary>tokenizer.model of ChatGLM2-6B and ChatGLM3-6B: byte-pair encoding with bytes; their special tokens are not in the file.</summary>
    public static SentencePieceModel ChatGlm2()
    {
        var model = new SentencePieceModel { ByteFallback = true };
        model.Add(2, "<unk>");
        model.Add(3, "<s>", "</s>");
        model.AddBytes();
        model.AddWords(Words.Take(7).Append("▁▁"));
        return model;
    }

    /// <summary>GLM-4's tokenizer.model: ranks of byte sequences; its special tokens are not in the file.</summary>
    public static string Glm4()
    {
        IEnumerable<byte[]> tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value }), .. new[] { "he", "ll", "hell", "hello", " w", " wo", "你", "\n\n" }.Select(Encoding.UTF8.GetBytes)];
        return string.Concat(tokens.Select((token, rank) => $"{Convert.ToBase64String(token)} {rank}\n"));
    }
}
