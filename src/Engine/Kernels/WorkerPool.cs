using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Juxta.Engine.Kernels;

/// <summary>
/// The caller and Threads − 1 workers that share out chunks of work. Forks and joins in about a microsecond: workers spin for a fraction of a
/// millisecond after the last job, then park until the next one.
/// </summary>
/// <remarks>
/// A job is a static function and a pointer to its arguments on the caller's stack; nothing is allocated. Chunks are claimed one by one from a
/// ticket that holds (job number, chunks left), so a worker that wakes late finds nothing left, or another job number, and leaves it alone: the caller waits for
/// claimed chunks only, never for a worker that got no processor. Calls from several threads take turns.
/// </remarks>
internal sealed unsafe class WorkerPool : IDisposable
{
    const int SpinPauses = 20_000;

    readonly Lock _turn = new();
    readonly Worker[] _workers;
    Shared _shared;
    ExceptionDispatchInfo? _failure;

    /// <param name="threads">Threads of a job, the caller included; at least 1.</param>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++) _workers[i] = new Worker(this, i + 1);
    }

    public int Threads { get; }

    /// <summary>
    /// Calls <paramref name="body"/>(state, chunk, worker) for every chunk 0 … <paramref name="chunks"/> − 1, worker being in 0 … Threads − 1, and returns
    /// when all are done. The first exception of any chunk is thrown here; chunks not yet claimed are then left out.
    /// </summary>
    public void Run<TState>(int chunks, delegate*<TState*, int, int, void> body, TState* state) where TState : unmanaged
    {
        if (chunks <= 1 || Threads == 1)
        {
            for (int chunk = 0; chunk < chunks; chunk++) body(state, chunk, 0);
            return;
        }

        lock (_turn)
        {
            ObjectDisposedException.ThrowIf(_shared.Stop, this);
            _shared.Body = (delegate*<void*, int, int, void>)body;
            _shared.State = state;
            _shared.Chunks = chunks;
            _shared.Done = 0;
            uint job = _shared.Job + 1;
            Volatile.Write(ref _shared.Ticket, ((ulong)job << 32) | (uint)chunks);
            Interlocked.Exchange(ref _shared.Job, job);
            foreach (Worker worker in _workers) worker.Wake();

            Work(job, worker: 0);
            for (int spins = 0; Volatile.Read(ref _shared.Done) != chunks; spins++)
            {
                if (spins < SpinPauses) Pause();
                else Thread.Yield();
            }

            if (_failure is { } failure)
            {
                _failure = null;
                failure.Throw();
            }
        }
    }

    public void Dispose()
    {
        lock (_turn)
        {
            if (_shared.Stop) return;
            _shared.Stop = true;
            Interlocked.Exchange(ref _shared.Job, _shared.Job + 1);
            foreach (Worker worker in _workers) worker.Wake();
        }
        foreach (Worker worker in _workers) worker.Dispose();
    }

    /// <summary>Claims chunks of job <paramref name="job"/> until none is left.</summary>
    void Work(uint job, int worker)
    {
        // Read before the first claim: a claim succeeds only while this job runs, and then these are its values. Whether anything is left must come from the
        // ticket alone: a late worker may read the next job's count here while the ticket is still this job's.
        delegate*<void*, int, int, void> body = _shared.Body;
        void* state = _shared.State;
        int chunks = _shared.Chunks;
        while (true)
        {
            ulong ticket = Volatile.Read(ref _shared.Ticket);
            uint left = (uint)ticket;
            if ((uint)(ticket >> 32) != job || left == 0) return;
            if (Interlocked.CompareExchange(ref _shared.Ticket, ticket - 1, ticket) != ticket) continue;
            int chunk = chunks - (int)left;
            try
            {
                if (_failure is null) body(state, chunk, worker);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            }
            Interlocked.Increment(ref _shared.Done);
        }
    }

    static void Pause()
    {
        if (X86Base.IsSupported) X86Base.Pause();
        else Thread.SpinWait(1);
    }

    /// <summary>What workers and caller write, each group on cache lines of its own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 640)]
    struct Shared
    {
        [FieldOffset(128)] public uint Job;
        [FieldOffset(132)] public bool Stop;
        [FieldOffset(136)] public int Chunks;
        [FieldOffset(144)] public delegate*<void*, int, int, void> Body;
        [FieldOffset(152)] public void* State;
        [FieldOffset(256)] public ulong Ticket;
        [FieldOffset(384)] public int Done;
    }

    sealed class Worker : IDisposable
    {
        readonly WorkerPool _pool;
        readonly SemaphoreSlim _wake = new(0);
        readonly Thread _thread;
        readonly int _index;
        int _parked;

        public Worker(WorkerPool pool, int index)
        {
            _pool = pool;
            _index = index;
            _thread = new Thread(Loop) { IsBackground = true, Name = $"juxta kernel {index}" };
            _thread.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref _parked) == 1 && Interlocked.Exchange(ref _parked, 0) == 1) _wake.Release();
        }

        public void Dispose()
        {
            _thread.Join();
            _wake.Dispose();
        }

        void Loop()
        {
            uint seen = 0;
            while (true)
            {
                seen = WaitForJobAfter(seen);
                if (_pool._shared.Stop) return;
                _pool.Work(seen, _index);
            }
        }

        uint WaitForJobAfter(uint seen)
        {
            ref uint job = ref _pool._shared.Job;
            for (int spins = 0; spins < SpinPauses; spins++)
            {
                if (Volatile.Read(ref job) is var next && next != seen) return next;
                Pause();
            }

            // Announce first, look again after: either this sees the new job or the caller sees the announcement.
            Interlocked.Exchange(ref _parked, 1);
            if (Volatile.Read(ref job) == seen || Interlocked.Exchange(ref _parked, 0) == 0) _wake.Wait();
            return Volatile.Read(ref job);
        }
    }
}
