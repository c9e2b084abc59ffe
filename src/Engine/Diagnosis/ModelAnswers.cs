using Juxta.Engine.Generation;
using Juxta.Engine.Lora;

namespace Juxta.Engine.Diagnosis;

/// <summary>What the opened model said when it was asked.</summary>
internal sealed record ModelAnswers
{
    /// <summary>It was not asked.</summary>
    public static ModelAnswers None { get; } = new();

    /// <summary>Why it did not open although all its parts did.</summary>
    public string? Refusal { get; init; }

    /// <summary>The weights do not fit into this machine's memory.</summary>
    public bool TooLarge { get; init; }

    /// <summary>A logit was NaN.</summary>
    public bool NotFinite { get; init; }

    public IReadOnlyList<EndProbe> EndProbes { get; init; } = [];

    /// <summary>The adapter's proof, with its effect on the logits.</summary>
    public AdapterReceipt? Receipt { get; init; }

    /// <param name="running">An engine that runs the model already, or null.</param>
    public static async Task<ModelAnswers> AskAsync(Patient patient, InferenceEngine? running, int threads, IProgress<double> progress, CancellationToken cancel)
    {
        try
        {
            if (running is not null) return await AskAsync(patient, running, progress, cancel);
            if (patient.Weights.Value!.TotalBytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) return new ModelAnswers { TooLarge = true };
            using LanguageModel model = LanguageModel.Open(patient.Folder, threads, new Share(progress, 0.7));
            await using var engine = new InferenceEngine(model, new EngineOptions { Threads = threads, MaxSequences = 1, CacheTokens = Math.Min(2048, model.Description.ContextLength) });
            return await AskAsync(patient, engine, progress, cancel);
        }
        catch (Exception error) when (error is (ModelFormatException or RequestException or InvalidOperationException or IOException or UnauthorizedAccessException) and not ObjectDisposedException)
        {
            return new ModelAnswers { Refusal = error.Message };
        }
    }

    static async Task<ModelAnswers> AskAsync(Patient patient, InferenceEngine engine, IProgress<double> progress, CancellationToken cancel)
    {
        AdapterReceipt? receipt = null;
        List<AdapterUse> adapters = [];
        try
        {
            if (patient.Bound.Value is not null)
            {
                // A name that nobody else gives: the engine may serve others.
                LoraAdapter adapter = await engine.LoadAdapterAsync(patient.AdapterFolder!, $"examined {Guid.NewGuid():N}", new AdapterOptions { AllowUnused = true, AllowNoEffect = true }, cancel);
                receipt = adapter.Receipt with { Name = Path.GetFileName(patient.AdapterFolder!) };
                adapters.Add(new AdapterUse(adapter.Name));
            }
            progress.Report(0.8);
            (IReadOnlyList<EndProbe> probes, bool finite) = await EndProbing.RunAsync(patient, engine.Model, engine, adapters, cancel);
            return new ModelAnswers { EndProbes = probes, NotFinite = !finite, Receipt = receipt };
        }
        finally
        {
            foreach (AdapterUse use in adapters) engine.UnloadAdapter(use.Name);
        }
    }

    sealed class Share(IProgress<double> whole, double share) : IProgress<double>
    {
        public void Report(double value) => whole.Report(value * share);
    }
}
