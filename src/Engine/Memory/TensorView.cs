namespace Juxta.Engine.Memory;

/// <summary>A tensor of a checkpoint file, in place: row-major elements, checked against the file's bounds by whoever made the view.</summary>
/// <remarks>Valid while the checkpoint it came from is open. Nothing may keep one after loading: files can change underneath.</remarks>
internal readonly unsafe struct TensorView(string name, DType type, int[] shape, byte* data)
{
    public string Name { get; } = name;

    public DType Type { get; } = type;

    public int[] Shape { get; } = shape;

    public byte* Data { get; } = data;

    /// <summary>First dimension; 1 for a scalar.</summary>
    public int Rows => Shape.Length == 0 ? 1 : Shape[0];

    /// <summary>Elements per row.</summary>
    public int Columns
    {
        get
        {
            long columns = 1;
            for (int i = 1; i < Shape.Length; i++) columns *= Shape[i];
            return checked((int)columns);
        }
    }

    public long Elements => (long)Rows * Columns;

    public long Bytes => Elements * Type.Size();

    /// <summary>The same elements as one row.</summary>
    public TensorView AsRow() => new(Name, Type, [1, checked((int)Elements)], Data);

    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";
}
