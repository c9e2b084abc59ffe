using System.Net;
using Microsoft.AspNetCore.Http;

namespace Juxta.Server.Hosting;

/// <summary>The addresses a server may listen on (design D14).</summary>
internal static class ListenAddress
{
    /// <exception cref="StartException">An address is none, or leads beyond this machine while neither an API key is set nor people sign in.</exception>
    public static void Check(IReadOnlyList<string> urls, string? apiKey, bool shared)
    {
        if (urls.Count == 0) throw new StartException($"no address to listen on; give one like {ServerOptions.DefaultUrl}");
        foreach (string url in urls)
        {
            BindingAddress address = Parse(url);
            if (apiKey is null && !shared && !IsLoopback(address))
            {
                throw new StartException(
                    $"refusing to listen on {url}: everybody who reaches this machine could use it. Let people sign in with --shared, set an API key in the environment variable {ServerOptions.ApiKeyVariable}, or listen on http://127.0.0.1:{address.Port}");
            }
        }
    }

    /// <summary>Whether other machines can reach it.</summary>
    public static bool IsBeyond(string url) => !IsLoopback(BindingAddress.Parse(url));

    /// <summary>An address that a browser on this machine can open: one that means every network of this machine is no address of it.</summary>
    public static string ForBrowsers(string url) => BindingAddress.Parse(url) is var address && address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? $"{address.Scheme}://127.0.0.1:{address.Port}" : url;

    static BindingAddress Parse(string url)
    {
        try
        {
            BindingAddress address = BindingAddress.Parse(url);
            if (address.Scheme == "https") throw new StartException($"refusing {url}: this server speaks plain HTTP; put a proxy with the certificate in front of it");
            if (address.Scheme == "http" && address.PathBase.Length == 0 && address.Port is >= 0 and <= 65535) return address;
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new StartException($"'{url}' is not an address to listen on; expected something like {ServerOptions.DefaultUrl}");
    }

    static bool IsLoopback(BindingAddress address) =>
        !address.IsNamedPipe && (address.IsUnixPipe || address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip)));
}
