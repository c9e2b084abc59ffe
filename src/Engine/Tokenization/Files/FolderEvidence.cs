using System.Text.Json;

namespace Juxta.Engine.Tokenization.Files;

/// <summary>
/// What the files beside a SentencePiece model say of whose it is. ChatGLM's two generations have the same file names and the same class name; what tells
/// them apart is whether anything speaks of role tokens: the configuration, a chat template, the text of the folder's own tokenization code (which is read,
/// never run), or else the name that the configuration or the folder carries.
/// </summary>
sealed class FolderEvidence(string folder)
{
    const int MostBytes = 4 << 20;
    static readonly string[] Roles = ["<|user|>", "<|assistant|>", "<|observation|>"];

    public bool IsChatGlm { get; } =
        Setting(folder, "tokenizer_config.json", "tokenizer_class") is { } name ? name.StartsWith("ChatGLM", StringComparison.Ordinal)
        : Text(folder, "tokenizer_config.json").Contains("tokenization_chatglm.", StringComparison.Ordinal)
            || Setting(folder, "config.json", "model_type") == "chatglm";

    public bool HasRoleTokens =>
        ((string[])["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "tokenization_chatglm.py"])
            .Any(file => Text(folder, file) is var text && Roles.Any(role => text.Contains(role, StringComparison.Ordinal)))
        || IsNamed("chatglm3");

    bool IsNamed(string model) =>
        new[] { Setting(folder, "tokenizer_config.json", "name_or_path"), Setting(folder, "config.json", "_name_or_path"), Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) }
            .FirstOrDefault(name => name is not null && name.Contains("chatglm", StringComparison.OrdinalIgnoreCase))?.Contains(model, StringComparison.OrdinalIgnoreCase) == true;

    static string? Setting(string folder, string file, string key)
    {
        string text = Text(folder, file);
        if (text.Length == 0) return null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 64 });
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // Whoever reads the file for its content reports what is wrong with it.
        }
    }

    /// <summary>Empty for a file that is absent or far larger than such a file is.</summary>
    static string Text(string folder, string file)
    {
        var info = new FileInfo(Path.Combine(folder, file));
        return info.Exists && info.Length <= MostBytes ? File.ReadAllText(info.FullName) : "";
    }
}
