using System.Collections.Concurrent;
using Juxta.Server.Completions;

namespace Juxta.Server.Health;

/// <summary>What the server has done since it started.</summary>
internal sealed class RequestCounters
{
    readonly ConcurrentDictionary<(string Route, int Status), long> _requests = new();
    long _promptTokens;
    long _generatedTokens;

    public IReadOnlyList<(string Route, int Status, long Count)> Requests =>
        [.. _requests.Select(pair => (pair.Key.Route, pair.Key.Status, pair.Value)).Order()];

    public long PromptTokens => Interlocked.Read(ref _promptTokens);

    public long GeneratedTokens => Interlocked.Read(ref _generatedTokens);

    public void CountRequest(string route, int status) => _requests.AddOrUpdate((route, status), 1, (_, count) => count + 1);

    /// <summary>Counts what a request cost, also one whose client left before the end.</summary>
    public void CountTokens(Usage usage)
    {
        Interlocked.Add(ref _promptTokens, usage.PromptTokens);
        Interlocked.Add(ref _generatedTokens, usage.CompletionTokens);
    }
}
