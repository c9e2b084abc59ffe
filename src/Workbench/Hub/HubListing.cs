using System.Text;
using System.Text.Json;

namespace Juxta.Workbench.Hub;

/// <summary>All files of a repository at one commit, as the Hub's API lists them. The listing is untrusted: names that lead elsewhere refuse the whole of it.</summary>
internal sealed record HubListing(string Commit, IReadOnlyDictionary<string, HubFile> Files)
{
    const int MostFiles = 100_000, MostNameLength = 1024, MostSegmentBytes = 200;
    const long MostFileBytes = 1L << 50;

    /// <summary>Reads <c>/api/models/{id}/revision/{revision}?blobs=true</c>.</summary>
    /// <exception cref="HubException">It is not such a listing, or a name is not one of a file inside a folder.</exception>
    public static HubListing Parse(HubId id, ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            if (!IsHex(commit, 40)) throw Broken(id, "its commit is not 40 hexadecimal digits");
            JsonElement siblings = document.RootElement.GetProperty("siblings");
            if (siblings.GetArrayLength() > MostFiles) throw Broken(id, $"it has more than {MostFiles} files");
            var files = new Dictionary<string, HubFile>(StringComparer.Ordinal);
            foreach (JsonElement sibling in siblings.EnumerateArray())
            {
                HubFile file = File(id, sibling);
                if (!files.TryAdd(file.Name, file)) throw Broken(id, $"it has the file '{HubId.Shown(file.Name)}' twice");
            }
            return new HubListing(commit, files);
        }
        // Missing properties, other types, half surrogate pairs, numbers out of range: what the document's accessors throw.
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new HubException($"the Hub's list of files of {id} cannot be read: {e.Message}; is HF_ENDPOINT a Hub?", e);
        }
    }

    static HubFile File(HubId id, JsonElement sibling)
    {
        string name = sibling.GetProperty("rfilename").GetString() ?? "";
        if (Problem(name) is { } problem) throw Broken(id, $"it has a file '{HubId.Shown(name)}', {problem}");
        bool large = sibling.TryGetProperty("lfs", out JsonElement lfs) && lfs.ValueKind is JsonValueKind.Object;
        JsonElement sized = large && lfs.TryGetProperty("size", out _) ? lfs : sibling;
        long bytes = sized.GetProperty("size").GetInt64();
        string hash = (large ? lfs.GetProperty("sha256") : sibling.GetProperty("blobId")).GetString() ?? "";
        if (bytes is < 0 or > MostFileBytes || !IsHex(hash, large ? 64 : 40)) throw Broken(id, $"size or hash of '{HubId.Shown(name)}' is none");
        return new HubFile(name, bytes, (large ? FileHash.Sha256 : FileHash.GitBlob) + hash);
    }

    /// <summary>Why a name cannot be a file's path inside a folder; null when it can.</summary>
    internal static string? Problem(string name)
    {
        if (name.Length is 0 or > MostNameLength) return $"a name of {name.Length} characters";
        if (name.Contains('\\') || name.Contains(':') || name.Any(char.IsControl)) return "a name with a backslash, a colon or a control character";
        foreach (string segment in name.Split('/'))
        {
            if (segment is "" or "." or "..") return "which would lie outside the model's folder";
            if (Encoding.UTF8.GetByteCount(segment) > MostSegmentBytes) return "a name too long for a disk";
        }
        return null;
    }

    static bool IsHex(string text, int digits) => text.Length == digits && text.All(char.IsAsciiHexDigitLower);

    static HubException Broken(HubId id, string what) => new($"the Hub's list of files of {id} cannot be trusted: {what}; nothing was downloaded");
}
