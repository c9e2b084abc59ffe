using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Juxta.Tests;

/// <summary>
/// A Hub on loopback with one repository: real HTTP, ranges and tags by ASP.NET Core. Large files (weights) can be served by a second address, as the
/// Hub's are. What it does wrong is said by its properties.
/// </summary>
sealed class StandInHub : IAsyncDisposable
{
    public sealed record Seen(bool SecondAddress, string Path, string? Authorization, string? Range, string? IfRange, int Status);

    public const string Repository = "acme/tiny", Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly List<WebApplication> _servers = [];
    readonly ConcurrentQueue<Seen> _seen = new();
    readonly ConcurrentDictionary<string, int> _cuts = new();
    int _busy;

    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>What is sent in place of a listed file's content.</summary>
    public Dictionary<string, byte[]> Tampered { get; } = [];

    /// <summary>The listing, where it is not to be made of the files.</summary>
    public string? Listing { get; set; }

    /// <summary>Who does not show this token is told that there is no such model.</summary>
    public string? Token { get; set; }

    public bool Gated { get; set; }

    public bool LargeFilesElsewhere { get; set; }

    /// <summary>Part of every ETag; null = none is sent.</summary>
    public string? Tag { get; set; } = "v1";

    /// <summary>Ranges are answered with 200 and everything.</summary>
    public bool IgnoresRanges { get; set; }

    /// <summary>Waits for ever where a connection would be cut.</summary>
    public bool HangsInsteadOfCutting { get; set; }

    /// <summary>Called when it has begun to hang.</summary>
    public Action? Hanging { get; set; }

    /// <summary>Where a redirect leads, if it is not the second address.</summary>
    public string? RedirectsTo { get; set; }

    public Uri Address { get; private set; } = null!;

    public Uri SecondAddress { get; private set; } = null!;

    public IReadOnlyList<Seen> Requests => [.. _seen];

    public IEnumerable<Seen> RequestsOf(string file) => Requests.Where(seen => seen.Path.EndsWith("/" + file, StringComparison.Ordinal) && seen.Status != 302);

    public static async Task<StandInHub> StartAsync()
    {
        var hub = new StandInHub();
        hub.Address = await hub.ListenAsync(second: false);
        hub.SecondAddress = await hub.ListenAsync(second: true);
        return hub;
    }

    /// <summary>A model of one weights file of that size, with a README and code that nobody should want.</summary>
    public StandInHub WithModel(int weightBytes = 1_000_000)
    {
        var weights = new byte[weightBytes];
        new Random(weightBytes).NextBytes(weights);
        Files["config.json"] = """{"model_type":"llama"}"""u8.ToArray();
        Files["tokenizer.json"] = """{"model":{}}"""u8.ToArray();
        Files["model.safetensors"] = weights;
        Files["pytorch_model.bin"] = [1, 2, 3];
        Files["modeling_tiny.py"] = "import os"u8.ToArray();
        Files["README.md"] = "# tiny"u8.ToArray();
        Files["onnx/model.onnx"] = [0];
        return this;
    }

    /// <summary>The next answers with a file's content break off after so many bytes, as often as that.</summary>
    public int CutAfter { get; private set; }

    public void Cut(string file, int after, int times = 1)
    {
        CutAfter = after;
        _cuts[file] = times;
    }

    /// <summary>The next requests are answered with 503.</summary>
    public void BeBusy(int times) => _busy = times;

    public async ValueTask DisposeAsync()
    {
        foreach (WebApplication server in _servers) await server.DisposeAsync();
    }

