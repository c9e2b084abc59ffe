using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>
/// A dictionary of tensors as torch.save writes it since torch 1.6: a zip of <c>NAME/data.pkl</c> and one stored entry <c>NAME/data/KEY</c> per storage.
/// Contiguous tensors are views of the mapped file, others are copied. Nothing but tensors is ever built, whatever the pickle says.
/// </summary>
internal sealed unsafe class PickleFile : TensorFile, IPickleObjects
{
    const long MaxPickleBytes = 256 << 20;
    const int MaxDimensions = 16;

    static readonly Dictionary<(string Module, string Name), object> Allowed = new()
    {
        [("torch._utils", "_rebuild_tensor_v2")] = Function.Tensor,
        [("torch._utils", "_rebuild_parameter")] = Function.Parameter,
        [("collections", "OrderedDict")] = Function.Dictionary,
        [("torch", "Size")] = Function.Size,
        [("torch", "FloatStorage")] = DType.F32,
        [("torch", "HalfStorage")] = DType.F16,
        [("torch", "BFloat16Storage")] = DType.BF16,
        [("torch", "DoubleStorage")] = DType.F64,
        [("torch", "LongStorage")] = DType.I64,
        [("torch", "IntStorage")] = DType.I32,
        [("torch", "ShortStorage")] = DType.I16,
        [("torch", "CharStorage")] = DType.I8,
        [("torch", "ByteStorage")] = DType.U8,
        [("torch", "BoolStorage")] = DType.Bool,
    };

    readonly MappedFile _file;
    readonly IReadOnlyDictionary<string, ZipDirectory.Entry> _entries;
    readonly string _root;
    readonly List<AlignedBuffer> _copies = [];
    readonly Dictionary<string, TensorView> _tensors = new(StringComparer.Ordinal);
    long _copiedBytes;

    PickleFile(MappedFile file) : base(file.Path)
    {
        _file = file;
        _entries = ZipDirectory.Read(file);
        string pickle = _entries.Keys.FirstOrDefault(name => name == "data.pkl" || name.EndsWith("/data.pkl", StringComparison.Ordinal))
            ?? throw new ModelFormatException($"{Path}: a zip file without data.pkl; expected a file written by torch.save", Path);
        _root = pickle[..^"data.pkl".Length];
    }

    enum Function { Tensor, Parameter, Dictionary, Size }

    sealed record Storage(DType Type, long Offset, long Elements);

    sealed record Built(DType Type, int[] Shape, nint Data);

    public override IReadOnlyDictionary<string, TensorView> Tensors => _tensors;

