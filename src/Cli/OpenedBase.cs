using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Workbench.Runs;

namespace Juxta.Cli;

/// <summary>A base model in one engine, for all runs over it: its adapters share its weights and its batch.</summary>
internal sealed class OpenedBase : IAsyncDisposable
{
    readonly LanguageModel _model;
    readonly Dictionary<string, string> _adapters = new(StringComparer.Ordinal);

    OpenedBase(LanguageModel model, InferenceEngine engine) => (_model, Engine) = (model, engine);

    public InferenceEngine Engine { get; }

    /// <summary>Samples to have under way: while as many as fill the batch are answered, others are made ready.</summary>
    public int AtOnce => Math.Min(2 * Engine.Options.MaxSequences, Engine.Options.QueueLength);

    /// <param name="folder">The base's.</param>
    /// <param name="threads">Threads of a model step; 0 = all processors.</param>
    /// <param name="backend">What computes it; null = the engine's own kernels.</param>
    /// <param name="sets">What will be asked: the cache is as large as that needs.</param>
    /// <param name="weights">How to keep the weights; null = as stored.</param>
    /// <param name="cache">How to keep keys and values; null = f32.</param>
    public static async Task<OpenedBase> OpenAsync(
        string folder, int threads, BackendChoice? backend, IReadOnlyList<EvalSet> sets, WeightStorage? weights = null, CacheStorage? cache = null)
    {
        LanguageModel model = await ModelProgress.OpenAsync(folder, threads, backend, weights, cache);
        var options = new EngineOptions { Threads = threads };
        options = options with { PromptTokens = options.StepTokens }; // nobody waits for the next token of an answer
        return new OpenedBase(model, new InferenceEngine(model, options with { CacheTokens = RunCache.Tokens(model, sets, options.MaxSequences) }));
    }

    /// <summary>The base with a spec's adapters, each loaded once. What is rounded is another model: its name says so.</summary>
    public async Task<RunModel> ModelAsync(ModelSpec spec, CancellationToken cancel)
    {
        var uses = new List<AdapterUse>();
        foreach ((string folder, float scale) in spec.Adapters)
        {
            if (!_adapters.TryGetValue(folder, out string? name))
            {
                name = $"{_adapters.Count}:{ModelSpec.NameOf(folder)}";
                LoraAdapter adapter = await Engine.LoadAdapterAsync(folder, name, cancel: cancel);
                foreach (string warning in adapter.Receipt.Warnings) Console.Error.WriteLine($"juxta: {folder}: {warning}");
                _adapters.Add(folder, name);
            }
            uses.Add(new AdapterUse(name, scale));
        }
        return EngineRunModel.Of(string.Join('@', [spec.Name, .. _model.Roundings]), Engine, uses);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        ModelProgress.Close(_model);
    }
}
