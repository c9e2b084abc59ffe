namespace Juxta.Workbench.Hub;

/// <summary>Which Hub to ask and how. A class and not a record: no text of it shows the token.</summary>
public sealed class HubOptions
{
    /// <summary>The Hub's address.</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>Sent to <see cref="Endpoint"/> and nowhere else; null = ask as anybody.</summary>
    public string? Token { get; init; }

    /// <summary>Ask nothing of the network.</summary>
    public bool Offline { get; init; }

    /// <summary>How long to wait before each further attempt. Bytes that arrive start the row anew.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; init; } = [.. Enumerable.Range(0, 5).Select(failure => TimeSpan.FromSeconds(1 << failure))];

    /// <summary>Silence after which a connection counts as dead.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    internal TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Bytes that can still be written in a folder.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    /// <summary>HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE of the environment.</summary>
    /// <param name="offline">Offline whatever the environment says.</param>
    /// <exception cref="HubException">One of them cannot be used.</exception>
    public static HubOptions FromEnvironment(bool offline = false) => From(Environment.GetEnvironmentVariable, offline);

    /// <summary>Whether the environment forbids to ask the Hub.</summary>
    internal static bool SaysOffline(Func<string, string?> variable) => variable("HF_HUB_OFFLINE")?.Trim().ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON";

    internal static HubOptions From(Func<string, string?> variable, bool offline = false)
    {
        string? address = Text("HF_ENDPOINT"), token = Text("HF_TOKEN");
        Uri endpoint = address is null ? new HubOptions().Endpoint : Address(address);
        if (token?.All(c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c)) == false)
            throw new HubException("HF_TOKEN holds characters that no token has (a space, a quote?); set it to the token alone, or unset it");
        if (token is not null && endpoint.Scheme != Uri.UriSchemeHttps && !endpoint.IsLoopback)
            throw new HubException($"HF_ENDPOINT is {endpoint.GetLeftPart(UriPartial.Authority)}: over http anybody on the way could read HF_TOKEN; use an https address or unset HF_TOKEN");
        return new HubOptions { Endpoint = endpoint, Token = token, Offline = offline || SaysOffline(variable) };

        string? Text(string name) => variable(name)?.Trim() is { Length: > 0 } text ? text : null;
    }

    static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0
            ? new Uri(text.TrimEnd('/'))
            : throw new HubException("HF_ENDPOINT is not an address such as https://huggingface.co (without user name, password or query)");
}
