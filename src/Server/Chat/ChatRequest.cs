using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Server.Completions;
using Juxta.Server.Wire;
using Juxta.Workbench.Chat;

namespace Juxta.Server.Chat;

/// <summary>A body of <c>/v1/chat/completions</c>, read and checked as far as that goes without the model.</summary>
/// <param name="Generation">What both completion endpoints have in common.</param>
/// <param name="Prompt">The conversation.</param>
/// <param name="MaxTokens">Most tokens per answer; null = as many as the context holds.</param>
/// <param name="TopLogProbs">Alternatives per token when log-probabilities are wanted; null = none wanted.</param>
internal sealed record ChatRequest(GenerationFields Generation, ChatPrompt Prompt, int? MaxTokens, int? TopLogProbs)
{
    public static ChatRequest Read(Fields body) => new(
        GenerationFields.Read(body),
        ReadPrompt(body),
        body.Integer("max_completion_tokens", 1) ?? body.Integer("max_tokens", 1),
        ReadTopLogProbs(body));

    public static ChatPrompt ReadPrompt(Fields body)
    {
        bool continueFinal = body.Flag("continue_final_message") ?? false;
        bool? addGenerationPrompt = body.Flag("add_generation_prompt");
        IReadOnlyList<PromptMessage> messages = ChatMessages.Read(body);
        if (continueFinal && addGenerationPrompt == true)
        {
            throw ApiException.Invalid("'continue_final_message' and 'add_generation_prompt' contradict each other: the first goes on with the last message, the second opens a new one", "continue_final_message");
        }

        if (continueFinal && messages[^1].Role != "assistant")
        {
            throw ApiException.Invalid($"'continue_final_message' needs an assistant message at the end; the last one is of role {messages[^1].Role}", "continue_final_message");
        }

        if (continueFinal && messages[^1].Content.Length == 0)
        {
            throw ApiException.Invalid("'continue_final_message' needs text in the last message to go on with; it is empty", "continue_final_message");
        }

        return new ChatPrompt
        {
            Messages = messages,
            Tools = ReadTools(body),
            Variables = ReadVariables(body),
            AddGenerationPrompt = addGenerationPrompt ?? !continueFinal,
            ContinueFinalMessage = continueFinal,
            ParseSpecialInMessages = body.Flag("parse_special") ?? false,
        };
    }

    static JsonArray? ReadTools(Fields body)
    {
        if (body.List("tools") is not { Count: > 0 } tools) return null;
        foreach ((JsonElement value, string path) in tools) _ = new Fields(value, path);
        bool offered = body.Value("tool_choice") is not { ValueKind: JsonValueKind.String } choice || !choice.ValueEquals("none");
        return offered ? JsonNode.Parse(body.Value("tools")!.Value.GetRawText())!.AsArray() : null;
    }

    /// <summary>Variables for the template; OpenAI's reasoning_effort is one of them for the templates that know it.</summary>
    static JsonObject? ReadVariables(Fields body)
    {
        JsonObject? variables = body.Object("chat_template_kwargs") is Fields given ? JsonNode.Parse(given.Element.GetRawText())!.AsObject() : null;
        if (body.Text("reasoning_effort") is string effort)
        {
            variables ??= [];
            variables.TryAdd("reasoning_effort", effort);
        }

        return variables;
    }

    static int? ReadTopLogProbs(Fields body)
    {
        bool wanted = body.Flag("logprobs") ?? false;
        int? top = body.Integer("top_logprobs", 0, GenerationFields.MostTopLogProbs);
        if (top > 0 && !wanted) throw ApiException.Invalid("'top_logprobs' is only allowed together with \"logprobs\": true", "top_logprobs");
        return wanted ? top ?? 0 : null;
    }
}
