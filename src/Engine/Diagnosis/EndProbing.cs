using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Diagnosis;

/// <summary>
/// Whether a model stops where answers end: a few questions with whole answers are rendered as the chat template writes them, and the logits after an
/// answer's last token say how likely a stop id is there.
/// </summary>
internal static class EndProbing
{
    static readonly (string Question, string Answer)[] Exchanges =
    [
        ("What is the capital of France?", "The capital of France is Paris."),
        ("Hello!", "Hello! How can I help you today?"),
        ("法国的首都是哪里？", "法国的首都是巴黎。"),
    ];

    /// <summary>The probes (none without a template) and whether every logit met was finite.</summary>
    public static async Task<(IReadOnlyList<EndProbe> Probes, bool Finite)> RunAsync(
        Patient patient, LanguageModel model, InferenceEngine engine, IReadOnlyList<AdapterUse> adapters, CancellationToken cancel)
    {
        Tokenizer? tokenizer = patient.AdapterTokenizer.Value ?? model.Tokenizer;
        ChatTemplate? template = Opened.Try(() => patient.AdapterTokenizer.Value?.ChatTemplate is { } own ? ChatTemplate.Parse(own) : model.ChatTemplate).Value;
        int[] stops = [.. model.StopIds.Entries.Select(stop => stop.Id).Concat(patient.AdapterTokenizer.Value?.EosId is { } id ? [id] : []).Distinct()];
        var probes = new List<EndProbe>();
        bool finite = true;
        foreach ((string question, string answer) in Exchanges)
        {
            int[] ids = UpToTheAnswersEnd(template, tokenizer, question, answer) ?? model.Decoder.AsPrompt(Scattered(model.Description.Vocabulary));
            if (ids.Length == 0 || ids.Length > engine.TokenLimit || ids.Any(token => token >= model.Description.Vocabulary)) continue;
            LogitsResult result = await engine.LogitsAsync(ids, adapters, cancel);
            float[] last = result.Values[^result.Vocabulary..];
            finite &= last.All(float.IsFinite);
            int[] drawable = [.. stops.Where(stop => stop < last.Length)];
            if (template is null || tokenizer is null || !finite || drawable.Length == 0) continue;
            int best = drawable.MaxBy(stop => last[stop]);
            double top = last.Max(), all = last.Sum(logit => Math.Exp(logit - top));
            probes.Add(new EndProbe(
                question, answer, best, tokenizer.TokenOf(best), 1 + last.Count(logit => logit > last[best]), drawable.Sum(stop => Math.Exp(last[stop] - top)) / all));
        }
        return (probes, finite);
    }

    static int[]? UpToTheAnswersEnd(ChatTemplate? template, Tokenizer? tokenizer, string question, string answer)
    {
        if (template is null || tokenizer is null) return null;
        PromptText? text = Opened.Try(() => template.Render(new ChatTemplateInput
        {
            Messages = ChatMessages.From(("user", question), ("assistant", answer)),
            SpecialTokens = tokenizer.SpecialTokens,
        })).Value;
        if (text is null) return [];
        int end = text.Spans.Where(span => span.Message == 1).Select(span => span.End).DefaultIfEmpty(0).Max();
        if (end == 0) return [];
        return tokenizer.Encode(text.UpTo(end));
    }

    /// <summary>Ids for a model without text, to see that it computes numbers.</summary>
    static int[] Scattered(int vocabulary) => [.. Enumerable.Range(0, 16).Select(i => (int)((i * 2654435761L) % vocabulary))];
}