    async Task<Uri> ListenAsync(bool second)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        WebApplication server = builder.Build();
        server.Run(context =>
        {
            // Noted before the first byte leaves: who has the answer finds its request here.
            context.Response.OnStarting(() =>
            {
                IHeaderDictionary headers = context.Request.Headers;
                _seen.Enqueue(new Seen(second, context.Request.Path, headers.Authorization, headers.Range, headers.IfRange, context.Response.StatusCode));
                return Task.CompletedTask;
            });
            return AnswerAsync(context, second);
        });
        _servers.Add(server);
        await server.StartAsync();
        return new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    async Task AnswerAsync(HttpContext context, bool second)
    {
        string path = context.Request.Path.Value!;
        if (Interlocked.Decrement(ref _busy) >= 0)
        {
            context.Response.Headers.RetryAfter = "0";
            context.Response.StatusCode = 503;
        }
        else if (!second && Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}") Refuse(context, 401, context.Request.Headers.Authorization.Count == 0 ? "RepoNotFound" : "");
        else if (path.StartsWith($"/api/models/{Repository}/revision/", StringComparison.Ordinal))
        {
            if (path.EndsWith("/nowhere", StringComparison.Ordinal)) Refuse(context, 404, "RevisionNotFound");
            else await context.Response.WriteAsync(Listing ?? List());
        }
        else if (path.StartsWith($"/{Repository}/resolve/{Commit}/", StringComparison.Ordinal))
        {
            string name = path[$"/{Repository}/resolve/{Commit}/".Length..];
            if (Gated) Refuse(context, context.Request.Headers.Authorization.Count == 0 ? 401 : 403, "GatedRepo");
            else if (!Files.TryGetValue(name, out byte[]? content)) Refuse(context, 404, "EntryNotFound");
            else if (LargeFilesElsewhere && !second && Large(name)) context.Response.Redirect(RedirectsTo ?? $"{SecondAddress}{path.TrimStart('/')}?signature=x");
            else await SendAsync(context, name, Tampered.GetValueOrDefault(name, content));
        }
        else Refuse(context, 404, "RepoNotFound");
    }

    async Task SendAsync(HttpContext context, string name, byte[] content)
    {
        if (_cuts.TryGetValue(name, out int cuts) && cuts > 0)
        {
            _cuts[name] = cuts - 1;
            context.Response.Body = new CutStream(context.Response.Body, CutAfter, () => BreakOffAsync(context));
        }
        EntityTagHeaderValue? tag = Tag is null ? null : new EntityTagHeaderValue($"\"{Tag}-{name}\"");
        await Results.Bytes(content, enableRangeProcessing: !IgnoresRanges, entityTag: tag).ExecuteAsync(context);
    }

    async Task BreakOffAsync(HttpContext context)
    {
        Hanging?.Invoke();
        await Task.Delay(HangsInsteadOfCutting ? Timeout.Infinite : 100, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (context.RequestAborted.IsCancellationRequested) return;
        // An end and no reset: what was sent arrives, however late it is read.
        context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(TimeSpan.FromSeconds(5), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    static bool Large(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal) || name.EndsWith(".bin", StringComparison.Ordinal);

    static void Refuse(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        if (code.Length > 0) context.Response.Headers["X-Error-Code"] = code;
    }

    string List() => JsonSerializer.Serialize(new { id = Repository, sha = Commit, siblings = Files.Select(file => Sibling(file.Key, file.Value)) });

    public static object Sibling(string name, byte[] content)
    {
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1); // git's
        sha1.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {content.Length}\0")));
        sha1.AppendData(content);
        string blob = Convert.ToHexStringLower(sha1.GetHashAndReset());
        return Large(name)
            ? new { rfilename = name, blobId = blob, size = content.Length, lfs = new { sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), size = content.Length, pointerSize = 134 } }
            : new { rfilename = name, blobId = blob, size = content.Length };
    }

    /// <summary>Lets so many bytes through and then breaks off.</summary>
    sealed class CutStream(Stream inner, int most, Func<Task> breakOff) : Stream
    {
        int _left = most;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int now = Math.Min(_left, buffer.Length);
            await inner.WriteAsync(buffer[..now], cancellationToken);
            _left -= now;
            if (_left > 0) return;
            await inner.FlushAsync(cancellationToken);
            await breakOff();
            throw new IOException("cut");
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => inner.Flush();

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
