using System.Runtime.InteropServices;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>Gives mapped pages back to the system once they are packed, so that loading needs the packed size and one tensor, not both copies.</summary>
internal static unsafe partial class MappedPages
{
    const int DontNeed = 4; // MADV_DONTNEED; on a file's mapping it drops the pages from this process, and a later touch reads them again

    /// <summary>Forgets the whole pages inside a tensor. Only advice: where the system has no such call, nothing happens.</summary>
    public static void Forget(TensorView tensor)
    {
        if (!OperatingSystem.IsLinux()) return;
        nuint page = (nuint)Environment.SystemPageSize;
        nuint start = ((nuint)tensor.Data + page - 1) / page * page, end = ((nuint)tensor.Data + (nuint)tensor.Bytes) / page * page;
        if (end > start) _ = Advise((void*)start, end - start, DontNeed);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
