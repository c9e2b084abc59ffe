[assembly: AssemblyFixture(typeof(Juxta.ServerTests.SharedServers))]

namespace Juxta.ServerTests;

/// <summary>One running server per model for all tests that do not need a server of their own.</summary>
public sealed class SharedServers : IAsyncDisposable
{
    readonly SemaphoreSlim _gate = new(1);
    readonly Dictionary<string, TestServer> _servers = [];

    /// <summary>The models that every test of answers runs on.</summary>
    public static TheoryData<string> Models => ["tiny", "stories260k"];

    internal async Task<TestServer> GetAsync(string model = "tiny")
    {
        await _gate.WaitAsync();
        try
        {
            if (!_servers.TryGetValue(model, out TestServer? server)) _servers[model] = server = await TestServer.StartAsync(model);
            return server;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestServer server in _servers.Values) await server.DisposeAsync();
        _gate.Dispose();
    }
}
