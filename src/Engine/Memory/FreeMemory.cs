namespace Juxta.Engine.Memory;

/// <summary>Bytes that can be had without swapping: Linux' own estimate, within what the container allows.</summary>
internal static class FreeMemory
{
    public static long Bytes()
    {
        long allowed = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (!File.Exists("/proc/meminfo")) return allowed;
        string? line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 2 && long.TryParse(words[1], out long kibibytes) ? Math.Min(allowed, kibibytes * 1024) : allowed;
    }
}
