using System.IO.Compression;
using System.Text;

namespace Juxta.EngineTests.Weights;

/// <summary>Assembles pickles and torch archives, well-formed or not.</summary>
sealed class PickleWriter
{
    readonly List<byte> _bytes = [0x80, 2];

    public PickleWriter Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleWriter Op(char code) => Raw((byte)code);

    public PickleWriter Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(BitConverter.GetBytes(utf8.Length)).Raw(utf8);
    }

    public PickleWriter Int(int value) => Op('J').Raw(BitConverter.GetBytes(value));

    public PickleWriter Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Ints(params int[] values)
    {
        Op('(');
        foreach (int value in values) Int(value);
        return Op('t');
    }

    /// <summary>A tensor as torch writes it: _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks).</summary>
    public PickleWriter Tensor(int[] shape, int[] strides, int elements, string key = "0", string storage = "FloatStorage", int offset = 0)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", storage).Text(key).Text("cpu").Int(elements).Op('t').Op('Q');
        Int(offset).Ints(shape).Ints(strides).Raw(0x89);
        return Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    /// <summary>Begins a dict; end its items with <see cref="EndDictionary"/>.</summary>
    public PickleWriter Dictionary() => Op('}').Op('(');

    public PickleWriter EndDictionary() => Op('u').Op('.');

    public byte[] Bytes => [.. _bytes];

    /// <summary>A torch archive of this pickle and storages "0", "1" …</summary>
    public byte[] Archive(params byte[][] storages) => Archive(CompressionLevel.NoCompression, "little", storages);

    public byte[] Archive(CompressionLevel level, string byteOrder, params byte[][] storages)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add("model/data.pkl", Bytes);
            Add("model/byteorder", Encoding.ASCII.GetBytes(byteOrder));
            for (int i = 0; i < storages.Length; i++) Add($"model/data/{i}", storages[i]);

            void Add(string name, byte[] content)
            {
                using Stream entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    public static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
