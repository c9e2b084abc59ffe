using Juxta.Engine.Generation;
using Juxta.Engine.Lora;

namespace Juxta.Engine;

/// <summary>
/// Runs one model for everybody: owns the engine thread, the key/value cache and the adapters. Submit a request, read its tokens.
/// Rows of all running requests share each model step (continuous batching); none changes another's bits (design D2, D3).
/// </summary>
public sealed class InferenceEngine : IAsyncDisposable
{
    public InferenceEngine(LanguageModel model, EngineOptions? options = null)
    {
        Model = model;
        Options = options ?? new EngineOptions();
    }

    public LanguageModel Model { get; }

    public EngineOptions Options { get; }

    /// <summary>The adapters that requests may name.</summary>
    public IReadOnlyList<LoraAdapter> Adapters => throw new NotImplementedException();

    /// <summary>Queues a request. The generation goes on until it ends or is cancelled, whether or not anybody reads it.</summary>
    /// <exception cref="EngineBusyException">The queue is full.</exception>
    /// <exception cref="RequestException">A parameter is out of range, the prompt is longer than the context, or an adapter is not loaded.</exception>
    public RunningGeneration Submit(GenerationRequest request) => throw new NotImplementedException();

    /// <summary>Logits at every position, row-major (ids.Count, vocabulary), f32.</summary>
    public Task<LogitsResult> LogitsAsync(IReadOnlyList<int> ids, IReadOnlyList<AdapterUse> adapters, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>
    /// Reads an adapter folder, binds it to the model and proves that it acts (design D6): the receipt is in the result.
    /// </summary>
    /// <exception cref="ModelFormatException">It does not fit the base, has unused tensors or no effect, and the options do not allow that.</exception>
    public Task<LoraAdapter> LoadAdapterAsync(string folder, string? name = null, AdapterOptions? options = null, CancellationToken cancel = default) =>
        throw new NotImplementedException();

    /// <summary>Takes an adapter away from new requests; running ones finish with it. False if none has that name.</summary>
    public bool UnloadAdapter(string name) => throw new NotImplementedException();

    /// <summary>Requests running and waiting, cache tokens in use and in all.</summary>
    public EngineLoad Load => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>How busy an engine is.</summary>
public readonly record struct EngineLoad(int Running, int Waiting, int CacheTokensUsed, int CacheTokens);

/// <summary>Logits of a text: row i predicts token i + 1.</summary>
/// <param name="Values">(Tokens, Vocabulary), row-major.</param>
public sealed record LogitsResult(float[] Values, int Tokens, int Vocabulary);
