using Juxta.Engine.Chat;
using Juxta.Engine.Kernels;
using Juxta.Engine.Lora;
using Juxta.Engine.Models;
using Juxta.Engine.Tokenization;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Diagnosis;

/// <summary>
/// A checkpoint folder under examination, and an adapter over it: every part opened by itself, so that one that is broken hides no other. The checks only read
/// what stands here.
/// </summary>
internal sealed class Patient : IDisposable
{
    public Patient(string folder, string? adapterFolder)
    {
        Folder = folder;
        AdapterFolder = adapterFolder;
        Config = Opened.Try(() => CheckpointConfig.Read(Path.Combine(folder, "config.json")));
        Family = Opened.Try(() => Config.Value is { } config ? ModelFamilies.Find(config) : null);
        Generation = Opened.Try(() => GenerationConfig.Read(folder));
        Weights = Opened.Try(() => Checkpoint.Open(folder));
        Survey = Opened.Try(() => Family.Value is { } family && Weights.Value is { } weights ? new ModelSurvey(family, Config.Value!, weights) : null);
        Tokenizer = Opened.Try(() => ReadTokenizer(folder));
        Template = Opened.Try(() => Tokenizer.Value is { } tokenizer ? ChatTemplate.Of(tokenizer) : null);
        ReadStops = Opened.Try(() => StopFacts.Read(this));
        if (adapterFolder is null) return;
        Prefix = Opened.Try(() => PrefixCheckpoint.IsOne(adapterFolder) ? Checkpoint.Open(adapterFolder) : null);
        if (Prefix.Value is null) Adapter = Opened.Try(() => AdapterFile.Open(adapterFolder));
        AdapterTokenizer = Opened.Try(() => ReadTokenizer(adapterFolder));
    }

    public string Folder { get; }

    public string? AdapterFolder { get; }

    public Opened<CheckpointConfig> Config { get; }

    public Opened<ModelFamily> Family { get; }

    public Opened<GenerationConfig> Generation { get; }

    public Opened<Checkpoint> Weights { get; }

    /// <summary>Modules and sizes by config.json; absent where family or weights are.</summary>
    public Opened<ModelSurvey> Survey { get; }

    /// <summary>Absent where the folder has none.</summary>
    public Opened<Tokenizer> Tokenizer { get; }

    /// <summary>The tokenizer's template or the format built in for it; absent where it has neither.</summary>
    public Opened<ChatTemplate> Template { get; }

    /// <summary>The template is the folder's own. A format built in here is how the model's code talks to it, and no fault of the folder.</summary>
    public bool ShipsTemplate => Tokenizer.Value?.ChatTemplate is not null;

    /// <summary>Refused where config.json's eos_token_id is no id.</summary>
    public Opened<StopFacts> ReadStops { get; }

    public StopFacts Stops => ReadStops.Value ?? StopFacts.None;

    /// <summary>A PEFT adapter; absent where the folder holds a P-Tuning prefix.</summary>
    public Opened<AdapterFile> Adapter { get; }

    /// <summary>A P-Tuning v2 prefix; absent where the folder holds another adapter.</summary>
    public Opened<Checkpoint> Prefix { get; }

    /// <summary>The adapter's own tokenizer; absent where its folder has none.</summary>
    public Opened<Tokenizer> AdapterTokenizer { get; }

    /// <summary>The adapter over the base's modules, its unused tensors left out; absent before <see cref="Scan"/> and where it or the base is not fit for it.</summary>
    public Opened<LoraAdapter> Bound { get; private set; }

    /// <summary>What the numbers of the base's tensors look like.</summary>
    public IReadOnlyList<TensorHealth> Values { get; private set; } = [];

    /// <summary>The same of the adapter's tensors.</summary>
    public IReadOnlyList<TensorHealth> AdapterValues { get; private set; } = [];

    /// <summary>What the opened model answered.</summary>
    public ModelAnswers Answers { get; private set; } = ModelAnswers.None;

    /// <summary>Rows of the base's embedding as config.json and weights agree on them; null where they do not.</summary>
    public int? Rows => Sound ? Survey.Value!.Shape.Vocabulary : null;

    /// <summary>Every tensor that config.json asks for is there, in its shape.</summary>
    public bool Sound => Survey.Value is not null && Weights.Value!.Problems.Count == 0;

    /// <summary>Reads every number of base and adapter, and binds the one to the other.</summary>
    public void Scan(IProgress<double> progress, CancellationToken cancel)
    {
        if ((Prefix.Value?.Tensors ?? Adapter.Value?.Tensors) is { } tensors) AdapterValues = WeightScan.Read(tensors, new Progress<double>(), cancel);
        if (Weights.Value is { } weights) Values = WeightScan.Read(weights.Tensors, progress, cancel);
        if (!Sound || AdapterValues.Count == 0 || !AdapterValues.All(tensor => tensor.Finite)) return;
        Bound = Opened.Try(() =>
        {
            using var pool = new WorkerPool(1);
            return LoraAdapter.Load(AdapterFolder!, "adapter", Survey.Value!.Modules, pool, new AdapterOptions { AllowUnused = true });
        });
    }

    /// <summary>Opens the model, unless something above says that it cannot be, and asks it.</summary>
    public async Task AskAsync(InferenceEngine? running, int threads, IProgress<double> progress, CancellationToken cancel)
    {
        bool opens = Sound && !ReadStops.Refused && !Generation.Refused && !Tokenizer.Refused && Values.All(tensor => tensor.Finite);
        if (opens) Answers = await ModelAnswers.AskAsync(this, running, threads, progress, cancel);
    }

    /// <summary>An id with its text: <c>2 '&lt;/s&gt;'</c>.</summary>
    public string Name(int id) => Name(id, Tokenizer.Value);

    public static string Name(int id, Tokenizer? tokenizer) => tokenizer?.TokenOf(id) is { } token ? $"{id} '{token}'" : $"{id}";

    public string Names(IEnumerable<int> ids) => string.Join(", ", ids.Select(Name));

    static Tokenizer? ReadTokenizer(string folder) => Tokenization.Tokenizer.LoadIfAny(folder);

    public void Dispose()
    {
        Bound.Value?.Dispose();
        Adapter.Value?.Dispose();
        Prefix.Value?.Dispose();
        Survey.Value?.Dispose();
        Weights.Value?.Dispose();
    }
}