    /// <exception cref="ModelFormatException">Not a torch zip file, damaged, or it holds something else than named tensors.</exception>
    public static new PickleFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        PickleFile? pickle = null;
        try
        {
            SafeTensorsFile.RefuseGitLfsPointer(file);
            RefuseOtherFormats(file);
            pickle = new PickleFile(file);
            pickle.ReadTensors();
            return pickle;
        }
        catch (Exception error)
        {
            pickle?.Dispose();
            file.Dispose();
            if (error is FormatException or System.Text.DecoderFallbackException) throw new ModelFormatException($"{path}: {error.Message}", path, error);
            throw;
        }
    }

    public override void Dispose()
    {
        foreach (AlignedBuffer copy in _copies) copy.Dispose();
        _copies.Clear();
        _file.Dispose();
    }

    object IPickleObjects.Global(string module, string name) => Allowed.TryGetValue((module, name), out object? allowed)
        ? allowed
        : throw new FormatException($"the pickle asks for {module}.{name}, which builds no tensor; refused, nothing was run. If you trust the file, convert it to safetensors with torch and safetensors.torch.save_file");

    object? IPickleObjects.Persistent(object? id)
    {
        if (id is not object?[] { Length: >= 5 } parts || parts[0] is not "storage" || parts[1] is not DType type || parts[2] is not string key || parts[4] is not long elements)
            throw new FormatException("a persistent id that is not ('storage', type, key, location, count)");
        if (!_entries.TryGetValue($"{_root}data/{key}", out ZipDirectory.Entry entry)) throw new FormatException($"storage '{key}' is not in the file");
        if (elements < 0 || elements > entry.Length / type.Size())
            throw new FormatException($"storage '{key}' should hold {elements} elements of {type}, but its entry has {entry.Length} bytes");
        return new Storage(type, entry.Offset, elements);
    }

    object? IPickleObjects.Call(object? function, object?[] arguments) => (function, arguments) switch
    {
        (Function.Tensor, [Storage storage, long offset, object?[] shape, object?[] strides, ..]) => Build(storage, offset, Integers(shape), Integers(strides)),
        (Function.Parameter, [Built tensor, ..]) => tensor,
        (Function.Dictionary, []) => new PickleReader.Dictionary(),
        (Function.Size, [object?[] shape]) => shape,
        (Function or DType, _) => throw new FormatException("a tensor is built from arguments that torch does not write"),
        _ => throw new FormatException("the pickle calls something that is no function"),
    };

    void IPickleObjects.SetState(object? target, object? state)
    {
        if (target is not PickleReader.Dictionary) throw new FormatException("the pickle sets the state of something that is no dict; refused");
    }

    void ReadTensors()
    {
        if (_entries.TryGetValue($"{_root}byteorder", out ZipDirectory.Entry order) && order.Length == 3 && _file.Span(order.Offset, 3).SequenceEqual("big"u8))
            throw new FormatException("written on a big-endian machine; save it again on a little-endian one");
        ZipDirectory.Entry code = _entries[$"{_root}data.pkl"];
        if (code.Length > MaxPickleBytes) throw new FormatException($"its data.pkl of {code.Length} bytes is more than the {MaxPickleBytes} allowed");
        if (new PickleReader(_file.Span(code.Offset, (int)code.Length), this).Read() is not PickleReader.Dictionary dictionary)
            throw new FormatException("expected a dictionary of tensors");
        foreach ((object? key, object? value) in dictionary)
        {
            if (key is not string name) throw new FormatException("expected a dictionary of tensors by name, found a key that is no text");
            if (value is not Built tensor)
                throw new FormatException($"expected a dictionary of tensors, but entry '{name}' is {Describe(value)}; a training state is not a checkpoint: save model.state_dict()");
            if (!_tensors.TryAdd(name, new TensorView(name, tensor.Type, tensor.Shape, (byte*)tensor.Data))) throw new FormatException($"the name '{name}' occurs twice");
        }
    }

    Built Build(Storage storage, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length || shape.Length > MaxDimensions) throw new FormatException($"a tensor of {shape.Length} dimensions with {strides.Length} strides");
        if (offset < 0 || shape.Concat(strides).Any(value => value is < 0 or > int.MaxValue)) throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}], strides [{string.Join(", ", strides)}], offset {offset}");
        int[] dimensions = [.. shape.Select(dimension => (int)dimension)];
        long elements = CountElements(dimensions) ?? throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] is too large");
        if (elements == 0) return new Built(storage.Type, dimensions, (nint)_file.At(storage.Offset, 0));

        Int128 last = offset;
        for (int i = 0; i < shape.Length; i++) last += (Int128)(shape[i] - 1) * strides[i];
        if (last >= storage.Elements) throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] reaches beyond its storage of {storage.Elements} elements");
        int size = storage.Type.Size();
        byte* data = _file.At(storage.Offset + (offset * size), ((long)last - offset + 1) * size);
        if (IsContiguous(shape, strides)) return new Built(storage.Type, dimensions, (nint)data);

        // Transposed or sliced. An expanded tensor (stride 0) can be larger than all memory, many views of one storage likewise.
        _copiedBytes += elements * size;
        if (elements > storage.Elements || _copiedBytes > 2 * _file.Length) throw new FormatException($"a tensor of shape [{string.Join(", ", shape)}] is an expanded view; save it with .contiguous()");
        var copy = new AlignedBuffer(elements * size);
        _copies.Add(copy);
        CopyStrided(data, copy.Pointer, shape, strides, size, elements);
        return new Built(storage.Type, dimensions, (nint)copy.Pointer);
    }

    static void CopyStrided(byte* from, byte* to, long[] shape, long[] strides, int size, long elements)
    {
        long[] index = new long[shape.Length];
        for (long i = 0, at = 0; i < elements; i++, to += size)
        {
            Buffer.MemoryCopy(from + (at * size), to, size, size);
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                at += strides[d];
                if (++index[d] < shape[d]) break;
                at -= strides[d] * shape[d];
                index[d] = 0;
            }
        }
    }

    static bool IsContiguous(long[] shape, long[] strides)
    {
        long expected = 1;
        for (int d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] != 1 && strides[d] != expected) return false;
            expected *= shape[d];
        }
        return true;
    }

    static long[] Integers(object?[] values) => [.. values.Select(value => value as long? ?? throw new FormatException("a tensor whose shape or stride is not integers"))];

    static string Describe(object? value) => value switch
    {
        PickleReader.Dictionary => "a dictionary",
        null => "None",
        List<object?> => "a list",
        object?[] => "a tuple",
        string => "text",
        _ => "a number or other value",
    };

    static void RefuseOtherFormats(MappedFile file)
    {
        if (file.Length >= 4 && file.Span(0, 4).SequenceEqual("PK\x3\x4"u8)) return;
        string name = System.IO.Path.GetFileName(file.Path);
        if (file.Length >= 2 && file.Span(0, 1)[0] == 0x80)
            throw new ModelFormatException(
                $"{file.Path}: the legacy torch format from before 1.6; convert it once with: python -c \"import torch; torch.save(torch.load('{name}', map_location='cpu', weights_only=True), '{name}')\"", file.Path);
        throw new ModelFormatException($"{file.Path}: not a file written by torch.save: it does not begin as a zip file does", file.Path);
    }
}
