using System.Diagnostics;
using System.Threading.Channels;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;

namespace Juxta.Engine.Scheduling;

/// <summary>
/// The one thread that steps the model and owns its cache (design D3). Others hand it sequences through a queue; it parks while there are none.
/// </summary>
internal sealed class EngineThread : IAsyncDisposable
{
    readonly Decoder _decoder;
    readonly TokenCache _cache;
    readonly PrefixCache _prefixes;
    readonly Scheduler _scheduler;
    readonly int _queueLength;
    readonly int _maxSequences;
    readonly Action<Sequence> _removed;
    readonly Action<Sequence> _swept;
    readonly Channel<Sequence> _inbox = Channel.CreateUnbounded<Sequence>(new UnboundedChannelOptions { SingleReader = true }); // bounded by _waiting
    readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Batch _batch = new();
    AlignedBuffer _logits = new(0);
    volatile bool _stopping;
    volatile int _running;
    volatile int _blocksUsed;
    long _steps;
    long _fullSteps;
    int _waiting;
    double _secondsPerSequence;

    /// <param name="removed">Called on this thread with each sequence that ended, its blocks returned.</param>
    public EngineThread(Decoder decoder, EngineOptions options, int cacheBlocks, Action<Sequence> removed)
    {
        _decoder = decoder;
        _queueLength = options.QueueLength;
        _maxSequences = Math.Min(options.MaxSequences, options.StepTokens);
        _removed = removed;
        _swept = Removed; // one delegate: a method's name would make one each step
        _cache = decoder.NewCache(cacheBlocks);
        _prefixes = new PrefixCache(new KvBlockPool(cacheBlocks), options.SharePrefixes);
        _scheduler = new Scheduler(_prefixes, new StepLimits(options.StepTokens, _maxSequences, ScoreRows(decoder.Shape.Vocabulary), options.PromptTokens));
        new Thread(Run) { IsBackground = true, Name = "juxta engine" }.Start();
    }

    /// <summary>Draws for every sequence; used on this thread alone.</summary>
    public Sampler Sampler { get; } = new();

    public EngineLoad Load => new(_running, Math.Max(0, Volatile.Read(ref _waiting)), _blocksUsed * KvCache.BlockTokens, _prefixes.Blocks * KvCache.BlockTokens);

    public EngineSteps Steps => new(Volatile.Read(ref _steps), Volatile.Read(ref _fullSteps));

    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="ObjectDisposedException">The engine has stopped.</exception>
    public void Submit(Sequence sequence)
    {
        if (Interlocked.Increment(ref _waiting) > _queueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw new EngineBusyException(RetryAfter());
        }
        if (_inbox.Writer.TryWrite(sequence)) return;
        Interlocked.Decrement(ref _waiting);
        throw new ObjectDisposedException(nameof(InferenceEngine));
    }

    /// <summary>As many as take 40 MB, and enough to get on with a vocabulary of any size: with fewer, sequences of a small model would wait for rows to be scored.</summary>
    static int ScoreRows(int vocabulary) => Math.Max(64, 10_000_000 / vocabulary);

    /// <summary>A place in the queue opens when a running sequence ends: on average, the time one takes divided by how many run.</summary>
    TimeSpan RetryAfter() => TimeSpan.FromSeconds(Math.Clamp(Volatile.Read(ref _secondsPerSequence) / Math.Max(1, _running), 1, 600));

    void Run()
    {
        WarmUp();
        while (!_stopping)
        {
            while (_inbox.Reader.TryRead(out Sequence? sequence)) _scheduler.Add(sequence);
            _scheduler.Sweep(_swept);
            if (_scheduler.IsIdle)
            {
                Publish();
                if (!_inbox.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult()) break;
                continue;
            }
            Step();
        }
        _inbox.Writer.TryComplete();
        while (_inbox.Reader.TryRead(out Sequence? sequence)) _scheduler.Add(sequence);
        _scheduler.EndAll(Outcome.Cancelled, _swept);
        Publish();
        _cache.Dispose();
        _logits.Dispose();
        _ended.SetResult();
    }

    void Step()
    {
        List<StepShare> shares = _scheduler.Plan();
        Publish();
        foreach (StepShare share in shares) Start(share.Sequence);
        Volatile.Write(ref _steps, _steps + 1);
        if (_scheduler.IsFull) Volatile.Write(ref _fullSteps, _fullSteps + 1);
        try
        {
            Matrix logits = Compute(shares);
            foreach (StepShare share in shares) Check(share.Sequence);
            int row = 0;
            foreach ((Sequence sequence, int tokens, int rows) in shares)
            {
                int first = sequence.Computed + tokens - rows;
                sequence.Computed += tokens;
                for (int i = 0; i < rows; i++) Take(sequence, first + i, logits.Row(row + i)[..sequence.Lease.Vocabulary]);
                row += rows;
                if (!sequence.Ended && sequence.Length > sequence.Context.HoldsTo) StartAnew(sequence);
            }
        }
        catch (Exception failure) // it concerns this step's sequences; the engine serves the others
        {
            foreach (StepShare share in shares) share.Sequence.End(Outcome.Error($"the model step failed: {failure.Message}"));
        }
    }

