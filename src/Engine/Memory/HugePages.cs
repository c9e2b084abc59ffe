using System.Globalization;

namespace Juxta.Engine.Memory;

/// <summary>What of a mapped file the system has put into huge pages. That depends on its file system and on how the file came into its cache, so it is asked.</summary>
internal static unsafe class HugePages
{
    const string Mappings = "/proc/self/smaps";

    /// <summary>Whether nearly every huge page that fits into a file mapped at <paramref name="start"/> is one; its pages must have been touched. True where the system does not tell.</summary>
    public static bool Hold(void* start, long bytes)
    {
        long fit = (bytes / PageAdvice.HugePage) - 1; // the first and the last may be cut
        return fit <= 0 || !File.Exists(Mappings) || BytesAt((nuint)start) >= 0.9 * fit * PageAdvice.HugePage;
    }

    static long BytesAt(nuint start)
    {
        string mapping = $"{start:x}-";
        bool inside = false;
        foreach (string line in File.ReadLines(Mappings))
        {
            if (line.StartsWith(mapping, StringComparison.Ordinal)) inside = true;
            else if (inside && line.StartsWith("FilePmdMapped:", StringComparison.Ordinal))
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }
}
