using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta generate</c>: one answer to one prompt.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var sampling = new SamplingArguments();
        var prompt = new Option<string?>("--prompt", "-p") { Description = "Prompt as it stands ('-' = stdin); special tokens in it are recognised", HelpName = "T" };
        var ids = new Option<string?>("--ids") { Description = "Prompt as token ids: 1,2,3", HelpName = "1,2,3" };
        var messages = new Option<string?>("--messages") { Description = "JSON file with messages for the chat template ('-' = stdin)", HelpName = "F" };
        var noSpecial = new Option<bool>("--no-add-special") { Description = "With --prompt: do not add the tokenizer's opening tokens" };
        var logProbs = new Option<int?>("--logprobs") { Description = "Report log-probabilities with this many alternatives per token", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document: ids, text, outcome, usage, logprobs" };
        var command = new Command("generate", "Generate one answer to a prompt, token ids or messages.") { prompt, ids, messages, noSpecial, logProbs, json };
        model.AddTo(command);
        sampling.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (new object?[] { parsed.GetValue(prompt), parsed.GetValue(ids), parsed.GetValue(messages) }.Count(given => given is not null) != 1)
                throw new InputException("generate: give one of --prompt, --ids and --messages");
            await using LoadedModel loaded = await model.OpenAsync(parsed, new EngineOptions { MaxSequences = 1 }, cancel);
            int[] promptIds = PromptIds(loaded.Model, parsed.GetValue(prompt), parsed.GetValue(ids), parsed.GetValue(messages), !parsed.GetValue(noSpecial));
            GenerationRequest request = sampling.Request(parsed, loaded.Model, promptIds, loaded.Adapters) with { LogProbs = parsed.GetValue(logProbs) };
            return await RunAsync(loaded, request, parsed.GetValue(json), cancel);
        });
        return command;
    }

    static int[] PromptIds(LanguageModel model, string? prompt, string? ids, string? messages, bool addSpecial)
    {
        if (ids is not null)
        {
            return [.. ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(text =>
                int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int id)
                    ? id
                    : throw new InputException($"--ids: '{text}' is not a token id; expected numbers such as 1,403,407"))];
        }
        if (prompt is not null) return [.. PromptRenderer.Encode(model, prompt == "-" ? Console.In.ReadToEnd() : prompt, addSpecial).Ids];

        RenderedPrompt rendered = PromptRenderer.Render(model, new ChatPrompt { Messages = [.. MessagesFile.Read(messages!).EnumerateArray().Select(ToMessage)] }, TimeProvider.System.GetLocalNow());
        foreach (string warning in rendered.Warnings) Console.Error.WriteLine($"juxta: {warning}");
        return [.. rendered.Ids];
    }

    static PromptMessage ToMessage(JsonElement message)
    {
        JsonObject fields = JsonObject.Create(message)!;
        string role = fields["role"]!.GetValue<string>();
        string content = fields["content"] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
        fields.Remove("role");
        fields.Remove("content");
        return new PromptMessage(role, content, fields.Count == 0 ? null : fields);
    }

    static async Task<int> RunAsync(LoadedModel loaded, GenerationRequest request, bool json, CancellationToken cancel)
    {
        long start = TimeProvider.System.GetTimestamp();
        RunningGeneration generation = loaded.Engine.Submit(request);
        using CancellationTokenRegistration stop = cancel.Register(generation.Cancel);
        var tokens = new List<GeneratedToken>();
        var text = new StringBuilder();
        await foreach (GeneratedToken token in generation.ReadAsync(CancellationToken.None))
        {
            tokens.Add(token);
            text.Append(token.Text);
            if (!json) Console.Out.Write(token.Text);
        }
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(start);
        int[] ids = [.. tokens.Where(t => t.Id is not null).Select(t => t.Id!.Value)];
        string outcome = tokens[^1].Outcome!.ToString();
        if (json)
        {
            JsonLines.Write(new
            {
                ids,
                text = text.ToString(),
                outcome,
                usage = new { prompt_tokens = request.PromptIds.Count, completion_tokens = ids.Length, total_tokens = request.PromptIds.Count + ids.Length },
                request.Seed,
                prompt_ids = request.PromptIds,
                logprobs = request.LogProbs is null ? null : tokens.Where(t => t.Id is not null).Select(t => new
                {
                    id = t.Id,
                    logprob = t.LogProb,
                    top = t.Top.Select(top => new { id = top.Id, logprob = top.LogProb }),
                }),
            });
        }
        else
        {
            Console.Out.WriteLine();
            Console.Error.WriteLine($"[{OutcomeText.Describe(tokens[^1].Outcome!, null, loaded.Model)} · {ids.Length} tokens · {ids.Length / elapsed.TotalSeconds:0.0} tokens/s · seed {request.Seed}]");
        }
        return tokens[^1].Outcome!.Kind == OutcomeKind.Error ? 1 : 0;
    }
}
