using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Chat;

/// <summary>
/// A model of the shelf, with or without an adapter, as the standard chat client (design D11). Its answers are generations like all others:
/// stored, and cancelled when the caller stops reading. Each update's raw representation is its <see cref="GenerationStep"/>.
/// </summary>
/// <remarks>
/// Besides the standard options it reads the additional properties that <see cref="EngineChatClient"/> names. What is not given is as the checkpoint's
/// generation_config.json advises; of a model that another server runs, as that server likes. Calls of tools come as <see cref="FunctionCallContent"/> where the model's form of calls is
/// known (<see cref="ToolCallForm"/>), else as text. Response formats other than text are refused.
/// </remarks>
internal sealed class WorkbenchChatClient(ModelShelf shelf, Generations generations, TimeProvider time, string name) : IChatClient
{
    readonly ChatClientMetadata _metadata = new("juxta", defaultModelId: name);

    public async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= new ChatOptions();
        string modelName = options.ModelId ?? name;
        ModelChoice choice = shelf.Resolve(modelName);
        List<PromptMessage> conversation = Messages(messages, options);
        JsonElement? tools = options.ToolDefinitions();
        (GenerationSpec spec, ToolCallForm? form) = shelf.Remote(choice.Model) is not null
            ? (RemoteSpec(choice, conversation, tools, options), null)
            : await SpecAsync(choice, conversation, tools, options, cancellationToken);
        var reader = ToolCallReader.For(options.Tools is { Count: > 0 } ? form : null, tools);

        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Guid id = await generations.StartAsync(spec, left.Token);
        try
        {
            List<GenerationStep> steps = [];
            bool called = false;
            await foreach (GenerationStep step in generations.FollowAsync(id, 0, cancellationToken))
            {
                steps.Add(step);
                if (step.Token.Outcome is { Kind: OutcomeKind.Error } error) throw new WorkbenchException($"the answer ended with an error: {error.Detail}");
                List<AIContent> contents = Contents(step, reader, options);
                called |= contents.OfType<FunctionCallContent>().Any();
                yield return Update(id, modelName, step, contents, called, GenerationUsage.Of(spec.Request.PromptIds.Count, steps));
            }
        }
        finally
        {
            // Whoever stops reading does not want the rest.
            await left.CancelAsync();
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null : serviceType == typeof(ChatClientMetadata) ? _metadata : serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
        // The shelf keeps the model.
    }

    static List<PromptMessage> Messages(IEnumerable<ChatMessage> messages, ChatOptions options)
    {
        IEnumerable<PromptMessage> given = messages.SelectMany(TemplateMessages.Forms).Select(form =>
        {
            (string role, string content) = (form["role"]!.GetValue<string>(), form["content"]!.GetValue<string>());
            form.Remove("role");
            form.Remove("content");
            return new PromptMessage(role, content, form.Count > 0 ? form : null);
        });
        return [.. string.IsNullOrEmpty(options.Instructions) ? given : given.Prepend(new PromptMessage("system", options.Instructions))];
    }

    async Task<(GenerationSpec Spec, ToolCallForm? Form)> SpecAsync(ModelChoice choice, List<PromptMessage> messages, JsonElement? tools, ChatOptions options, CancellationToken cancel)
    {
        OpenModel model = await shelf.OpenAsync(choice, cancel);
        var asked = new ChatPrompt { Messages = messages, Tools = tools is { } given ? JsonNode.Parse(given.GetRawText())!.AsArray() : null };
        RenderedPrompt prompt = PromptRenderer.Render(model.Model, asked, time.GetLocalNow());
        var spec = new GenerationSpec
        {
            Model = choice.Model,
            Warnings = prompt.Warnings,
            Request = options.ToRequest(prompt.Ids, choice.Adapters, model.Model.GenerationDefaults),
        };
        return (spec, PromptRenderer.ToolCallsOf(model.Model));
    }

    static GenerationSpec RemoteSpec(ModelChoice choice, List<PromptMessage> messages, JsonElement? tools, ChatOptions options)
    {
        var server = new SamplingOptions();
        GenerationRequest request = options.ToRequest([], choice.Adapters, server);
        bool sampled = options.Temperature is not null || options.TopP is not null || request.Sampling != server;
        return new GenerationSpec { Model = choice.Model, Request = request, Remote = new RemotePrompt(messages, tools?.GetRawText(), sampled ? request.Sampling : null) };
    }

    /// <summary>What a step says: text without calls, and calls once they are whole.</summary>
    static List<AIContent> Contents(GenerationStep step, ToolCallReader reader, ChatOptions options)
    {
        bool offered = options.Tools is { Count: > 0 };
        if (offered && step.Remote is { Calls.Count: > 0 } remote) return [.. remote.Calls.Select(call => ToolCallText.Call(call.Id, call.Name, call.Arguments))];
        string text = reader.Push(step.Token.Text);
        if (step.Token.Outcome is null) return [new TextContent(text)];
        (string rest, IReadOnlyList<ToolCall> calls) = reader.End();
        return [new TextContent(text + rest), .. calls.Select(ToolCallText.Call)];
    }

    static ChatResponseUpdate Update(Guid id, string modelName, GenerationStep step, List<AIContent> contents, bool called, GenerationUsage usage)
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            ResponseId = id.ToString(),
            MessageId = id.ToString(),
            ModelId = modelName,
            RawRepresentation = step,
        };
        if (step.Token.Outcome is not { } outcome) return update;
        update.FinishReason = called ? ChatFinishReason.ToolCalls : new ChatFinishReason(outcome.FinishReason);
        if (usage is { PromptTokens: null, CompletionTokens: null }) return update;
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = usage.PromptTokens,
            OutputTokenCount = usage.CompletionTokens,
            TotalTokenCount = usage.PromptTokens + usage.CompletionTokens,
        }));
        return update;
    }
}
