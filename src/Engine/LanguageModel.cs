using Juxta.Engine.Backends;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Engine.Kernels;
using Juxta.Engine.Models;
using Juxta.Engine.Tokenization;
using Juxta.Engine.Weights;
using Juxta.Engine.Weights.Packed;

namespace Juxta.Engine;

/// <summary>An opened checkpoint folder: weights, configuration, tokenizer and template. Immutable; shared by all requests.</summary>
public sealed class LanguageModel : IDisposable
{
    readonly Task<string> _weightsHash;

    LanguageModel(string folder, ModelDescription description, Decoder decoder, WorkerPool pool, Task<string> weightsHash)
    {
        Folder = folder;
        Description = description;
        Decoder = decoder;
        Pool = pool;
        _weightsHash = weightsHash;
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>Family, sizes and dtype, for people and for the API.</summary>
    public ModelDescription Description { get; }

    /// <summary>Bytes of weights that a step of one token reads.</summary>
    public long StepBytes => Decoder.StepBytes;

    /// <summary>The linear modules of all layers, in order: what an adapter on "all-linear" acts on. Paths outside the layers, as the head's, have no number.</summary>
    public IReadOnlyList<LinearModule> Linears =>
        [.. Decoder.Modules.Modules.Where(module => module.Kind == ModuleKind.Linear && module.Path.Any(char.IsAsciiDigit)).Select(module => new LinearModule(module.Path, module.Rows, module.Columns))];

    /// <summary>Null when the folder has none (see <see cref="TokenizerFile"/>): then only token ids can be given.</summary>
    public Tokenizer? Tokenizer { get; private init; }

    /// <summary>The checkpoint's own chat template, else the one built in for it (<see cref="BuiltInFormat"/>), or null.</summary>
    public ChatTemplate? ChatTemplate { get; private init; }

    /// <summary>Ids that end an answer, with where each comes from.</summary>
    public StopIds StopIds { get; private init; } = StopIds.None;

    /// <summary>What generation_config.json advises.</summary>
    public SamplingOptions GenerationDefaults { get; private init; } = new();

    /// <summary>Remarks about the folder that do not keep it from being used.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>
    /// SHA-256 over the weight files and config.json, and behind colons what makes answers differ: what weights, keys and values are rounded to, or the backend where
    /// it is not the engine's own kernels. What a stored answer names its model by. Waits while it is being computed.
    /// </summary>
    public string WeightsHash => string.Join(':', [_weightsHash.GetAwaiter().GetResult(), .. Roundings, .. Backend is { } backend ? [backend.ToString()] : Array.Empty<string>()]);

    /// <summary>What is rounded against the files and against f32: <c>q8_0</c>, <c>cache-bf16</c>, both or none. A rounded model is another model; its names say so.</summary>
    public IReadOnlyList<string> Roundings => [.. new[] { Rounding?.Name, Cache.Mark }.OfType<string>()];

    /// <summary>What the weights were rounded to on opening; null where they have the files' values.</summary>
    public WeightStorage? Rounding { get; private init; }

    /// <summary>How keys and values of texts are kept.</summary>
    public CacheStorage Cache { get; private init; } = CacheStorage.Float32;

    /// <summary>Bytes of one token's keys and values.</summary>
    public long CacheTokenBytes => Decoder.CacheTokenBytes;

    /// <summary>What computes it; null = the engine's own kernels.</summary>
    public BackendChoice? Backend { get; private init; }

    /// <summary>Whether its packed weights are those that an earlier opening kept.</summary>
    public bool WasKept { get; private init; }

    /// <summary>Ends when the packed weights are kept for the next opening, or are not to be.</summary>
    public Task Keeping { get; private init; } = Task.CompletedTask;

    /// <summary>Why they are not kept though they were to be: a folder that cannot be written, a full disk. Null = nothing is wrong.</summary>
    public string? NotKept { get; private init; }

    internal Decoder Decoder { get; }

    internal WorkerPool Pool { get; }

    /// <summary>Opens a Hugging Face folder and packs its weights into memory, or maps what an earlier opening packed. Nothing refers to the files afterwards.</summary>
    /// <param name="folder">Holds config.json and the weights; a tokenizer, generation_config.json and a chat template if there are.</param>
    /// <param name="threads">Threads of a model step; 0 = the machine's processors.</param>
    /// <param name="progress">Share of the weights loaded, 0 … 1.</param>
    /// <param name="backend">What computes it; null = the engine's own kernels.</param>
    /// <param name="weights">How the engine's own kernels keep them; null = as the files store them.</param>
    /// <param name="cache">How they keep keys and values of texts; null = f32.</param>
    /// <param name="packed">Where packed weights are kept from one opening to the next; null = <see cref="PackedFolder.Default"/>.</param>
    /// <exception cref="ModelFormatException">Anything in the folder cannot be used.</exception>
    /// <exception cref="BackendException">The backend is not installed or cannot be used here, or is to keep weights, keys or values in a way it does not know.</exception>
    public static LanguageModel Open(
        string folder, int threads = 0, IProgress<double>? progress = null, BackendChoice? backend = null, WeightStorage? weights = null, CacheStorage? cache = null,
        PackedFolder? packed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        folder = Path.GetFullPath(folder);
        if (!Directory.Exists(folder)) throw new ModelFormatException($"opening a model: no folder {folder}", folder);
        string configFile = Path.Combine(folder, "config.json");
        CheckpointConfig config = CheckpointConfig.Read(configFile);
        ModelFamily family = ModelFamilies.Find(config);
        GenerationConfig generation = GenerationConfig.Read(folder);
        Tokenizer? tokenizer = Tokenizer.LoadIfAny(folder);

        using Checkpoint checkpoint = Checkpoint.Open(folder);
        if (weights is not null && backend is not null)
            throw new BackendException($"--weights {weights}: is for the engine's own kernels; the backend {backend.Name} keeps weights in the type that --dtype names");
        if (cache is not null && backend is not null)
            throw new BackendException($"--cache {cache}: is for the engine's own kernels; the backend {backend.Name} keeps keys and values in the type that --dtype names");
        if (weights is not null && QuantisationBits.Read(config) is > 0 and var bits)
            throw new ModelFormatException($"opening {folder}: its weights are INT{bits} already and are kept so; leave {weights} out", folder);
        if (backend is null) ThrowIfTooLarge(checkpoint, weights);
        string[] hashed = [configFile, .. checkpoint.Files];
        packed ??= PackedFolder.Default;
        var pool = new WorkerPool(threads > 0 ? threads : Environment.ProcessorCount);
        PackedWeights? kept = backend is null ? PackedWeights.Of(packed, hashed, weights?.Name, pool.Threads) : null;
        Task<string> hash = Task.Run(() => Weights.WeightsHash.OfFiles(hashed, packed.Hashes));
        try
        {
            Decoder decoder = backend is null
                ? OnTheseProcessors(family, config, new WeightBinder(checkpoint, pool, progress, storage: weights, cache: cache, kept: kept))
                : BackendLoader.Find(backend).Open(family, config, checkpoint, backend, threads, progress);

            var warnings = new List<string>();
            IReadOnlyList<string> unused = checkpoint.Unused();
            if (unused.Count > 0) warnings.Add($"{unused.Count} tensors of the files belong to nothing in config.json and were left out: {NameList.Join(unused)}");
            if (tokenizer is null) warnings.Add($"{TokenizerFile.Absent}: only token ids can be given");
            else if (tokenizer.VocabularySize > decoder.Shape.Vocabulary)
                warnings.Add($"the tokenizer has ids up to {tokenizer.VocabularySize - 1}, but the embedding has {decoder.Shape.Vocabulary} rows: the ids beyond cannot be used");
            ChatTemplate? template = TurnEnd.ParseTemplate(tokenizer, warnings);
            WeightStorage? rounding = weights is not null && weights.Rounds(checkpoint) ? weights : null;
            string? notKept = null;
            Task keeping = kept?.KeepAsync(folder, hash, out notKept) ?? Task.CompletedTask;
            return new LanguageModel(folder, Describe(config, family, checkpoint, decoder, rounding, cache), decoder, pool, hash)
            {
                Tokenizer = tokenizer,
                ChatTemplate = template,
                StopIds = StopIds.Collect(generation.EosTokenIds, GenerationConfig.ReadEos(config), tokenizer?.EosId, TurnEnd.Of(template, tokenizer))
                    .With("built-in chat format", tokenizer is null ? [] : BuiltInFormat.For(tokenizer)?.StopIdsIn(tokenizer) ?? []),
                GenerationDefaults = generation.Sampling,
                Warnings = warnings,
                Backend = backend,
                Rounding = rounding,
                Cache = cache ?? CacheStorage.Float32,
                WasKept = kept is { Found: true },
                Keeping = keeping,
                NotKept = notKept,
            };
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <summary>Waits until packed weights that are being kept are on the disk.</summary>
    public void Dispose()
    {
        Keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        Decoder.Dispose();
        Pool.Dispose();
    }

    static Decoder OnTheseProcessors(ModelFamily family, CheckpointConfig config, WeightBinder binder)
    {
        Decoder decoder = family.Build(config, binder);
        binder.Finish();
        return decoder;
    }

    static ModelDescription Describe(CheckpointConfig config, ModelFamily family, Checkpoint checkpoint, Decoder decoder, WeightStorage? rounding, CacheStorage? cache)
    {
        DecoderShape shape = decoder.Shape;
        int bits = QuantisationBits.Read(config);
        return new ModelDescription(
            family.Name, config.Strings("architectures") is [var first, ..] ? first : family.Architectures[0], checkpoint.TypeName(bits) ?? "", checkpoint.Parameters(bits),
            decoder.WeightBytes, shape.Layers, config.Int("hidden_size"), config.Int("num_attention_heads"), shape.KvHeads, shape.HeadDim, shape.Vocabulary,
            shape.ContextLength, rounding?.Name, cache?.Mark is null ? null : cache.Name);
    }

    static void ThrowIfTooLarge(Checkpoint checkpoint, WeightStorage? weights)
    {
        long free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        double taken = weights is null ? checkpoint.TotalBytes : checkpoint.Parameters() * weights.Bits / 8;
        if (taken <= free) return;
        throw new ModelFormatException(
            $"opening {checkpoint.Folder}: its weights take {taken / 1e9:0.0} GB and this machine has {free / 1e9:0.0} GB of memory; keep them in fewer bits (q8_0, q4_0), or use a smaller checkpoint or a larger machine",
            checkpoint.Folder);
    }
}

/// <summary>What a checkpoint is.</summary>
/// <param name="Family">The family's name here: "llama", "qwen2" …</param>
/// <param name="Architecture">config.json's architectures[0].</param>
/// <param name="WeightType">Dtype of the largest weight in the files, or "INT8" or "INT4" for ChatGLM's quantised checkpoints.</param>
/// <param name="Parameters">Numbers in all tensors.</param>
/// <param name="WeightBytes">Bytes of packed weights in memory.</param>
/// <param name="ContextLength">Positions the checkpoint was made for.</param>
/// <param name="RoundedTo">Name of the <see cref="WeightStorage"/> that changed the weights' values on opening; null = none did.</param>
/// <param name="CacheRoundedTo">Name of the <see cref="CacheStorage"/> that rounds keys and values; null = none does.</param>
public sealed record ModelDescription(
    string Family, string Architecture, string WeightType, long Parameters, long WeightBytes,
    int Layers, int Hidden, int Heads, int KvHeads, int HeadDim, int Vocabulary, int ContextLength, string? RoundedTo = null, string? CacheRoundedTo = null);

/// <summary>A linear module: y = W x, W of (Outputs, Inputs).</summary>
/// <param name="Path">As the checkpoint names it, without ".weight".</param>
public sealed record LinearModule(string Path, int Outputs, int Inputs);
