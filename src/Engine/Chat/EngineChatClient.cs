using System.Runtime.CompilerServices;
using Juxta.Engine.Generation;
using Juxta.Engine.Tokenization;
using Microsoft.Extensions.AI;

namespace Juxta.Engine.Chat;

/// <summary>
/// An engine's model, with or without an adapter, as the standard chat client (design D11): Semantic Kernel, evaluation suites and everything else
/// that takes an <see cref="IChatClient"/> can use it. Disposing it leaves the engine running.
/// </summary>
/// <remarks>
/// What the options do not give is as the checkpoint's generation_config.json advises; the seed is drawn anew for each answer. Besides the standard options it reads
/// <c>min_p</c>, <c>repetition_penalty</c>, <c>min_tokens</c>, <c>ignore_eos</c>, <c>stop_token_ids</c>, <c>repetition_limit</c> and <c>adapters</c> (names, or
/// <see cref="AdapterUse"/>s) from <see cref="ChatOptions.AdditionalProperties"/>, and for the template <c>tools</c> (a JSON array as the OpenAI API writes it) and <c>now</c>
/// (a <see cref="DateTime"/>: what its clock shows). <see cref="ChatOptions.ModelId"/> is the base's or an adapter's name. The last update carries the usage, the finish reason
/// and, as the additional property <c>outcome</c>, how exactly the answer ended; with the option <c>logprobs</c> (how many alternatives to count, 0 = none) also <c>ids</c> and
/// <c>logprobs</c>, one for each token drawn. Tools of the options are written by the template; calls of them come as <see cref="FunctionCallContent"/> where the model's form of
/// calls is known (<see cref="ToolCallForm"/>), else as text, and so do calls of tools that the property <c>tools</c> gave. Leaving the enumeration ends the generation.
/// </remarks>
public sealed class EngineChatClient : IChatClient
{
    readonly InferenceEngine _engine;
    readonly Tokenizer _tokenizer;
    readonly ChatTemplate _template;
    readonly ToolCallForm? _calls;
    readonly bool _ownTemplate;
    readonly string _modelId;

