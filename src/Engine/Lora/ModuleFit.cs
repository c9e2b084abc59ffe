using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>
/// An adapter's tensors for one module, checked against the module's shape. Checking comes before building, so that one message can hold everything
/// that does not fit.
/// </summary>
internal sealed class ModuleFit
{
    readonly ModuleTensors _tensors;
    readonly PeftConfig _config;
    readonly List<string> _problems = [];

    /// <param name="module">The base's module.</param>
    /// <param name="tensors">What the adapter has for it.</param>
    /// <param name="config">The adapter's config.</param>
    /// <param name="holdsVocabulary">An embedding or the head, whose rows may be resized.</param>
    /// <param name="tokens">Ids of trained tokens, in the order of their rows; null where there are none.</param>
    public ModuleFit(AdaptableModule module, ModuleTensors tensors, PeftConfig config, bool holdsVocabulary, int[]? tokens)
    {
        Module = module;
        _tensors = tensors;
        _config = config;
        Rows = module.Rows;
        foreach (TensorView tensor in tensors.All)
            if (!tensor.Type.IsFloat()) Problem($"{tensor.Name} holds {tensor.Type}, expected F32, F16 or BF16");
        if (_problems.Count > 0) return;
        if (module.Kind == ModuleKind.Norm) FitNorm();
        else
        {
            FitReplacement(holdsVocabulary);
            FitLowRank();
            FitTokenRows(tokens);
        }
        if (tensors.Bias is not { } bias) return;
        if (bias.Elements != module.Rows) Problem($"the bias has {bias.Elements} entries, the base {module.Rows}");
        else Bias = bias.ToFloats();
    }

    public AdaptableModule Module { get; }

    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Whether the adapter was made for a module of other sizes.</summary>
    public bool OfAnotherWidth { get; private set; }

    /// <summary>Rows of the weight as it will be.</summary>
    public int Rows { get; private set; }

    /// <summary>The weight in place of the base's; null where there is none or it is equal to the base's.</summary>
    public TensorView? Replacement { get; private set; }

    public LowRank? LowRank { get; private set; }

    /// <summary>A and B as they lie in the file, where they can be packed as they are.</summary>
    public (TensorView A, TensorView B)? Factors { get; private set; }

    public float[]? Magnitude { get; private set; }

    public SortedDictionary<int, float[]>? TokenRows { get; private set; }

    public float[]? LoraBias { get; private set; }

    public float[]? Bias { get; private set; }

    public float[]? NormWeight { get; private set; }

    /// <summary>False for a mere copy of the base's weight: PEFT saves one of every embedding that an adapter touches.</summary>
    public bool ChangesAnything => LowRank is not null || Replacement is not null || TokenRows is not null || Bias is not null || NormWeight is not null;

    public IReadOnlyCollection<TensorView> Tensors => _tensors.All;

    void FitNorm()
    {
        foreach (AdapterPart part in Enum.GetValues<AdapterPart>())
            if (_tensors[part] is { } stray && part is not (AdapterPart.Weight or AdapterPart.SavedWeight or AdapterPart.Bias or AdapterPart.SavedBias)) Problem($"is a norm and takes no {stray.Name}");
        if (_tensors.Replacement is not { } weight) return;
        if (weight.Elements != Module.Rows) Problem($"the weight has {weight.Elements} entries, the base {Module.Rows}");
        else NormWeight = weight.ToFloats();
    }

    void FitReplacement(bool holdsVocabulary)
    {
        if (_tensors.Replacement is not { } weight) return;
        if (weight.Shape.Length != 2 || weight.Columns != Module.Columns || weight.Rows == 0 || (weight.Rows != Module.Rows && !holdsVocabulary))
        {
            OtherWidth($"the saved weight is [{string.Join(", ", weight.Shape)}], the base's is [{Module.Rows}, {Module.Columns}]");
            return;
        }
        Rows = weight.Rows;
        if (!WeightChange.EqualsBase(Module, Rows, (row, destination) => weight.ReadRow(row, destination))) Replacement = weight;
    }

    void FitLowRank()
    {
        bool embedding = Module.Kind == ModuleKind.Embedding;
        TensorView? a = _tensors[embedding ? AdapterPart.EmbeddingA : AdapterPart.LoraA], b = _tensors[embedding ? AdapterPart.EmbeddingB : AdapterPart.LoraB];
        if ((_tensors[embedding ? AdapterPart.LoraA : AdapterPart.EmbeddingA] ?? _tensors[embedding ? AdapterPart.LoraB : AdapterPart.EmbeddingB]) is { } stray)
            Problem($"is {(embedding ? "an embedding" : "a linear layer")} and takes no {stray.Name}");
        if (a is null != b is null)
        {
            Problem($"has {(a ?? b)!.Value.Name} without {(a is null ? "lora_A" : "lora_B")}");
            return;
        }
        if (a is { } first && b is { } second)
        {
            if (embedding) FitEmbedding(first, second);
            else if (_config.EnableLora is { } enabled) FitFused(first, second, enabled);
            else FitLinear(first, second);
        }
        FitMagnitude();
        if (_tensors[AdapterPart.LoraBias] is not { } bias) return;
        if (!_config.LoraBias) Problem($"has {bias.Name}, but adapter_config.json does not set lora_bias");
        else if (LowRank is null || bias.Elements != Rows) Problem($"lora_B.bias has {bias.Elements} entries, expected {Rows} beside a lora_B");
        else LoraBias = [.. bias.ToFloats().Select(value => LowRank.Scale * value)];
    }

