using System.Globalization;

namespace Juxta.Engine.Weights.Packed;

/// <summary>
/// Where packed weights are kept from one opening to the next, one file for a checkpoint's content and a storage. What is opened again is mapped from there instead
/// of being read, rounded and packed. The longest unused go when there are too many. Nothing in it is needed: deleting any of it, at any time, costs time alone.
/// </summary>
/// <param name="path">Made when something is kept; null = nothing is.</param>
public sealed class PackedFolder(string? path)
{
    /// <summary>The environment variable that names Juxta's cache folder; <c>off</c> = keep nothing.</summary>
    public const string Variable = "JUXTA_CACHE";

    /// <summary>The environment variable with the most gigabytes to keep.</summary>
    public const string LimitVariable = "JUXTA_CACHE_GB";

    /// <summary>Raised when panels come to lie otherwise in memory, or rounding changes: files of other versions are not looked at.</summary>
    internal const int LayoutVersion = 1;

    internal const int KeyLength = 96;

    const string Ending = ".packed";

    /// <summary>Keeps nothing.</summary>
    public static PackedFolder None { get; } = new(null);

    /// <summary>What the environment says: <c>packed</c> in $JUXTA_CACHE, else in $XDG_CACHE_HOME/juxta or ~/.cache/juxta.</summary>
    public static PackedFolder Default => Environment.GetEnvironmentVariable(Variable) switch
    {
        "off" => None,
        var named => new PackedFolder(System.IO.Path.Combine(named is { Length: > 0 } ? named : CacheHome(), "packed")) { LimitBytes = Limit() },
    };

    /// <summary>Null = nothing is kept.</summary>
    public string? Path { get; } = path is null ? null : System.IO.Path.GetFullPath(path);

    /// <summary>Most bytes of all files together.</summary>
    public long LimitBytes { get; init; } = 20_000_000_000;

    /// <summary>Models of fewer packed bytes are packed each time, which takes a tenth of a second.</summary>
    public long SmallestBytes { get; init; } = 64 << 20;

    /// <summary>How old the last change of a checkpoint's files must be: a younger one could change again without a trace.</summary>
    public TimeSpan Settling { get; init; } = KnownHashes.UsualSettling;

    /// <summary>Free bytes of the folder's disk.</summary>
    internal Func<string, long> FreeBytes { get; init; } = folder => new DriveInfo(folder).AvailableFreeSpace;

    internal KnownHashes? Hashes => Path is null ? null : new KnownHashes(System.IO.Path.Combine(Path, "hashes"), Settling);

    /// <summary>What is kept, last used first.</summary>
    public IReadOnlyList<PackedEntry> List() => Path is null || !Directory.Exists(Path)
        ? []
        : [.. new DirectoryInfo(Path).EnumerateFiles("*" + Ending).OrderByDescending(file => file.LastWriteTimeUtc).Select(Describe)];

    /// <summary>Deletes everything that is kept; models that are open go on.</summary>
    public void Clear()
    {
        if (Path is not null && Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }

    /// <param name="content">Hash of the checkpoint's files.</param>
    /// <param name="storage">What its weights are rounded to; null = as stored.</param>
    internal static string KeyOf(string content, string? storage) => $"{content}-{storage ?? "stored"}-{LayoutVersion}".PadRight(KeyLength, '_');

    /// <summary>The file of a key, checked to its last byte; null where there is none. A damaged one is deleted.</summary>
    internal PackedFile? Find(string key, int threads)
    {
        if (Path is null || !File.Exists(FileOf(key))) return null;
        try
        {
            if (PackedFile.Open(FileOf(key), key, threads) is not { } found)
            {
                File.Delete(FileOf(key));
                return null;
            }
            Touch(FileOf(key));
            return found;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ModelFormatException)
        {
            return null;
        }
    }

    internal bool Has(string key) => Path is not null && File.Exists(FileOf(key));

    /// <summary>Takes the room for a file.</summary>
    /// <exception cref="IOException">The folder cannot be written, or its disk would be filled.</exception>
    internal PackedWriter Begin(string model, IReadOnlyList<PackedSource> sources)
    {
        string folder = Path ?? throw new InvalidOperationException("nothing is kept");
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        long bytes = sources.Sum(source => source.Bytes), free = FreeBytes(folder);
        if (free < 2 * bytes) throw new IOException($"its disk has {free / 1e9:0.0} GB free, and twice the {bytes / 1e9:0.0} GB are wanted");
        return PackedWriter.Begin(folder, model, sources);
    }

    internal void Commit(PackedWriter writer, string key)
    {
        writer.Commit(FileOf(key), key);
        FileInfo[] files = [.. new DirectoryInfo(Path!).EnumerateFiles("*" + Ending).OrderByDescending(file => file.LastWriteTimeUtc)];
        long kept = 0;
        foreach (FileInfo file in files)
        {
            kept += file.Length;
            if (kept > LimitBytes && file.FullName != FileOf(key)) file.Delete();
        }
    }

    string FileOf(string key) => System.IO.Path.Combine(Path!, key.TrimEnd('_') + Ending);

    static void Touch(string file)
    {
        try
        {
            File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that can only be read: the order of use is not kept there.
        }
    }

    static PackedEntry Describe(FileInfo file)
    {
        string[] parts = System.IO.Path.GetFileNameWithoutExtension(file.Name).Split('-');
        string? model = null;
        try
        {
            using MappedFile mapped = MappedFile.Open(file.FullName);
            model = PackedFile.ReadHeader(mapped)?.Model;
        }
        catch (ModelFormatException)
        {
            // Gone or unreadable: its name and size are still told.
        }
        return new PackedEntry(file.FullName, model, parts.ElementAtOrDefault(1) ?? "", file.Length, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
    }

    static string CacheHome() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } home
        ? System.IO.Path.Combine(home, "juxta")
        : System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "juxta");

    static long Limit() => double.TryParse(Environment.GetEnvironmentVariable(LimitVariable), NumberStyles.Float, CultureInfo.InvariantCulture, out double gigabytes) && gigabytes >= 0 && double.IsFinite(gigabytes)
        ? (long)Math.Min(gigabytes * 1e9, long.MaxValue / 2)
        : None.LimitBytes;
}

/// <summary>A checkpoint's packed weights that are kept.</summary>
/// <param name="Model">The folder they were packed from; null where the file is damaged.</param>
/// <param name="Weights">What they are rounded to; "stored" = as the files store them.</param>
public sealed record PackedEntry(string File, string? Model, string Weights, long Bytes, DateTimeOffset LastUsed);
