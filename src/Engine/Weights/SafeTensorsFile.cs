using System.Buffers.Binary;
using Juxta.Engine.Memory;

namespace Juxta.Engine.Weights;

/// <summary>
/// A memory-mapped safetensors file: 8 bytes little-endian header length, a JSON header
/// <c>{"name":{"dtype":"F32","shape":[2,3],"data_offsets":[begin,end]},…,"__metadata__":{…}}</c> padded with spaces, then the tensors' bytes
/// without gaps (format description of huggingface/safetensors 0.4). Nothing in the header is believed before it is checked.
/// </summary>
internal sealed unsafe class SafeTensorsFile : TensorFile
{
    /// <summary>The format's own limit.</summary>
    const long MaxHeaderBytes = 100_000_000;

    readonly MappedFile _file;
    readonly Dictionary<string, TensorView> _tensors = new(StringComparer.Ordinal);

    SafeTensorsFile(MappedFile file, SafeTensorsHeader header, long dataStart) : base(file.Path)
    {
        _file = file;
        Metadata = header.Metadata;
        foreach (SafeTensorsHeader.Entry entry in header.Entries)
            _tensors.Add(entry.Name, new TensorView(entry.Name, entry.Type, entry.Shape, file.At(dataStart + entry.Begin, entry.End - entry.Begin)));
    }

    public override IReadOnlyDictionary<string, TensorView> Tensors => _tensors;

    /// <summary>The file's free-form <c>__metadata__</c>; empty where it has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="ModelFormatException">The file is not safetensors, or truncated, or its header contradicts itself or the file's size.</exception>
    public static new SafeTensorsFile Open(string path)
    {
        MappedFile file = MappedFile.Open(path);
        try
        {
            RefuseGitLfsPointer(file);
            if (file.Length < 8)
                throw new ModelFormatException($"{path}: truncated: {file.Length} bytes, but a safetensors file begins with an 8-byte header length; download it again", path) { Fault = ModelFault.Truncated };
            ulong headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(file.Span(0, 8));
            if (headerBytes > MaxHeaderBytes)
                throw new ModelFormatException($"{path}: not a safetensors file: its first 8 bytes announce a header of {headerBytes} bytes, the format allows {MaxHeaderBytes}", path);
            if ((long)headerBytes > file.Length - 8)
                throw new ModelFormatException($"{path}: truncated: its header has {headerBytes} bytes, but the file ends after {file.Length - 8} of them; download it again", path) { Fault = ModelFault.Truncated };
            long dataStart = 8 + (long)headerBytes;
            SafeTensorsHeader header = SafeTensorsHeader.Parse(file.Span(8, (int)headerBytes), path, CountElements);
            header.CheckLayout(path, file.Length - dataStart);
            return new SafeTensorsFile(file, header, dataStart);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override void Dispose() => _file.Dispose();

    /// <summary>A clone without git-lfs leaves a small text in place of each big file: the commonest "broken" checkpoint.</summary>
    internal static void RefuseGitLfsPointer(MappedFile file)
    {
        if (file.Length is >= 24 and < 1024 && file.Span(0, 24).SequenceEqual("version https://git-lfs."u8))
            throw new ModelFormatException($"{file.Path}: a Git LFS pointer and not the weights; run 'git lfs pull' in the folder or download the file itself", file.Path) { Fault = ModelFault.LfsPointer };
    }
}