    /// <summary>A text whose keys or values do not fit the cache ends here; its neighbours go on.</summary>
    void Check(Sequence sequence)
    {
        if (_cache.Misfit(sequence.BlockTable.AsSpan(0, sequence.BlockCount)) is { } misfit) sequence.End(Outcome.Error($"the text cannot go on: {misfit}"));
    }

    /// <summary>The text grew into one that its family reads otherwise: what the cache holds of it is of no use to it any more.</summary>
    void StartAnew(Sequence sequence)
    {
        _prefixes.Return(sequence);
        sequence.Context = _decoder.ReadContext(sequence.Ids(0, sequence.Length), sequence.Adapters);
    }

    static void Take(Sequence sequence, int position, Span<float> row)
    {
        if (sequence.Ended) return;
        try
        {
            sequence.TakeLogits(position, row);
        }
        catch (Exception failure)
        {
            sequence.End(Outcome.Error(failure is LogitsException ? failure.Message : $"the next token could not be taken: {failure.Message}"));
        }
    }

    Matrix Compute(List<StepShare> shares)
    {
        _batch.Clear();
        int rows = 0, vocabulary = 0;
        foreach ((Sequence sequence, int tokens, int logitRows) in shares)
        {
            _batch.Add(sequence.Ids(sequence.Computed, tokens), sequence.Computed, sequence.BlockTable, sequence.Adapters, sequence.Context, logitRows);
            rows += logitRows;
            vocabulary = Math.Max(vocabulary, sequence.Lease.Vocabulary);
        }
        Matrix logits = LogitRows(rows, vocabulary);
        _decoder.Forward(_batch, _cache, logits);
        return logits;
    }

    unsafe Matrix LogitRows(int rows, int vocabulary)
    {
        int stride = (vocabulary + 15) / 16 * 16; // rows start on a 64-byte boundary
        long bytes = (long)rows * stride * sizeof(float);
        if (_logits.Bytes < bytes)
        {
            _logits.Dispose();
            _logits = new AlignedBuffer(bytes);
        }
        return new Matrix((float*)_logits.Pointer, rows, vocabulary, stride);
    }

    /// <summary>One prompt and one token before the first request, so that this does not pay for compiling the kernels.</summary>
    void WarmUp()
    {
        int vocabulary = _decoder.Shape.Vocabulary;
        int tokens = Math.Min(8, _prefixes.Blocks * KvCache.BlockTokens - 1);
        Span<int> ids = stackalloc int[tokens];
        for (int i = 0; i < tokens; i++) ids[i] = i % vocabulary;
        try
        {
            Matrix logits = LogitRows(1, vocabulary);
            _batch.Clear();
            _batch.Add(ids, 0, [0], AdapterSet.None, TextContext.Causal, 1);
            _decoder.Forward(_batch, _cache, logits);
            _batch.Clear();
            _batch.Add(ids[..1], tokens, [0], AdapterSet.None, TextContext.Causal, 1);
            _decoder.Forward(_batch, _cache, logits);
            Sampler.Draw(logits.Row(0), new SamplingOptions { TopP = 0.9f }, null, [], 0, tokens);
        }
        catch (Exception)
        {
            // A model that cannot step says so to the first request, which has somebody to tell.
        }
    }

    void Start(Sequence sequence)
    {
        if (sequence.StartedAt is not null) return;
        sequence.StartedAt = Stopwatch.GetTimestamp();
        Interlocked.Decrement(ref _waiting);
    }

    void Removed(Sequence sequence)
    {
        if (sequence.StartedAt is { } start)
        {
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Volatile.Write(ref _secondsPerSequence, _secondsPerSequence == 0 ? seconds : (0.8 * _secondsPerSequence) + (0.2 * seconds));
        }
        else
        {
            Interlocked.Decrement(ref _waiting);
        }
        _removed(sequence);
    }

    void Publish()
    {
        _running = _scheduler.Running;
        _blocksUsed = _prefixes.Blocks - _prefixes.Free;
    }

    /// <summary>Ends everything with the outcome <c>cancelled</c> and waits for the thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _inbox.Writer.TryComplete();
        await _ended.Task;
    }
}
