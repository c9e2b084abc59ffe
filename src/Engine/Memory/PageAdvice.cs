using System.Runtime.InteropServices;

namespace Juxta.Engine.Memory;

/// <summary>What Linux is told of stretches of memory. Only advice: elsewhere, and where the system does not follow it, nothing happens.</summary>
internal static unsafe partial class PageAdvice
{
    /// <summary>Bytes of a huge page; one begins at a multiple of this.</summary>
    public const int HugePage = 2 << 20;

    const int DontNeed = 4; // MADV_DONTNEED; on a file's mapping it drops the pages from this process, and a later touch reads them again
    const int Huge = 14; // MADV_HUGEPAGE

    /// <summary>Gives mapped pages back once they are packed, so that loading needs the packed size and one tensor, not both copies.</summary>
    public static void Forget(TensorView tensor)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint start = ((nuint)tensor.Data + page - 1) / page * page, end = ((nuint)tensor.Data + (nuint)tensor.Bytes) / page * page;
        if (end > start) _ = Advise((void*)start, end - start, DontNeed);
    }

    /// <summary>
    /// Asks for pages of 2 MB, for what is read whole again and again. A processor finds the place of only so many pages without looking it up, and a virtual
    /// machine looks up in two tables: over pages of 4 KB decoding took 1.05 to 1.14 times as long (docs/performance.md).
    /// </summary>
    /// <param name="start">On a boundary of <see cref="HugePage"/>.</param>
    public static void PreferHuge(void* start, long bytes)
    {
        if (OperatingSystem.IsLinux()) _ = Advise(start, (nuint)bytes, Huge);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
