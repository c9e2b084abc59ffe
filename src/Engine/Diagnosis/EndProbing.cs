using Juxta.Engine.Chat;
using Juxta.Engine.Diagnosis.Checks;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;

namespace Juxta.Engine.Diagnosis;

/// <summary>
/// Whether a model stops where answers end: a few questions with whole answers are rendered as the chat template writes them, and the logits after an
/// answer's last token say how likely a stop id is there. A model that was trained to answer in another manner may find these answers unfinished, so
/// where no end is near, it answers the questions itself, and the ends that it reaches count.
/// </summary>
internal static class EndProbing
{
    /// <summary>Room for an answer of the model's own, tokens.</summary>
    const int OwnAnswer = 128;

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
        foreach ((string question, string answer) in Exchanges) await LookAsync(UpToTheAnswersEnd(template, tokenizer, question, answer) ?? model.Decoder.AsPrompt(Scattered(model.Description.Vocabulary)), question, answer, own: false);
        if (!finite || probes.Count == 0 || !probes.All(EndChecks.IsFar)) return (probes, finite);
        foreach ((string question, _) in Exchanges)
        {
            if (BeforeTheAnswer(template!, tokenizer!, question) is { Length: > 0 } prompt && Fits(prompt) && await EndedAsync(prompt) is { Length: > 0 } drawn)
                await LookAsync([.. prompt, .. drawn], question, tokenizer!.Decode(drawn), own: true);
        }
        return (probes, finite);

        bool Fits(int[] ids) => ids.Length > 0 && ids.Length < engine.TokenLimit && ids.All(token => token < model.Description.Vocabulary);

        async Task LookAsync(int[] ids, string question, string answer, bool own)
        {
            if (!Fits(ids)) return;
            LogitsResult result = await engine.LogitsAsync(ids, adapters, cancel);
            float[] last = result.Values[^result.Vocabulary..];
            finite &= last.All(float.IsFinite);
            int[] drawable = [.. stops.Where(stop => stop < last.Length)];
            if (template is null || tokenizer is null || !finite || drawable.Length == 0) return;
            int best = drawable.MaxBy(stop => last[stop]);
            double top = last.Max(), all = last.Sum(logit => Math.Exp(logit - top));
            probes.Add(new EndProbe(
                question, answer, best, tokenizer.TokenOf(best), 1 + last.Count(logit => logit > last[best]), drawable.Sum(stop => Math.Exp(last[stop] - top)) / all) { Own = own });
        }

        // The likeliest tokens up to a stop id; null where none comes.
        async Task<int[]?> EndedAsync(int[] prompt)
        {
            RunningGeneration running = engine.Submit(new GenerationRequest { PromptIds = prompt, Adapters = adapters, Sampling = SamplingOptions.Greedy, MaxTokens = OwnAnswer });
            var drawn = new List<int>();
            try
            {
                await foreach (GeneratedToken step in running.ReadAsync(cancel))
                    if (step.Id is { } token) drawn.Add(token);
            }
            finally
            {
                running.Cancel();
            }
            return (await running.Completion).Kind == OutcomeKind.Eos ? [.. drawn[..^1]] : null;
        }
    }

    static int[]? UpToTheAnswersEnd(ChatTemplate? template, Tokenizer? tokenizer, string question, string answer)
    {
        if (template is null || tokenizer is null) return null;
        if (Rendered(template, tokenizer, ("user", question), ("assistant", answer)) is not { } text) return [];
        int end = text.Spans.Where(span => span.Message == 1).Select(span => span.End).DefaultIfEmpty(0).Max();
        return end == 0 ? [] : tokenizer.Encode(text.UpTo(end));
    }

    static int[]? BeforeTheAnswer(ChatTemplate template, Tokenizer tokenizer, string question) =>
        Rendered(template, tokenizer, ("user", question)) is { } text ? tokenizer.Encode(text) : null;

    /// <summary>As the template writes it, with the beginning of an answer where the user spoke last; null where it refuses.</summary>
    static PromptText? Rendered(ChatTemplate template, Tokenizer tokenizer, params (string Role, string Content)[] messages) => Opened.Try(() => template.Render(new ChatTemplateInput
    {
        Messages = ChatMessages.From(messages),
        SpecialTokens = tokenizer.SpecialTokens,
        AddGenerationPrompt = messages[^1].Role == "user",
    })).Value;

    /// <summary>Ids for a model without text, to see that it computes numbers.</summary>
    static int[] Scattered(int vocabulary) => [.. Enumerable.Range(0, 16).Select(i => (int)((i * 2654435761L) % vocabulary))];
}
