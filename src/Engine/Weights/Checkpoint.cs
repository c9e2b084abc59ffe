using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>
/// The weights of a Hugging Face folder by name, whether in one file or in shards: <c>model.safetensors</c>, <c>model.safetensors.index.json</c>,
/// <c>pytorch_model.bin</c> or <c>pytorch_model.bin.index.json</c>, the first of them that exists. It remembers what was asked for, so that everything
/// missing and everything left over can be told at once. Used from one thread while a model loads, then disposed; views die with it.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    static readonly string[] Containers = ["model.safetensors", "pytorch_model.bin"];

    readonly List<TensorFile> _files = [];
    readonly Dictionary<string, TensorView> _tensors = new(StringComparer.Ordinal);
    readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    readonly List<TensorProblem> _problems = [];

    Checkpoint(string folder) => Folder = folder;

    public string Folder { get; }

    /// <summary>The files that hold the weights.</summary>
    public IReadOnlyList<string> Files => [.. _files.Select(file => file.Path)];

    /// <summary>All tensor names.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    /// <summary>All tensors, in the order of the files.</summary>
    public IReadOnlyCollection<TensorView> Tensors => _tensors.Values;

    /// <summary>Bytes of all tensors.</summary>
    public long TotalBytes => _tensors.Values.Sum(tensor => tensor.Bytes);

    /// <summary>Numbers in all tensors, buffers and the scales of quantised weights left out.</summary>
    /// <param name="bits">config.json's quantization_bit: with 4, a byte of a quantised weight holds two numbers.</param>
    public long Parameters(int bits = 0) => _tensors.Values.Where(tensor => !IsBuffer(tensor.Name) && !IsScale(tensor.Name))
        .Sum(tensor => tensor.Elements * (bits == 4 && _tensors.ContainsKey(tensor.Name + "_scale") ? 2 : 1));

    /// <summary>Dtype of the largest tensor; null where there is none.</summary>
    public DType? LargestType => _tensors.Count == 0 ? null : _tensors.Values.MaxBy(tensor => tensor.Elements).Type;

    /// <summary>Whether every matrix is of that type.</summary>
    public bool Stores(DType? type) => _tensors.Values.All(tensor => tensor.Shape.Length < 2 || tensor.Type == type);

    /// <summary>What people call the checkpoint's type: INT8 or INT4 where weights are quantised, else the dtype of the largest tensor; null where there is none.</summary>
    /// <param name="bits">config.json's quantization_bit.</param>
    public string? TypeName(int bits) => bits > 0 && _tensors.Keys.Any(IsScale) ? $"INT{bits}" : LargestType?.ToString();

    /// <exception cref="ModelFormatException">No weights, a missing or damaged shard, or an index that contradicts its shards.</exception>
    public static Checkpoint Open(string folder)
    {
        if (!Directory.Exists(folder)) throw new ModelFormatException($"{folder}: no such folder", folder);
        var checkpoint = new Checkpoint(folder);
        try
        {
            checkpoint.OpenFiles();
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Whether a folder has weights at all.</summary>
    public static bool Exists(string folder) => Containers.Any(single => File.Exists(Path.Combine(folder, single)) || File.Exists(Path.Combine(folder, single + ".index.json")));

    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>A tensor that may be absent: a bias, a head that may be tied.</summary>
    public bool TryFind(string name, out TensorView tensor)
    {
        _asked.Add(name);
        return _tensors.TryGetValue(name, out tensor);
    }

    /// <summary>A tensor that must be there, with this shape.</summary>
    /// <exception cref="ModelFormatException">It is absent, or its shape is another; all such problems of tensors named to <see cref="Expect"/> are told together.</exception>
    public TensorView Require(string name, params ReadOnlySpan<int> shape)
    {
        if (!Expect(name, shape)) ThrowIfIncomplete();
        return _tensors[name];
    }

    /// <summary>Notes that a tensor must be there with this shape; <see cref="ThrowIfIncomplete"/> tells all that are not. False if it is not.</summary>
    public bool Expect(string name, params ReadOnlySpan<int> shape) => ExpectOf(null, name, shape);

    /// <param name="type">The type it must have; null = any of floating point.</param>
    bool ExpectOf(DType? type, string name, ReadOnlySpan<int> shape)
    {
        _asked.Add(name);
        TensorProblem? problem = !_tensors.TryGetValue(name, out TensorView tensor) ? new(name, TensorFault.Missing, shape.ToArray(), [], default)
            : !shape.SequenceEqual(tensor.Shape) ? new(name, TensorFault.Shape, shape.ToArray(), tensor.Shape, tensor.Type)
            : !(type is { } only ? tensor.Type == only : IsFloat(tensor.Type)) ? new(name, TensorFault.Type, shape.ToArray(), tensor.Shape, tensor.Type) { Wanted = type?.ToString() ?? "F32, F16 or BF16" }
            : null;
        if (problem is not null && !_problems.Exists(known => known.Name == name && known.Fault == problem.Fault)) _problems.Add(problem);
        return problem is null;
    }

    /// <summary>A weight that must be there, either as numbers of this shape or as ChatGLM's INT8 and INT4 checkpoints store it: integers under the weight's name and the rows' scales beside.</summary>
    /// <param name="path">The module's path: <c>.weight</c> and <c>.weight_scale</c> follow.</param>
    /// <returns>The weight, or null where a problem was noted.</returns>
    public StoredMatrix? ExpectMatrix(string path, int rows, int columns)
    {
        string name = path + ".weight", scaleName = name + "_scale";
        bool integers = _tensors.TryGetValue(name, out TensorView values) && values.Type == DType.I8;
        if (!integers && !_tensors.ContainsKey(scaleName)) return Expect(name, rows, columns) ? new StoredMatrix(values) : null;

        // Two columns a byte unless each has its own.
        int bits = values.Shape is [_, var stored] && stored == columns / 2 && columns % 2 == 0 ? 4 : 8;
        bool fits = ExpectOf(DType.I8, name, [rows, bits == 8 ? columns : columns / 2]) & Expect(scaleName, rows);
        return fits ? new StoredMatrix(new QuantisedView(values, _tensors[scaleName], bits, columns)) : null;
    }

    /// <summary>What <see cref="Expect"/> found missing or different.</summary>
    public IReadOnlyList<TensorProblem> Problems => _problems;

    /// <exception cref="ModelFormatException">A tensor was missing or had another shape: the message lists all of them.</exception>
    public void ThrowIfIncomplete()
    {
        if (_problems.Count == 0) return;
        IReadOnlyList<string> unused = Unused();
        throw new ModelFormatException(
            $"{Folder}: the weights do not fit config.json: {NameList.Join([.. _problems.Select(problem => problem.ToString())], "; ")}"
            + (unused.Count == 0 ? "" : $". The files hold, among others, {NameList.Join(unused)}")
            + ". Check that config.json and the weights belong together", Folder);
    }

    /// <summary>Tensors that nobody asked for, buffers that are recomputed anyway left out.</summary>
    public IReadOnlyList<string> Unused() => [.. _tensors.Keys.Where(name => !_asked.Contains(name) && !IsBuffer(name)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        foreach (TensorFile file in _files) file.Dispose();
        _files.Clear();
        _tensors.Clear();
    }

    void OpenFiles()
    {
        foreach (string single in Containers)
        {
            if (File.Exists(Path.Combine(Folder, single)))
            {
                Add(Path.Combine(Folder, single));
                return;
            }
            if (File.Exists(Path.Combine(Folder, single + ".index.json")))
            {
                OpenShards(ShardIndex.Read(Folder, single + ".index.json"));
                return;
            }
        }
        string[] others = [.. Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        throw new ModelFormatException(
            $"{Folder}: no weights: expected model.safetensors, model.safetensors.index.json, pytorch_model.bin or pytorch_model.bin.index.json"
            + (others.Length == 0 ? "; the folder is empty" : $"; found {NameList.Join(others)}"), Folder) { Fault = ModelFault.MissingWeights };
    }

    void OpenShards(ShardIndex index)
    {
        var shards = new Dictionary<string, TensorFile>(StringComparer.Ordinal);
        foreach (string shard in index.Shards)
        {
            TensorFile file = TensorFile.Open(Path.Combine(Folder, shard));
            _files.Add(file);
            shards.Add(shard, file);
        }
        var absent = new List<string>();
        foreach ((string name, string shard) in index.WeightMap)
        {
            if (shards[shard].Tensors.TryGetValue(name, out TensorView tensor)) _tensors.Add(name, tensor);
            else absent.Add($"{name} (in {shard})");
        }
        if (absent.Count > 0)
            throw new ModelFormatException($"{index.File}: the index names tensors that their shards do not hold: {NameList.Join(absent)}; the shards are of another version, download them again", index.File);
        foreach (TensorFile file in _files)
            foreach ((string name, TensorView tensor) in file.Tensors) _tensors.TryAdd(name, tensor); // extra tensors will show as unused
    }

    void Add(string path)
    {
        TensorFile file = TensorFile.Open(path);
        _files.Add(file);
        foreach ((string name, TensorView tensor) in file.Tensors) _tensors.Add(name, tensor);
    }

    bool IsScale(string name) => name.EndsWith("_scale", StringComparison.Ordinal) && _tensors.ContainsKey(name[..^"_scale".Length]);

    static bool IsFloat(DType type) => type is DType.F32 or DType.F16 or DType.BF16;

    /// <summary>Constants that old checkpoints store and every loader computes: rotary frequencies, causal masks.</summary>
    static bool IsBuffer(string name) => name[(name.LastIndexOf('.') + 1)..] is "inv_freq" or "masked_bias" or "cos_cached" or "sin_cached" or "position_ids";
}

/// <summary>In what a tensor differs from what config.json asks for.</summary>
internal enum TensorFault
{
    Missing,
    Shape,
    Type,
}

/// <summary>A tensor that is not what config.json asks for.</summary>
/// <param name="Expected">Its shape by config.json.</param>
/// <param name="Found">Its shape in the file; empty where it is missing.</param>
/// <param name="Type">Its type in the file.</param>
internal sealed record TensorProblem(string Name, TensorFault Fault, int[] Expected, int[] Found, DType Type)
{
    /// <summary>The types it may have.</summary>
    public string Wanted { get; init; } = "";

    public override string ToString() => Fault switch
    {
        TensorFault.Missing => $"{Name} is missing (expected [{string.Join(", ", Expected)}])",
        TensorFault.Shape => $"{Name} has shape [{string.Join(", ", Found)}], but config.json asks for [{string.Join(", ", Expected)}]",
        _ => $"{Name} holds {Type}, expected {Wanted}",
    };
}
