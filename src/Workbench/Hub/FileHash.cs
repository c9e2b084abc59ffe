using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juxta.Workbench.Hub;

/// <summary>What the Hub says of a file's content: <c>sha256:…</c> for large files (LFS), <c>git-sha1:…</c>, the name of git's blob, for small ones.</summary>
internal static class FileHash
{
    public const string Sha256 = "sha256:", GitBlob = "git-sha1:";

    /// <summary>A hash to feed a file of that many bytes to. Git's blob name is the SHA-1 of a header and the content.</summary>
    public static IncrementalHash Begin(string hash, long bytes)
    {
        if (hash.StartsWith(Sha256, StringComparison.Ordinal)) return IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        IncrementalHash blob = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        blob.AppendData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes}\0")));
        return blob;
    }

    /// <summary>What was fed, written like <paramref name="like"/>.</summary>
    public static string End(IncrementalHash fed, string like) =>
        (like.StartsWith(Sha256, StringComparison.Ordinal) ? Sha256 : GitBlob) + Convert.ToHexStringLower(fed.GetHashAndReset());

    /// <summary>The hash of a file on disk, of the same kind as another.</summary>
    public static async Task<string> OfAsync(string path, string like, CancellationToken cancel)
    {
        await using FileStream file = File.OpenRead(path);
        using IncrementalHash fed = Begin(like, file.Length);
        var buffer = new byte[1 << 20];
        for (int read; (read = await file.ReadAsync(buffer, cancel)) > 0;) fed.AppendData(buffer, 0, read);
        return End(fed, like);
    }
}
