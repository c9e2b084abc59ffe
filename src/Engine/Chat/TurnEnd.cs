using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Chat;

/// <summary>
/// What a chat template writes after an answer, found by rendering a small conversation: the token it closes with is one the model learnt to stop at, whatever
/// the checkpoint's eos_token_id says.
/// </summary>
internal static class TurnEnd
{
    const string Probe = "probe-7f3a";

    /// <summary>The template of a tokenizer's folder or of its built-in format, or null; one that does not parse is a warning, since the model itself can still be used.</summary>
    public static ChatTemplate? ParseTemplate(Tokenizer? tokenizer, List<string> warnings)
    {
        if (tokenizer is null) return null;
        try
        {
            return ChatTemplate.Of(tokenizer);
        }
        catch (ChatTemplateException error)
        {
            warnings.Add($"the chat template cannot be used: {error.Message}");
            return null;
        }
    }

    /// <summary>The id that ends an assistant turn; none where there is no template, or it refuses the probe, or closes with no special token.</summary>
    public static IReadOnlyList<int> Of(ChatTemplate? template, Tokenizer? tokenizer)
    {
        if (template is null || tokenizer is null) return [];
        string rendered;
        try
        {
            rendered = template.Render(new ChatTemplateInput
            {
                Messages = ChatMessages.From(("user", "a"), ("assistant", Probe), ("user", "b")),
                SpecialTokens = tokenizer.SpecialTokens,
            }).Text;
        }
        catch (ChatTemplateException)
        {
            return [];
        }
        int at = rendered.IndexOf(Probe, StringComparison.Ordinal);
        if (at < 0) return [];
        var specials = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < tokenizer.VocabularySize; id++)
        {
            if (tokenizer.IsSpecial(id) && id != tokenizer.BosId && tokenizer.TokenOf(id) is { } token) specials.TryAdd(token, id);
        }
        return StopIds.TurnEnd(rendered[(at + Probe.Length)..], specials);
    }
}
