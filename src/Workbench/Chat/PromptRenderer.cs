using Juxta.Engine;

namespace Juxta.Workbench.Chat;

/// <summary>Messages or plain text → the ids a model reads.</summary>
public static class PromptRenderer
{
    /// <summary>Renders a conversation with the model's chat template, or with the plain fallback (and a warning) where it has none.</summary>
    /// <param name="now">What the template's clock shows.</param>
    /// <exception cref="RequestException">The template refuses the messages, or the prompt does not fit the context.</exception>
    public static RenderedPrompt Render(LanguageModel model, ChatPrompt prompt, DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>A text written by hand, special tokens recognised, with the tokenizer's own opening tokens (<c>&lt;s&gt;</c> …).</summary>
    /// <exception cref="RequestException">The prompt does not fit the context.</exception>
    public static RenderedPrompt Encode(LanguageModel model, string text, bool addSpecial = true, bool parseSpecial = true) => throw new NotImplementedException();
}
