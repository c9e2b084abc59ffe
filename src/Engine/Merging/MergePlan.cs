using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Merging;

/// <summary>A tensor of the merged checkpoint: the base's own, or one whose rows are computed.</summary>
/// <param name="Type">As it will be stored.</param>
/// <param name="Source">The base's tensor, which is copied, or converted where its type is another.</param>
/// <param name="Rows">Reads a row of <paramref name="Columns"/> numbers; null for a copy.</param>
internal sealed record PlannedTensor(string Name, DType Type, int[] Shape, TensorView? Source, RowReader? Rows = null, int Columns = 1)
{
    public bool Merged => Rows is not null;

    public long Bytes => SafeTensorsWriter.Bytes(Type, Shape);
}

/// <summary>
/// Everything that a merged checkpoint will hold, known before anything is written: its tensors in the base's order, then new ones, and what config.json must
/// say of them.
/// </summary>
internal sealed class MergePlan
{
    readonly MergeSource _source;
    readonly DType? _type;
    readonly Dictionary<string, MergedModule> _merged;
    readonly List<PlannedTensor> _tensors = [];

    MergePlan(MergeSource source, MergeRequest request)
    {
        _source = source;
        _type = request.Type;
        Config = new MergedConfig(source.Config.File);
        _merged = source.Survey.Modules.Modules.Select(module => (module, Delta: source.Adapter.Delta(module.Index))).Where(changed => changed.Delta is not null)
            .ToDictionary(changed => changed.module.Path, changed => new MergedModule(changed.module, changed.Delta!, request.Scale), StringComparer.Ordinal);
    }

    public IReadOnlyList<PlannedTensor> Tensors => _tensors;

    public MergedConfig Config { get; }

    public long Bytes => _tensors.Sum(tensor => tensor.Bytes);

    /// <summary>Whether head and embedding are still one weight.</summary>
    public bool Tied { get; private set; }

    /// <summary>Tokens that the merged model knows.</summary>
    public int Vocabulary { get; private set; }

    public static MergePlan Make(MergeSource source, MergeRequest request)
    {
        var plan = new MergePlan(source, request);
        AdaptableModule? head = plan.DecideTie();
        plan.DecideVocabulary();
        IReadOnlyList<AdaptableModule> newBiases = MergedBiases.Decide(source, plan._merged, plan.Config);
        foreach (TensorView tensor in source.Checkpoint.Tensors) plan.Add(tensor, head);
        if (head is not null && !plan.Tied && !source.Checkpoint.Contains(head.Path + ".weight")) plan.AddHead(head);
        foreach (AdaptableModule module in newBiases) plan.AddBias(module);
        if (request.Type is { } type) plan.Config.SetType(type);
        return plan;
    }

    /// <summary>A tie stays where both sides become the same; otherwise the head gets a weight of its own.</summary>
    /// <returns>The tied head, or null where the base ties nothing.</returns>
    AdaptableModule? DecideTie()
    {
        if (_source.Survey.Modules.Modules.FirstOrDefault(module => module.TiedTo is not null) is not { } head) return null;
        AdaptableModule embedding = _source.Survey.Modules.Find(head.TiedTo!)!;
        MergedModule? mergedHead = _merged.GetValueOrDefault(head.Path), mergedEmbedding = _merged.GetValueOrDefault(embedding.Path);
        Tied = (mergedHead is null && mergedEmbedding is null) || SameRows(RowsOf(head), RowsOf(embedding), mergedHead?.RowCount ?? head.Rows, mergedEmbedding?.RowCount ?? embedding.Rows, head.Columns);
        if (Tied) return head;
        if (_source.Family.Name.StartsWith("gemma", StringComparison.Ordinal))
            throw new ModelFormatException(
                $"{_source.Adapter.Folder}: it changes {(mergedHead is null ? embedding.Path : head.Path)} apart from the weight that shares it, and {_source.Family.Name} always shares them: this adapter cannot be merged; use it unmerged",
                _source.Adapter.Folder);
        Config.Set("tie_word_embeddings", false);
        return head;
    }

    void DecideVocabulary()
    {
        AdaptableModule? embedding = _source.Survey.Modules.Modules.FirstOrDefault(module => module.Kind == ModuleKind.Embedding);
        Vocabulary = _source.Adapter.Vocabulary ?? _source.Survey.Shape.Vocabulary;
        int rows = embedding is null ? Vocabulary : _merged.GetValueOrDefault(embedding.Path)?.RowCount ?? embedding.Rows;
        if (rows != Vocabulary)
            throw new ModelFormatException($"{_source.Adapter.Folder}: its embedding knows {rows} tokens and its head {Vocabulary}; config.json has one number for both, so this adapter cannot be merged", _source.Adapter.Folder);
        if (Vocabulary != _source.Survey.Shape.Vocabulary) Config.Set(_source.Config.Has("padded_vocab_size") ? "padded_vocab_size" : "vocab_size", Vocabulary);
    }

    void Add(TensorView tensor, AdaptableModule? tiedHead)
    {
        DType type = TypeFor(tensor.Type);
        if (tensor.Name == tiedHead?.Path + ".weight" && Tied) return; // the embedding once more
        if (tensor.Name == tiedHead?.Path + ".weight") AddHead(tiedHead!);
        else if (ModuleOf(tensor.Name, ".weight") is { ChangesWeight: true } weight)
            _tensors.Add(new PlannedTensor(tensor.Name, type, [weight.RowCount, .. tensor.Shape[1..]], tensor, weight.ReadRow, weight.Module.Columns));
        else if (ModuleOf(tensor.Name, ".bias")?.Bias is { } bias) _tensors.Add(new PlannedTensor(tensor.Name, type, [bias.Length], tensor, (row, target) => target[0] = bias[row]));
        else _tensors.Add(new PlannedTensor(tensor.Name, type, tensor.Shape, tensor));
    }

    void AddHead(AdaptableModule head) =>
        _tensors.Add(new PlannedTensor(head.Path + ".weight", TypeFor(TypeOf(head.TiedTo! + ".weight")), [Vocabulary, head.Columns], null, RowsOf(head), head.Columns));

    void AddBias(AdaptableModule module)
    {
        float[]? bias = _merged.GetValueOrDefault(module.Path)?.Bias;
        _tensors.Add(new PlannedTensor(module.Path + ".bias", TypeFor(TypeOf(module.Path + ".weight")), [module.Rows], null, (row, target) => target[0] = bias?[row] ?? 0));
    }

    MergedModule? ModuleOf(string tensor, string ending) => tensor.EndsWith(ending, StringComparison.Ordinal) ? _merged.GetValueOrDefault(tensor[..^ending.Length]) : null;

    RowReader RowsOf(AdaptableModule module) => _merged.TryGetValue(module.Path, out MergedModule? merged) ? merged.ReadRow : module.ReadRow;

    DType TypeOf(string tensor) => _source.Checkpoint.TryFind(tensor, out TensorView view) ? view.Type : DType.F32;

    /// <summary>Buffers of integers stay as they are.</summary>
    DType TypeFor(DType stored) => stored.IsFloat() ? _type ?? stored : stored;

    static bool SameRows(RowReader first, RowReader second, int firstRows, int secondRows, int columns)
    {
        if (firstRows != secondRows) return false;
        float[] left = new float[columns], right = new float[columns];
        for (int row = 0; row < firstRows; row++)
        {
            first(row, left);
            second(row, right);
            if (!left.AsSpan().SequenceEqual(right)) return false;
        }
        return true;
    }
}
