using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Juxta.BrowserTests;

/// <summary>
/// The network between a browser and the server: a relay of TCP connections that a test can cut (as when a cable is pulled and the system notices: connections end,
/// new ones are refused) or hush (as when packets vanish: connections stay and nothing passes).
/// </summary>
sealed class Line : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentDictionary<TcpClient, bool> _clients = new();
    readonly CancellationTokenSource _end = new();
    readonly IPEndPoint _server;
    volatile TaskCompletionSource _passing = Passing();
    volatile bool _cut;

    public Line(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Loopback, server.Port);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>Where the browser finds the server.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public void Cut()
    {
        _cut = true;
        foreach (TcpClient client in _clients.Keys) client.Close();
    }

    public void Hush() => _passing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>All is well again: new connections are taken, and what was held back goes on its way.</summary>
    public void Mend()
    {
        _cut = false;
        _passing.TrySetResult();
    }

    async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            TcpClient browser = await _listener.AcceptTcpClientAsync(_end.Token);
            if (_cut) browser.Close();
            else _ = JoinAsync(browser);
        }
    }

    async Task JoinAsync(TcpClient browser)
    {
        using var server = new TcpClient();
        using (browser)
        {
            _clients[browser] = _clients[server] = true;
            try
            {
                await server.ConnectAsync(_server, _end.Token);
                Task up = PassAsync(browser.GetStream(), server.GetStream()), down = PassAsync(server.GetStream(), browser.GetStream());
                await Task.WhenAny(up, down);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
            {
                // One end closed, or the line was cut: both ends go.
            }
            _clients.TryRemove(browser, out _);
            _clients.TryRemove(server, out _);
        }
    }

    async Task PassAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[16384];
        for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
        {
            await _passing.Task.WaitAsync(_end.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
        }
    }

    static TaskCompletionSource Passing()
    {
        var passing = new TaskCompletionSource();
        passing.SetResult();
        return passing;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        Cut();
        _end.Dispose();
    }
}
