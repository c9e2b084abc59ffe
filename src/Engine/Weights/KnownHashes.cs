using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Juxta.Engine.Weights;

/// <summary>SHA-256 of large files, remembered from process to process by their identity: reading 1 GB for its hash takes half a second of a processor, as long as packing it.</summary>
/// <param name="folder">A small file in it for every file that was hashed: identity and hash in one line.</param>
/// <param name="settling">How old a file's last change must be (<see cref="FileIdentity.Settled"/>).</param>
internal sealed class KnownHashes(string folder, TimeSpan settling)
{
    /// <summary>Smaller files are hashed each time.</summary>
    public const long Smallest = 16 << 20;

    public static TimeSpan UsualSettling { get; } = TimeSpan.FromSeconds(2);

    public TimeSpan Settling => settling;

    /// <summary>Null where it was not hashed, or has changed since.</summary>
    public string? Find(FileIdentity file)
    {
        if (file.Length < Smallest || !file.Settled(settling)) return null;
        try
        {
            string[] words = File.ReadAllText(NoteOf(file)).Split(' ');
            return words is [var identity, { Length: 64 } hash] && identity == Written(file) && hash.All(char.IsAsciiHexDigitLower) ? hash : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <param name="file">Its identity before it was read, and after.</param>
    public void Keep(FileIdentity file, string hash)
    {
        if (file.Length < Smallest || !file.Settled(settling)) return;
        try
        {
            Directory.CreateDirectory(folder);
            string temporary = $"{NoteOf(file)}.{Guid.NewGuid():N}.part";
            File.WriteAllText(temporary, $"{Written(file)} {hash}");
            File.Move(temporary, NoteOf(file), overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Only a convenience: next time it is hashed again.
        }
    }

    string NoteOf(FileIdentity file) => Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Path)))[..32]);

    static string Written(FileIdentity file) => string.Create(CultureInfo.InvariantCulture, $"{file.Device}:{file.Inode}:{file.Length}:{file.Modified}:{file.Changed}");
}
