using Juxta.Engine.Tokenization.Files;

namespace Juxta.Engine.Tokenization;

/// <summary>What kind of files a tokenizer comes from.</summary>
public enum TokenizerKind
{
    /// <summary>tokenizer.json of the Hugging Face tokenizers library.</summary>
    TokenizerJson,

    /// <summary>A SentencePiece model: Llama 2, Mistral, Gemma, InternLM2 …</summary>
    SentencePiece,

    /// <summary>ChatGLM-6B's SentencePiece model with its own treatment of white space.</summary>
    ChatGlm,

    /// <summary>ChatGLM2-6B's SentencePiece model with five special tokens behind its pieces.</summary>
    ChatGlm2,

    /// <summary>ChatGLM3-6B's: as ChatGLM2-6B's, with four role tokens more.</summary>
    ChatGlm3,

    /// <summary>GLM-4's list of byte sequences with ranks, in tiktoken's format.</summary>
    Glm4,
}

/// <summary>The file of a checkpoint folder that holds its vocabulary: the one place that says whether, and what kind of, a tokenizer a folder has.</summary>
/// <param name="Kind">How to read it.</param>
/// <param name="Path">Its full path.</param>
public sealed record TokenizerFile(TokenizerKind Kind, string Path)
{
    /// <summary>Names that such a file may have, the one to take first in front.</summary>
    public static IReadOnlyList<string> Names { get; } = ["tokenizer.json", "ice_text.model", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"];

    /// <summary>What to say of a folder without one.</summary>
    internal static string Absent => $"no tokenizer ({string.Join(", ", Names.Take(3))})";

    /// <summary>Looks at names, at the first bytes of the file and at what the configuration beside it names; null where the folder has no vocabulary.</summary>
    public static TokenizerFile? In(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (string name in Names)
        {
            string path = System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, name));
            if (File.Exists(path)) return new(KindOf(name, path), path);
        }
        return null;
    }

    static TokenizerKind KindOf(string name, string path)
    {
        if (name == "tokenizer.json") return TokenizerKind.TokenizerJson;
        if (name == "ice_text.model") return TokenizerKind.ChatGlm;
        if (TiktokenFile.LooksLike(path)) return TokenizerKind.Glm4;
        var evidence = new FolderEvidence(System.IO.Path.GetDirectoryName(path)!);
        return !evidence.IsChatGlm ? TokenizerKind.SentencePiece : evidence.HasRoleTokens ? TokenizerKind.ChatGlm3 : TokenizerKind.ChatGlm2;
    }
}
