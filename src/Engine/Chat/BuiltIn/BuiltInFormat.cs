using System.Collections.Concurrent;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Chat;

/// <summary>
/// How the original ChatGLM and GLM-4 models are talked to: their code builds the prompt, and most of their folders hold no template. Each format is a Jinja
/// template of ours among this assembly's resources, so provenance, loss masks and previews work as for any other. A first line of metadata and the text
/// behind it are encoded apart, as that code does (<see cref="PromptText.Borders"/>).
/// </summary>
public sealed class BuiltInFormat
{
    static readonly ConcurrentDictionary<string, ChatTemplate> Templates = new(StringComparer.Ordinal);

    static readonly Dictionary<TokenizerKind, BuiltInFormat> All = new()
    {
        [TokenizerKind.ChatGlm] = new("chatglm-6b", ["<eop>"]),
        [TokenizerKind.ChatGlm2] = new("chatglm2-6b", ["</s>"]),
        [TokenizerKind.ChatGlm3] = new("chatglm3-6b", ["</s>", "<|user|>", "<|observation|>"]),
        [TokenizerKind.Glm4] = new("glm-4", ["<|endoftext|>", "<|user|>", "<|observation|>"]),
    };

    BuiltInFormat(string name, IReadOnlyList<string> stopTokens) => (Name, StopTokens) = (name, stopTokens);

    /// <summary>"chatglm-6b", "chatglm2-6b", "chatglm3-6b" or "glm-4".</summary>
    public string Name { get; }

    /// <summary>Tokens that end an answer: the model's own end, and the roles that may speak next.</summary>
    public IReadOnlyList<string> StopTokens { get; }

    public ChatTemplate Template => Templates.GetOrAdd(Name, static name =>
    {
        using var stream = typeof(BuiltInFormat).Assembly.GetManifestResourceStream($"{name}.jinja")!;
        using var reader = new StreamReader(stream);
        return ChatTemplate.ParseBuiltIn(reader.ReadToEnd().ReplaceLineEndings("\n"), $"built in for {name}");
    });

    /// <summary>The format that a tokenizer's model was trained on; null where none is built in.</summary>
    public static BuiltInFormat? For(Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return All.GetValueOrDefault(tokenizer.Kind);
    }

    /// <summary>The ids of <see cref="StopTokens"/>.</summary>
    public IReadOnlyList<int> StopIdsIn(Tokenizer tokenizer) => [.. StopTokens.Select(tokenizer.IdOf).OfType<int>()];
}
