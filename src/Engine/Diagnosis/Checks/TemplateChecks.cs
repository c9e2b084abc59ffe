using Juxta.Engine.Chat;

namespace Juxta.Engine.Diagnosis.Checks;

/// <summary>The chat template, tried on a small conversation.</summary>
internal static class TemplateChecks
{
    const string Answer = "probe-7f3a";

    const string Closing = "Write the token that the model was trained to stop at after the assistant's content, such as {{ eos_token }} or <|im_end|>; take the template that the training used.";

    public static IEnumerable<Symptom> Missing(Patient patient)
    {
        if (patient.Tokenizer.Value is { ChatTemplate: null } tokenizer && BuiltInFormat.For(tokenizer) is null && patient.AdapterTokenizer.Value?.ChatTemplate is null)
            yield return new(
                "tokenizer_config.json and chat_template.jinja give none: messages are joined as plain text",
                "For a chat model, copy the template it was trained with into chat_template.jinja. A base model needs none.");
    }

    public static IEnumerable<Symptom> Unparseable(Patient patient)
    {
        if (patient.Template.Refusal is { } refusal) yield return new(refusal, "Correct the template at the named line, or restore it from the checkpoint's repository.");
    }

    public static IEnumerable<Symptom> Fails(Patient patient)
    {
        Opened<PromptText> rendered = Conversation(patient);
        if (rendered.Refusal is { } refusal) yield return new($"a user's message, an answer and another message are refused: {refusal}", "Compare the template with the one in the checkpoint's repository.");
        else if (rendered.Value is { } text && !text.Text.Contains(Answer, StringComparison.Ordinal))
            yield return new("the assistant's message does not occur in the prompt", "Compare the template with the one in the checkpoint's repository: it reads roles or contents under other names.");
    }

    public static IEnumerable<Symptom> TurnOpen(Patient patient)
    {
        if (!patient.ShipsTemplate || Conversation(patient).Value is not { } text || patient.ReadStops.Refused || patient.Stops.TurnEnd.Count > 0) yield break;
        int at = text.Text.IndexOf(Answer, StringComparison.Ordinal);
        if (at < 0) yield break;
        string after = text.Text[(at + Answer.Length)..];
        yield return new($"no special token follows an answer; the template goes on with {Quote(after)}: a model trained on it never learns where to stop", Closing);
    }

    public static IEnumerable<Symptom> Differs(Patient patient)
    {
        if (patient.Tokenizer.Value is not { } tokenizer || Conversation(patient).Value is not { } text || !text.Text.Contains(Answer, StringComparison.Ordinal)) yield break;
        if (TemplateComparison.Of(tokenizer) is not { Differences: [var first, ..] } comparison) yield break;
        yield return new(
            $"{comparison.Differences.Count} of {comparison.Probes} probe conversations ({string.Join(", ", comparison.Differences.Select(difference => difference.Conversation))}) become other prompts than in the format {comparison.Format}, which is built in for this tokenizer; "
            + $"{first.Conversation}: behind {first.FirstToken} equal tokens the folder's has {From(first.ShippedIds)}, that one {From(first.BuiltInIds)}",
            "Nothing is wrong where the model was trained on this template. Else remove it from the folder, and the built-in format is used; 'juxta template --compare --model DIR' shows every difference.",
            comparison.Differences.All(difference => difference.Tools) ? Severity.Note : null);

        string From(IReadOnlyList<int> ids) => ids.Count == 0 ? "a refusal" : ids.Count == first.FirstToken ? "its end" : string.Join(" ", ids.Skip(first.FirstToken).Take(3).Select(id => Patient.Name(id, tokenizer)));
    }

    public static IEnumerable<Symptom> DoubleBos(Patient patient)
    {
        if (patient.Tokenizer.Value is not { BosId: { } bos } tokenizer || Conversation(patient).Value is not { } text) yield break;
        string name = Patient.Name(bos, tokenizer);
        if (TwoAtTheStart(tokenizer.Encode(text), bos))
            yield return new($"the template alone writes {name} twice at the start", "Take one of them out of the template.");
        else if (TwoAtTheStart(tokenizer.Encode(text, addSpecial: true), bos))
            yield return new(
                $"the template writes {name} and the tokenizer adds it to every text: a program that renders first and encodes afterwards reads it twice. Juxta and apply_chat_template(tokenize=True) do not",
                "In your own code, encode rendered prompts with add_special_tokens=False.", Severity.Note);
    }

    static bool TwoAtTheStart(int[] ids, int bos) => ids is [var first, var second, ..] && first == bos && second == bos;

    /// <summary>A conversation of a question, an answer and a second question; absent where there is no template.</summary>
    static Opened<PromptText> Conversation(Patient patient) => Opened.Try(() => patient.Template.Value is { } template && patient.Tokenizer.Value is { } tokenizer
        ? template.Render(new ChatTemplateInput { Messages = ChatMessages.From(("user", "a"), ("assistant", Answer), ("user", "b")), SpecialTokens = tokenizer.SpecialTokens })
        : null);

    static string Quote(string text) => $"\"{(text.Length <= 40 ? text : text[..40] + "…").Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
