using System.Runtime.InteropServices;
using Juxta.Engine.Kernels;

namespace Juxta.Training.Gradients;

/// <summary>Shares out work over the engine's pool by a closure: training may allocate where a decode step may not.</summary>
internal static unsafe class Work
{
    /// <summary>Calls the body with 0 … <paramref name="chunks"/> − 1, each once, in any order and from any of the pool's threads.</summary>
    public static void Each(WorkerPool pool, int chunks, Action<int> body)
    {
        GCHandle handle = GCHandle.Alloc(body);
        try
        {
            nint state = GCHandle.ToIntPtr(handle);
            pool.Run(chunks, &Call, &state);
        }
        finally
        {
            handle.Free();
        }
    }

    /// <summary>Calls the body with every row, sixteen rows at a time.</summary>
    public static void EachRow(WorkerPool pool, int rows, Action<int> body)
    {
        const int chunk = 16;
        Each(pool, (rows + chunk - 1) / chunk, c =>
        {
            for (int row = c * chunk; row < Math.Min(rows, (c + 1) * chunk); row++) body(row);
        });
    }

    static void Call(nint* state, int chunk, int worker) => ((Action<int>)GCHandle.FromIntPtr(*state).Target!)(chunk);
}
