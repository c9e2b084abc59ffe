using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Juxta.Engine.Weights;

/// <summary>
/// Content hashes of checkpoints and adapters, so that a stored answer says exactly which weights gave it (design D4). A set of files hashes to what
/// <c>sha256sum FILES… | sha256sum</c> prints in their folder, files in ordinal order of name.
/// </summary>
internal static class WeightsHash
{
    /// <summary>A file is read again only when its identity is new. Proved: the identity told that the file did not change while it was read, nor could without a trace.</summary>
    static readonly ConcurrentDictionary<FileIdentity, (string Hash, bool Proved)> Known = new();

    /// <summary>SHA-256 of one file, lower-case hexadecimal.</summary>
    /// <param name="others">Hashes that other processes computed, and where this one is kept for them; null = none.</param>
    /// <exception cref="ModelFormatException">The file cannot be read.</exception>
    public static string OfFile(string path, KnownHashes? others = null)
    {
        try
        {
            FileIdentity identity = FileIdentity.Of(path);
            string? remembered = others?.Find(identity);
            if (!Known.TryGetValue(identity, out (string Hash, bool Proved) known))
            {
                bool settled = identity.Settled(others?.Settling ?? KnownHashes.UsualSettling);
                string hash = remembered ?? Read(identity.Path);
                Known[identity] = known = (hash, settled && FileIdentity.Of(path) == identity);
            }
            if (known.Proved && remembered is null) others?.Keep(identity, known.Hash);
            return known.Hash;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>One hash for a set of files, read in parallel.</summary>
    public static string OfFiles(IReadOnlyCollection<string> paths, KnownHashes? others = null)
    {
        string[] sorted = Sorted(paths), hashes = new string[sorted.Length];
        try
        {
            Parallel.For(0, sorted.Length, i => hashes[i] = OfFile(sorted[i], others));
        }
        catch (AggregateException error) when (error.InnerException is ModelFormatException first)
        {
            throw first;
        }
        return OfList(sorted, hashes);
    }

    /// <summary>The same where no large file must be read for it, else null. Believes none but settled identities, so it is safe to put other bytes in the files' place by it.</summary>
    public static string? OfKnownFiles(IReadOnlyCollection<string> paths, KnownHashes others)
    {
        string[] sorted = Sorted(paths), hashes = new string[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            FileIdentity identity = FileIdentity.Of(sorted[i]);
            if ((identity.Length < KnownHashes.Smallest ? Read(identity.Path) : others.Find(identity)) is not { } hash) return null;
            hashes[i] = hash;
        }
        return OfList(sorted, hashes);
    }

    static string Read(string path)
    {
        using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 1 << 20, Options = FileOptions.SequentialScan });
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    static string[] Sorted(IReadOnlyCollection<string> paths) => [.. paths.OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal)];

    static string OfList(string[] sorted, string[] hashes)
    {
        var list = new StringBuilder();
        for (int i = 0; i < sorted.Length; i++) list.Append(hashes[i]).Append("  ").Append(Path.GetFileName(sorted[i])).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())));
    }
}