    void FitLinear(TensorView a, TensorView b)
    {
        int rank = a.Rows;
        if (rank == 0 || a.Elements != (long)rank * Module.Columns) OtherWidth($"lora_A is [{Shape(a)}]: it takes {a.Columns} inputs, the base has {Module.Columns}");
        else if (b.Rows != Rows) OtherWidth($"lora_B is [{Shape(b)}]: it gives {b.Rows} outputs, the base has {Rows}");
        else if (b.Columns != rank) Problem($"lora_A has rank {rank}, lora_B {b.Columns}");
        else
        {
            LowRank = new LowRank(b.ToFloats(), a.ToFloats(), rank, (float)_config.Scale(Module.Path, rank));
            if (a.Shape.Length == 2 && b.Shape.Length == 2) Factors = (a, b);
        }
    }

    void FitEmbedding(TensorView a, TensorView b)
    {
        int rank = a.Rows;
        if (rank == 0 || a.Columns != Rows) OtherWidth($"lora_embedding_A is [{Shape(a)}]: it knows {a.Columns} tokens, the vocabulary has {Rows}");
        else if (b.Rows != Module.Columns) OtherWidth($"lora_embedding_B is [{Shape(b)}]: it gives {b.Rows} channels, the base has {Module.Columns}");
        else if (b.Columns != rank) Problem($"lora_embedding_A has rank {rank}, lora_embedding_B {b.Columns}");
        else LowRank = new LowRank(LowRank.Transpose(a.ToFloats(), rank, Rows), LowRank.Transpose(b.ToFloats(), Module.Columns, rank), rank, (float)_config.Scale(Module.Path, rank));
    }

    /// <summary>
    /// PEFT 0.2's MergedLinear: of n equal blocks of output rows, the enabled ones have a low-rank part each. lora_A stacks their A's, lora_B (saved as a
    /// grouped 1×1 convolution) their B's. The same change as one pair of factors: B becomes block-diagonal.
    /// </summary>
    void FitFused(TensorView a, TensorView b, bool[] enabled)
    {
        int groups = enabled.Count(on => on);
        if (Rows % enabled.Length != 0 || a.Rows == 0 || a.Rows % groups != 0 || a.Columns != Module.Columns)
        {
            Problem($"lora_A is [{Shape(a)}], expected {groups} times the rank and {Module.Columns} inputs");
            return;
        }
        int rank = a.Rows / groups, block = Rows / enabled.Length;
        if (b.Rows != groups * block || b.Columns != rank)
        {
            Problem($"lora_B is [{Shape(b)}], expected [{groups * block}, {rank}, 1]");
            return;
        }
        float[] saved = b.ToFloats(), factors = new float[(long)Rows * a.Rows];
        for (int output = 0, group = 0; output < enabled.Length; output++)
        {
            if (!enabled[output]) continue;
            for (int row = 0; row < block; row++)
                Array.Copy(saved, ((group * block) + row) * rank, factors, (((output * block) + row) * a.Rows) + (group * rank), rank);
            group++;
        }
        LowRank = new LowRank(factors, a.ToFloats(), a.Rows, (float)_config.Scale(Module.Path, rank));
    }

    void FitMagnitude()
    {
        TensorView? magnitude = _tensors[AdapterPart.Magnitude];
        if (magnitude is { } stray && !_config.Dora) Problem($"has {stray.Name}, but adapter_config.json does not set use_dora");
        else if (magnitude is null && _config.Dora && LowRank is not null) Problem("has no lora_magnitude_vector, but adapter_config.json sets use_dora");
        else if (magnitude is { } gains)
        {
            if (LowRank is null) Problem($"has {gains.Name} without lora_A and lora_B");
            else if (gains.Elements != Rows) Problem($"lora_magnitude_vector has {gains.Elements} entries, the base {Rows} outputs");
            else Magnitude = gains.ToFloats();
        }
    }

    void FitTokenRows(int[]? tokens)
    {
        if (_tensors[AdapterPart.TokenRows] is not { } rows) return;
        if (tokens is null) Problem($"has {rows.Name}, but trainable_token_indices names no tokens for it");
        else if (rows.Rows != tokens.Length || rows.Columns != Module.Columns) Problem($"{rows.Name} is [{Shape(rows)}], expected [{tokens.Length}, {Module.Columns}]");
        else if (tokens.Any(id => id >= Rows)) Problem($"trainable_token_indices names token {tokens.First(id => id >= Rows)}, the vocabulary has {Rows}");
        else
        {
            TokenRows = [];
            for (int i = 0; i < tokens.Length; i++)
            {
                var values = new float[Module.Columns];
                rows.ReadRow(i, values);
                TokenRows.Add(tokens[i], values);
            }
        }
    }

    void OtherWidth(string what)
    {
        OfAnotherWidth = true;
        Problem(what);
    }

    void Problem(string what) => _problems.Add($"{Module.Path}: {what}");

    static string Shape(TensorView tensor) => string.Join(", ", tensor.Shape);
}
