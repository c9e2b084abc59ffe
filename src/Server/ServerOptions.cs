using Juxta.Workbench;

namespace Juxta.Server;

/// <summary>How the server runs. Read once at start; there are no other settings (no appsettings.json, no ASPNETCORE_ variables).</summary>
public sealed record ServerOptions
{
    /// <summary>Name of the environment variable that holds the API key.</summary>
    public const string ApiKeyVariable = "JUXTA_API_KEY";

    /// <summary>Where it listens when nothing else is said.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5080";

    /// <summary>Models, adapters, storage and engine.</summary>
    public required WorkbenchOptions Workbench { get; init; }

    /// <summary>Addresses to listen on. Beyond this machine only with an <see cref="ApiKey"/> or <see cref="Shared"/> (design D14). Port 0 = any free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>When set, every request but the bare <c>/health</c> must show it. Default: $JUXTA_API_KEY.</summary>
    public string? ApiKey { get; init; } = Environment.GetEnvironmentVariable(ApiKeyVariable) is { Length: > 0 } key ? key : null;

    /// <summary>People sign in, with roles; else everybody who reaches the pages is this machine's own user.</summary>
    public bool Shared { get; init; }

    /// <summary>Further names this server is reached by; those of loopback and the addresses listened on are known.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Largest request body; a larger one gets 413.</summary>
    public long MaxBodyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>A stream that has been silent for so long gets a comment, so that no proxy takes it for dead.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running requests may go on after the server was told to stop.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the address is printed once the server is ready.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Where the reason is printed when it cannot start.</summary>
    public TextWriter Error { get; init; } = Console.Error;
}
