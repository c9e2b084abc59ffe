using System.Text;
using Microsoft.Playwright;

namespace Juxta.BrowserTests;

/// <summary>All that the pages of a profile receive and send, from its first request on: addresses, headers, bodies and frames of the live connection.</summary>
sealed class Received
{
    readonly List<byte[]> _pieces = [];
    readonly List<Task> _bodies = [];

    Received(IBrowserContext profile)
    {
        profile.Page += (_, page) => page.WebSocket += (_, socket) =>
        {
            socket.FrameReceived += (_, frame) => Add(frame);
            socket.FrameSent += (_, frame) => Add(frame);
        };
        profile.Response += (_, response) =>
        {
            Add(Encoding.UTF8.GetBytes($"{response.Url} {string.Join(' ', response.Headers.Select(header => header.Key + header.Value))}"));
            if (response.Request.ResourceType is not ("document" or "fetch" or "xhr") || response.Status is >= 300 and < 400) return;
            lock (_bodies) _bodies.Add(BodyAsync(response));
        };
    }

    public static Received By(IBrowserContext profile) => new(profile);

    public int Frames { get; private set; }

    public async Task<bool> HasAsync(string text)
    {
        Task[] bodies;
        lock (_bodies) bodies = [.. _bodies];
        await Task.WhenAll(bodies);
        byte[] sought = Encoding.UTF8.GetBytes(text);
        lock (_pieces) return _pieces.Any(piece => piece.AsSpan().IndexOf(sought) >= 0);
    }

    async Task BodyAsync(IResponse response) => Add(await response.BodyAsync());

    void Add(IWebSocketFrame frame)
    {
        Add(frame.Binary ?? Encoding.UTF8.GetBytes(frame.Text ?? ""));
        Frames++;
    }

    void Add(byte[] piece)
    {
        lock (_pieces) _pieces.Add(piece);
    }
}
