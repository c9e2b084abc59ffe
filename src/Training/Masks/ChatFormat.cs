using System.Text;
using System.Text.Json;
using Juxta.Engine.Chat;
using Juxta.Engine.Tokenization;
using Juxta.Training.Dialogues;

namespace Juxta.Training.Masks;

/// <summary>How conversations become prompts of one model: its tokenizer and a chat template. Immutable.</summary>
public sealed class ChatFormat
{
    readonly ChatTemplate _template;
    readonly JsonElement? _variables;
    readonly DateTime _now;
    readonly int[] _opening;

    ChatFormat(Tokenizer tokenizer, ChatTemplate template, bool own, JsonElement? variables, DateTime now)
    {
        Tokenizer = tokenizer;
        _template = template;
        _variables = variables;
        _now = now;
        _opening = own ? [] : OpeningOf(tokenizer);
    }

    public Tokenizer Tokenizer { get; }

    /// <param name="tokenizer">The model's.</param>
    /// <param name="template">
    /// A template to use instead of the tokenizer's own. The tokenizer's opening tokens are then put before its text unless it begins with them, as in chat.
    /// </param>
    /// <param name="variables">A JSON object of further variables (<c>enable_thinking</c> …).</param>
    /// <param name="now">What the template's clock shows: training data must not change with the day it is made on.</param>
    /// <exception cref="SampleException">There is no template.</exception>
    /// <exception cref="ChatTemplateException">The template is not valid.</exception>
    public static ChatFormat Of(Tokenizer tokenizer, string? template = null, JsonElement? variables = null, DateTime? now = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ChatTemplate parsed = (template is null ? ChatTemplate.Of(tokenizer) : ChatTemplate.Parse(template))
            ?? throw new SampleException("this model has no chat template, so nothing says where an answer begins and ends; give the template it is to learn, or a mode that needs none (pretrain, instruction)");
        return new ChatFormat(tokenizer, parsed, own: template is null, variables, now ?? new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Unspecified));
    }

    /// <summary>The tokens that a tokenizer puts before any text (<c>&lt;s&gt;</c>, <c>[gMASK] sop</c>); what it would put behind is left out.</summary>
    internal static int[] OpeningOf(Tokenizer tokenizer)
    {
        int[] around = tokenizer.Encode("", addSpecial: true);
        int length = around.Length;
        while (length > 0 && around[length - 1] == tokenizer.EosId && around[length - 1] != tokenizer.BosId) length--;
        return around[..length];
    }

    /// <exception cref="SampleException">The template refuses the conversation.</exception>
    internal PromptText Render(Dialogue dialogue, bool addGenerationPrompt)
    {
        try
        {
            return _template.Render(new ChatTemplateInput
            {
                Messages = dialogue.ToJson(),
                Tools = dialogue.Tools is { Count: > 0 } tools ? JsonSerializer.SerializeToElement(tools) : null,
                Extra = _variables,
                AddGenerationPrompt = addGenerationPrompt,
                SpecialTokens = Tokenizer.SpecialTokens,
                Now = _now,
            });
        }
        catch (ChatTemplateException e)
        {
            throw new SampleException(e.RaisedByTemplate ? $"the chat template refuses this conversation: {e.Message}" : e.Message, e);
        }
    }

    /// <summary>The ids of a prompt as chat would have them; <c>Opening</c> of them come before its text.</summary>
    internal (int[] Ids, int Opening) Encode(PromptText prompt)
    {
        int[] ids = Tokenizer.Encode(prompt);
        int[] opening = _opening.Length > 0 && ids.AsSpan().StartsWith(_opening) ? [] : _opening;
        if (opening.Length > 0 && ids.Length > 0 && ids[0] == Tokenizer.BosId) opening = [];
        return ([.. opening, .. ids], opening.Length);
    }

    /// <summary>Text for an error message: line breaks visible, not too long.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length <= 60 ? text : text[..60] + "…");
        return $"“{quoted.Replace("\n", "\\n").Replace("\r", "\\r").Replace("\t", "\\t")}”";
    }
}
