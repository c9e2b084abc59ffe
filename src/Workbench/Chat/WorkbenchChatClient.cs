using System.Runtime.CompilerServices;
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
/// generation_config.json advises. Tools and response formats other than text are refused.
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
        OpenModel model = await shelf.OpenAsync(choice, cancellationToken);
        GenerationSpec spec = Spec(model, choice, Messages(messages, options), options);

        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Guid id = await generations.StartAsync(spec, left.Token);
        try
        {
            List<GenerationStep> steps = [];
            await foreach (GenerationStep step in generations.FollowAsync(id, 0, cancellationToken))
            {
                steps.Add(step);
                if (step.Token.Outcome is { Kind: OutcomeKind.Error } error) throw new WorkbenchException($"the answer ended with an error: {error.Detail}");
                yield return Update(id, modelName, step, GenerationUsage.Of(spec.Request.PromptIds.Count, steps));
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
        IEnumerable<PromptMessage> given = messages.Select(message => message.Contents.All(content => content is TextContent)
            ? new PromptMessage(message.Role.Value, message.Text)
            : throw new NotSupportedException("messages other than text are not supported"));
        return [.. string.IsNullOrEmpty(options.Instructions) ? given : given.Prepend(new PromptMessage("system", options.Instructions))];
    }

    GenerationSpec Spec(OpenModel model, ModelChoice choice, List<PromptMessage> messages, ChatOptions options)
    {
        RenderedPrompt prompt = PromptRenderer.Render(model.Model, new ChatPrompt { Messages = messages }, time.GetLocalNow());
        return new GenerationSpec
        {
            Model = choice.Model,
            Warnings = prompt.Warnings,
            Request = options.ToRequest(prompt.Ids, choice.Adapters, model.Model.GenerationDefaults),
        };
    }

    static ChatResponseUpdate Update(Guid id, string modelName, GenerationStep step, GenerationUsage usage)
    {
        var update = new ChatResponseUpdate(ChatRole.Assistant, step.Token.Text)
        {
            ResponseId = id.ToString(),
            MessageId = id.ToString(),
            ModelId = modelName,
            RawRepresentation = step,
        };
        if (step.Token.Outcome is not { } outcome) return update;
        update.FinishReason = new ChatFinishReason(outcome.FinishReason);
        update.Contents.Add(new UsageContent(new UsageDetails
        {
            InputTokenCount = usage.PromptTokens,
            OutputTokenCount = usage.CompletionTokens,
            TotalTokenCount = usage.PromptTokens + usage.CompletionTokens,
        }));
        return update;
    }
}