    /// <param name="engine">Started over a model with a tokenizer.</param>
    /// <param name="modelId">The base's name; null = its folder's.</param>
    /// <param name="template">Takes the place of the model's own chat template, as when an adapter was trained on another format.</param>
    /// <exception cref="ModelFormatException">The model has no tokenizer, or neither it nor the caller has a template.</exception>
    /// <exception cref="ChatTemplateException">The model's template is not valid.</exception>
    public EngineChatClient(InferenceEngine engine, string? modelId = null, ChatTemplate? template = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        LanguageModel model = engine.Model;
        _engine = engine;
        _modelId = modelId ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Folder));
        _tokenizer = model.Tokenizer ?? throw new ModelFormatException($"chatting with {_modelId}: the folder has no tokenizer, so it cannot read text", model.Folder);
        _ownTemplate = template is null;
        _template = template ?? ChatTemplate.Of(_tokenizer)
            ?? throw new ModelFormatException($"chatting with {_modelId}: the checkpoint has no chat template; give the one that it was trained on", model.Folder);
        _calls = ToolCallForm.Of(_tokenizer, _template);
        Metadata = new ChatClientMetadata("juxta", defaultModelId: _modelId);
    }

    ChatClientMetadata Metadata { get; }

    /// <inheritdoc/>
    /// <exception cref="RequestException">An option is out of range, names no model, or the conversation is longer than the context.</exception>
    /// <exception cref="EngineBusyException">The engine's queue is full.</exception>
    /// <exception cref="NotSupportedException">A response format, a tool that is no function, a demanded call, or message contents other than text and function calls.</exception>
    /// <exception cref="InvalidOperationException">The engine failed or stopped in mid-answer.</exception>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc cref="GetResponseAsync"/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        options ??= new ChatOptions();
        string model = options.ModelId ?? _modelId;
        IReadOnlyList<AdapterUse> adapters = model == _modelId ? [] : _engine.Adapters.Any(adapter => adapter.Name == model)
            ? [new AdapterUse(model)]
            : throw new RequestException($"no model '{model}': expected '{_modelId}' or a loaded adapter ({string.Join(", ", _engine.Adapters.Select(adapter => adapter.Name))})", "model");
        ToolCallReader reader = ToolCallReader.For(options.Tools is { Count: > 0 } ? _calls : null, options.ToolDefinitions());
        GenerationRequest request = options.ToRequest(await EncodeAsync(messages, options, cancellationToken), adapters, _engine.Model.GenerationDefaults);

        RunningGeneration generation = _engine.Submit(request);
        string id = Guid.NewGuid().ToString("n");
        List<GeneratedToken> drawn = [];
        try
        {
            await foreach (GeneratedToken step in generation.ReadAsync(cancellationToken))
            {
                if (step.Outcome is { Kind: OutcomeKind.Error } error) throw new InvalidOperationException($"the answer ended with an error: {error.Detail}");
                if (step.Outcome is { Kind: OutcomeKind.Cancelled }) throw new InvalidOperationException("the engine stopped in mid-answer");
                if (step.Id is not null && request.LogProbs is not null) drawn.Add(step);
                string text = reader.Push(step.Text);
                (string Text, IReadOnlyList<ToolCall> Calls) rest = step.Outcome is null ? ("", []) : reader.End();
                if (text.Length + rest.Text.Length > 0) yield return new ChatResponseUpdate(ChatRole.Assistant, text + rest.Text) { ResponseId = id, MessageId = id, ModelId = model };
                if (step.Outcome is { } outcome) yield return Closing(generation, drawn, outcome, rest.Calls, id, model);
            }
        }
        finally
        {
            generation.Cancel(); // whoever stops reading does not want the rest
        }
    }

    static ChatResponseUpdate Closing(RunningGeneration generation, List<GeneratedToken> drawn, Outcome outcome, IReadOnlyList<ToolCall> calls, string id, string model)
    {
        var properties = new AdditionalPropertiesDictionary { ["outcome"] = outcome.ToString() };
        if (generation.Request.LogProbs is not null)
            (properties["ids"], properties["logprobs"]) = (drawn.Select(step => step.Id!.Value).ToArray(), drawn.Select(step => step.LogProb!.Value).ToArray());
        return new(ChatRole.Assistant, [.. calls.Select(ToolCallText.Call), new UsageContent(new UsageDetails
        {
            InputTokenCount = generation.PromptTokens,
            OutputTokenCount = generation.CompletionTokens,
            TotalTokenCount = generation.PromptTokens + generation.CompletionTokens,
        })])
        {
            ResponseId = id,
            MessageId = id,
            ModelId = model,
            FinishReason = calls.Count > 0 ? ChatFinishReason.ToolCalls : new ChatFinishReason(outcome.FinishReason),
            AdditionalProperties = properties,
        };
    }

    /// <summary>Rendering may take a template's whole time limit: not on the caller's thread.</summary>
    Task<int[]> EncodeAsync(IEnumerable<ChatMessage> messages, ChatOptions options, CancellationToken cancel)
    {
        IEnumerable<ChatMessage> all = string.IsNullOrEmpty(options.Instructions) ? messages : messages.Prepend(new ChatMessage(ChatRole.System, options.Instructions));
        var input = new ChatTemplateInput
        {
            Messages = TemplateMessages.From(all),
            Tools = options.ToolDefinitions(),
            AddGenerationPrompt = true,
            SpecialTokens = _tokenizer.SpecialTokens,
            Now = options.AdditionalProperties?.GetValueOrDefault("now") as DateTime?,
        };
        return Task.Run(
            () =>
            {
                PromptText prompt = _template.Render(input, cancel);
                // A checkpoint's own template writes its opening tokens; another one may not know them.
                bool opened = _ownTemplate || (_tokenizer.BosToken is { Length: > 0 } bos && prompt.Text.StartsWith(bos, StringComparison.Ordinal));
                return _tokenizer.Encode(prompt, addSpecial: !opened);
            },
            cancel);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        return serviceType == typeof(ChatClientMetadata) ? Metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_engine) ? _engine
            : serviceType.IsInstanceOfType(_engine.Model) ? _engine.Model
            : null;
    }

    /// <summary>The engine belongs to whoever started it.</summary>
    public void Dispose()
    {
    }
}
