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
    /// <summary>A file is read again only when its path, size or time of change is new.</summary>
    static readonly ConcurrentDictionary<(string Path, long Length, DateTime Changed), string> Known = new();

    /// <summary>SHA-256 of one file, lower-case hexadecimal.</summary>
    /// <exception cref="ModelFormatException">The file cannot be read.</exception>
    public static string OfFile(string path)
    {
        try
        {
            FileInfo info = new(Path.GetFullPath(path));
            if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) info = target;
            var key = (info.FullName, info.Length, info.LastWriteTimeUtc);
            if (Known.TryGetValue(key, out string? known)) return known;
            using var stream = new FileStream(info.FullName, new FileStreamOptions { BufferSize = 1 << 20, Options = FileOptions.SequentialScan });
            return Known[key] = Convert.ToHexStringLower(SHA256.HashData(stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{path}: cannot be read: {error.Message}", path, error);
        }
    }

    /// <summary>One hash for a set of files, read in parallel.</summary>
    public static string OfFiles(IReadOnlyCollection<string> paths)
    {
        string[] sorted = [.. paths.OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal)];
        string[] hashes = new string[sorted.Length];
        try
        {
            Parallel.For(0, sorted.Length, i => hashes[i] = OfFile(sorted[i]));
        }
        catch (AggregateException error) when (error.InnerException is ModelFormatException first)
        {
            throw first;
        }
        var list = new StringBuilder();
        for (int i = 0; i < sorted.Length; i++) list.Append(hashes[i]).Append("  ").Append(Path.GetFileName(sorted[i])).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list.ToString())));
    }
}
