using System.Collections.Concurrent;
using Juxta.Eval.Runs;
using Microsoft.Extensions.AI;

namespace Juxta.EvalTests.Runs;

/// <summary>Answers with the question, and counts what it was asked.</summary>
sealed class Echo : IChatClient
{
    public ConcurrentBag<(string Text, ChatOptions? Options)> Asked { get; } = [];

    /// <summary>Fails once it has answered so many.</summary>
    public int FailsAfter { get; init; } = int.MaxValue;

    public RunModel Model => new(new ModelIdentity("echo") { Weights = "0011" }, this);

    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (Asked.Count >= FailsAfter) throw new InvalidOperationException("the machine went down");
        string text = string.Join("|", messages.Select(message => $"{message.Role}:{message.Text}"));
        Asked.Add((text, options));
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, text))
        {
            FinishReason = ChatFinishReason.Length,
            Usage = new UsageDetails { InputTokenCount = 3, OutputTokenCount = 2 },
            AdditionalProperties = new AdditionalPropertiesDictionary { ["ids"] = new[] { 7, text.Length }, ["logprobs"] = new[] { -0.1f, float.NegativeInfinity } },
        });
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
