using Juxta.Engine.Kernels;

namespace Juxta.EngineTests.Kernels;

public sealed unsafe class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_chunk_runs_exactly_once(int threads)
    {
        using var pool = new WorkerPool(threads);
        const int Chunks = 100;
        int* counts = stackalloc int[Chunks];
        for (int job = 1; job <= 2000; job++)
        {
            pool.Run(job % Chunks, &Count, counts);
            for (int chunk = 0; chunk < Chunks; chunk++) Assert.Equal(chunk < job % Chunks ? 1 : 0, counts[chunk]);
            new Span<int>(counts, Chunks).Clear();
        }
    }

    [Fact]
    public void Parked_workers_wake_again()
    {
        using var pool = new WorkerPool(3);
        int* counts = stackalloc int[8];
        for (int round = 1; round <= 5; round++)
        {
            pool.Run(8, &Count, counts);
            Thread.Sleep(20);
            for (int chunk = 0; chunk < 8; chunk++) Assert.Equal(round, counts[chunk]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_in_a_chunk_reaches_the_caller_and_the_pool_works_on(int threads)
    {
        using var pool = new WorkerPool(threads);
        int state = 0;
        int* pointer = &state;
        for (int round = 0; round < 20; round++)
        {
            bool thrown = false;
            try
            {
                pool.Run(16, &Throw, pointer);
            }
            catch (InvalidOperationException exception)
            {
                thrown = exception.Message == "chunk 11";
            }
            Assert.True(thrown);
        }
        int* counts = stackalloc int[4];
        pool.Run(4, &Count, counts);
        Assert.Equal(1, counts[3]);
    }

    [Fact]
    public void Callers_on_several_threads_take_turns()
    {
        using var pool = new WorkerPool(2);
        Parallel.For(0, 4, _ =>
        {
            int* counts = stackalloc int[50];
            for (int job = 1; job <= 500; job++)
            {
                pool.Run(50, &Count, counts);
                Assert.Equal(job, counts[49]);
                Assert.Equal(job, counts[0]);
            }
        });
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using var pool = new WorkerPool(2);
        int* counts = stackalloc int[50];
        for (int job = 0; job < 200; job++) pool.Run(50, &Count, counts);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int job = 0; job < 200; job++) pool.Run(50, &Count, counts);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    static void Count(int* counts, int chunk, int worker) => Interlocked.Increment(ref counts[chunk]);

    static void Throw(int* state, int chunk, int worker)
    {
        if (chunk == 11) throw new InvalidOperationException($"chunk {chunk}");
    }

    struct Tally
    {
        public int Runs;
        public long Sum;
    }

    static unsafe void Count(Tally* tally, int chunk, int worker)
    {
        Interlocked.Increment(ref tally->Runs);
        Interlocked.Add(ref tally->Sum, chunk);
    }

    /// <summary>A worker that comes late to a small job may see the size of the large one that follows: it must take nothing of either by mistake.</summary>
    [Fact]
    public unsafe void Jobs_of_changing_sizes_run_each_chunk_once()
    {
        using var pool = new WorkerPool(3);
        for (int i = 0; i < 200_000; i++)
        {
            int chunks = i % 2 == 0 ? 2 : 40;
            var tally = new Tally();
            pool.Run(chunks, &Count, &tally);
            Assert.True(tally.Runs == chunks && tally.Sum == chunks * (chunks - 1) / 2, $"job {i} of {chunks} chunks ran {tally.Runs}, with the sum {tally.Sum}");
        }
    }
}
