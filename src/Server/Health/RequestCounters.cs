using System.Collections.Concurrent;

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

    public void CountTokens(int prompt, int generated)
    {
        Interlocked.Add(ref _promptTokens, prompt);
        Interlocked.Add(ref _generatedTokens, generated);
    }
}
