using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;
using Juxta.Engine.Scheduling;

namespace Juxta.Engine;

/// <summary>
/// Runs one model for everybody: owns the engine thread, the key/value cache and the adapters. Submit a request, read its tokens.
/// Rows of all running requests share each model step (continuous batching); none changes another's bits (design D2, D3).
/// Safe from any thread.
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    readonly LanguageModel? _model;
    readonly Decoder _decoder;
    readonly TextVocabulary? _text;
    readonly StopIds _stops;
    readonly AdapterRegistry _adapters;
    readonly EngineThread _thread;
    readonly int _cacheTokens;
    int _disposed;

    /// <summary>Starts the engine over an opened model, which must stay open as long as the engine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public InferenceEngine(LanguageModel model, EngineOptions? options = null)
        : this(model.Decoder, options ?? new EngineOptions(), TextVocabulary.Of(model.Tokenizer), model.StopIds) => _model = model;

    internal InferenceEngine(Decoder decoder, EngineOptions options, TextVocabulary? text, IReadOnlyList<int> eosIds)
        : this(decoder, options, text, StopIds.None.With("test", eosIds))
    {
    }

    InferenceEngine(Decoder decoder, EngineOptions options, TextVocabulary? text, StopIds stops)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.StepTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PromptTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueueLength, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.CacheTokens);
        Options = options;
        _decoder = decoder;
        _text = text;
        _stops = stops;
        _adapters = new AdapterRegistry(decoder.Shape.Vocabulary);
        int blocks = CacheSize.Blocks(decoder, options.CacheTokens);
        _cacheTokens = blocks * KvCache.BlockTokens;
        _thread = new EngineThread(decoder, options, blocks, sequence => _adapters.Release(sequence.Lease));
    }

    public LanguageModel Model => _model ?? throw new InvalidOperationException("this engine was started over a decoder without a model folder");

    public EngineOptions Options { get; }

    /// <summary>The adapters that requests may name.</summary>
    public IReadOnlyList<LoraAdapter> Adapters => _adapters.Adapters;

    /// <summary>Requests running and waiting, cache tokens in use and in all.</summary>
    public EngineLoad Load => _thread.Load;

    /// <summary>Model steps so far; take the difference of two readings for the steps in between.</summary>
    public EngineSteps Steps => _thread.Steps;

    /// <summary>Most tokens of prompt and answer together: the model's context, or the whole cache if that is smaller.</summary>
    public int TokenLimit => LimitOf(AdapterSet.None);

    /// <summary>Queues a request. The generation goes on until it ends or is cancelled, whether or not anybody reads it.</summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="RequestException">A parameter is out of range, the prompt is longer than the context, or an adapter is not loaded.</exception>
    public RunningGeneration Submit(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        AdapterLease lease = _adapters.Rent(request.Adapters ?? []);
        try
        {
            int limit = LimitOf(lease.Set);
            TextVocabulary? text = lease.Text ?? _text;
            RequestRules.Check(request, lease.Vocabulary, _decoder.Shape.ContextLength, limit, text is not null);
            int room = limit - request.PromptIds.Count;
            int maxTokens = Math.Min(request.MaxTokens ?? room, room);
            bool unknown = lease.Text is null && lease.Vocabulary != _decoder.Shape.Vocabulary; // resized, and the base's tokenizer does not know all rows
            int drawable = unknown ? lease.Vocabulary : Math.Min(lease.Vocabulary, text?.Size ?? int.MaxValue);
            var generation = new RunningGeneration(request);
            var rules = new StopRules(request.Stop, [.. _stops.With(lease.Stops).Entries.Select(stop => stop.Id)], maxTokens, text?.Open(request.SkipSpecialTokens));
            _thread.Submit(new GenerationSequence(generation, lease, _decoder.ReadContext([.. request.PromptIds], lease.Set), _thread.Sampler, rules, maxTokens, drawable));
            return generation;
        }
        catch
        {
            _adapters.Release(lease);
            throw;
        }
    }

    /// <summary>Logits at every position, row-major (ids.Count, vocabulary), f32.</summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="RequestException">An id, the length or an adapter is at fault.</exception>
    /// <exception cref="InvalidOperationException">The model step failed.</exception>
    public Task<LogitsResult> LogitsAsync(IReadOnlyList<int> ids, IReadOnlyList<AdapterUse> adapters, CancellationToken cancel = default) =>
        LogitsAsync(ids, _adapters.Rent(adapters), cancel);

    async Task<LogitsResult> LogitsAsync(IReadOnlyList<int> ids, AdapterLease lease, CancellationToken cancel)
    {
        LogitsSequence sequence;
        try
        {
            RequestRules.CheckPrompt(ids, lease.Vocabulary, _decoder.Shape.ContextLength, LimitOf(lease.Set), answer: 0);
            if ((long)ids.Count * lease.Vocabulary > Array.MaxLength)
            {
                throw new RequestException($"the logits of {ids.Count} tokens over {lease.Vocabulary} ids are more numbers than one result holds; ask for at most {Array.MaxLength / lease.Vocabulary} tokens", "prompt");
            }
            sequence = new LogitsSequence(ids, lease, _decoder.ReadContext([.. ids], lease.Set), lease.Vocabulary, cancel);
            _thread.Submit(sequence);
        }
        catch
        {
            _adapters.Release(lease);
            throw;
        }
        return await sequence.Result;
    }

    /// <summary>
    /// Reads an adapter folder, binds it to the model and proves that it acts (design D6): the receipt is in the result. Others are served meanwhile.
    /// </summary>
    /// <param name="name">What requests call it; null = the folder's name.</param>
    /// <exception cref="ModelFormatException">It does not fit the base, has unused tensors or no effect, and the options do not allow that.</exception>
    /// <exception cref="RequestException">The name is empty or taken.</exception>
    /// <exception cref="EngineBusyException">The queue has no place for the probe.</exception>
    public async Task<LoraAdapter> LoadAdapterAsync(string folder, string? name = null, AdapterOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new AdapterOptions();
        name ??= Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (string.IsNullOrWhiteSpace(name)) throw new RequestException("an adapter needs a name", "name");
        _adapters.ThrowIfTaken(name);
        LoraAdapter adapter = await Task.Run(
            () =>
            {
                // A pool of its own: the model's belongs to the engine thread.
                using var pool = new WorkerPool(1);
                return LoraAdapter.Load(folder, name, _decoder.Modules, pool, options, _model?.Rounding);
            },
            cancel);
        try
        {
            await ProveAsync(adapter, options, cancel);
            var warnings = new List<string>();
            AdapterText text = AdapterTokenizer.Read(adapter, _model?.Tokenizer, adapter.Vocabulary ?? _decoder.Shape.Vocabulary, warnings);
            if (warnings.Count > 0) adapter.Receipt = adapter.Receipt with { Warnings = [.. adapter.Receipt.Warnings, .. warnings] };
            _adapters.Add(adapter, text);
            return adapter;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Measures what the adapter changes, and enters it in the receipt.</summary>
    internal async Task ProveAsync(LoraAdapter adapter, AdapterOptions options, CancellationToken cancel)
    {
        int[] ids = AdapterProbe.Ids(adapter, _decoder, _text, LimitOf(new AdapterSet([(adapter, 1)])));
        LogitsResult before = await LogitsAsync(ids, _adapters.Rent([]), cancel);
        LogitsResult after = await LogitsAsync(ids, _adapters.RentUnnamed(adapter), cancel);
        (double difference, double topChanged) = AdapterProbe.Compare(before, after);
        if (double.IsNaN(difference))
        {
            throw new ModelFormatException($"proving adapter '{adapter.Name}': with it the model's logits are not numbers (NaN); its weights are damaged or far too large", adapter.Folder);
        }
        bool grows = adapter.Vocabulary > _decoder.Shape.Vocabulary;
        if (difference == 0 && !grows && !options.AllowNoEffect)
        {
            throw new ModelFormatException(
                $"proving adapter '{adapter.Name}': it changes no logit of a text of {ids.Length} tokens, so it would do nothing. Was it saved before training, or trained on other modules? Allow adapters without effect to load it anyway",
                adapter.Folder);
        }
        adapter.Receipt = adapter.Receipt with { ProbeMaxLogitDifference = difference, ProbeTopTokenChanged = topChanged };
    }

    /// <summary>The ids that end an answer with these adapters, each with where it came from: the model's, and those of the adapters' own tokenizers.</summary>
    /// <exception cref="RequestException">An adapter is not loaded, or named twice.</exception>
    public StopIds StopIdsOf(IReadOnlyList<AdapterUse> adapters)
    {
        AdapterLease lease = _adapters.Rent(adapters);
        try
        {
            return _stops.With(lease.Stops);
        }
        finally
        {
            _adapters.Release(lease);
        }
    }

    /// <summary>Takes an adapter away from new requests; running ones finish with it. False if none has that name.</summary>
    public bool UnloadAdapter(string name) => _adapters.Remove(name);

    int LimitOf(AdapterSet adapters) => Math.Min(_decoder.Shape.ContextLength, Math.Max(0, _cacheTokens - (_decoder.PrefixOf(adapters)?.Tokens ?? 0)));

    /// <summary>Ends everything that runs or waits with the outcome <c>cancelled</c>, and frees the cache and the adapters. The model stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _thread.DisposeAsync();
        _adapters.Dispose();
    }
}

/// <summary>How busy an engine is.</summary>
/// <param name="Running">Sequences that share the steps.</param>
/// <param name="Waiting">Requests that have not started.</param>
/// <param name="CacheTokensUsed">Tokens of cache blocks that sequences hold.</param>
/// <param name="CacheTokens">Tokens that the cache holds in all.</param>
public readonly record struct EngineLoad(int Running, int Waiting, int CacheTokensUsed, int CacheTokens);

/// <summary>Model steps that an engine has taken.</summary>
/// <param name="Count">All of them.</param>
/// <param name="Full">Those with at least 95 % of the sequences, or of the tokens, that a step can have.</param>
public readonly record struct EngineSteps(long Count, long Full)
{
    public static EngineSteps operator -(EngineSteps later, EngineSteps earlier) => new(later.Count - earlier.Count, later.Full - earlier.Full);

    public static EngineSteps operator +(EngineSteps a, EngineSteps b) => new(a.Count + b.Count, a.Full + b.Full);
}

/// <summary>Logits of a text: row i predicts token i + 1.</summary>
/// <param name="Values">(Tokens, Vocabulary), row-major.</param>
public sealed record LogitsResult(float[] Values, int Tokens, int Vocabulary);
