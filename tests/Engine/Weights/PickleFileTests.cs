using System.IO.Compression;
using Juxta.Engine;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.Tests;

namespace Juxta.EngineTests.Weights;

public sealed class PickleFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Contiguous_transposed_and_sliced_tensors_have_their_values()
    {
        byte[] archive = new PickleWriter().Dictionary()
            .Text("plain").Tensor([2, 3], [3, 1], 6)
            .Text("transposed").Tensor([3, 2], [1, 3], 6)
            .Text("column").Tensor([2], [3], 6, offset: 1)
            .Text("row").Tensor([1, 3], [99, 1], 6, offset: 3)
            .Text("scalar").Tensor([], [], 6, offset: 5)
            .Text("empty").Tensor([0, 4], [4, 1], 6)
            .EndDictionary().Archive(PickleWriter.Floats(1, 2, 3, 4, 5, 6));
        using PickleFile file = PickleFile.Open(_folder.Write("m.bin", archive));
        Assert.Equal([1, 2, 3, 4, 5, 6], Values(file, "plain"));
        Assert.Equal([1, 4, 2, 5, 3, 6], Values(file, "transposed"));
        Assert.Equal([2, 5], Values(file, "column"));
        Assert.Equal([4, 5, 6], Values(file, "row"));
        Assert.Equal([6], Values(file, "scalar"));
        Assert.Empty(Values(file, "empty"));
    }

    [Fact]
    public void Parameters_ordered_dicts_memos_and_state_dict_metadata_are_understood()
    {
        // OrderedDict() with items, then its _metadata attribute; the tensor comes through _rebuild_parameter and the memo.
        byte[] archive = new PickleWriter()
            .Global("collections", "OrderedDict").Op(')').Op('R').Raw((byte)'q', 0).Op('(')
            .Text("w").Global("torch._utils", "_rebuild_parameter").Op('(').Tensor([2], [1], 2, storage: "BFloat16Storage").Raw(0x88).Op('}').Op('t').Op('R')
            .Op('u').Op('}').Op('(').Text("_metadata").Op('}').Op('u').Op('b').Op('0').Raw((byte)'h', 0).Op('.').Archive(new byte[4]);
        using PickleFile file = PickleFile.Open(_folder.Write("m.bin", archive));
        Assert.Equal(DType.BF16, file.Tensors["w"].Type);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    [InlineData("torch._utils", "_rebuild_tensor_v2\u200b")]
    public void Anything_but_tensors_is_refused_by_name(string module, string name)
    {
        byte[] archive = new PickleWriter().Global(module, name).Op('(').Text("touch /tmp/owned").Op('t').Op('R').Op('.').Archive();
        Refused(archive, $"{module}.{name}, which builds no tensor; refused, nothing was run");
    }

    [Theory]
    [InlineData('i')] // INST
    [InlineData('o')] // OBJ
    [InlineData('\x81')] // NEWOBJ
    [InlineData('\x92')] // NEWOBJ_EX
    [InlineData('\x82')] // EXT1
    [InlineData('P')] // PERSID
    [InlineData('I')] // INT
    public void Instructions_that_torch_does_not_need_are_refused(char code) =>
        Refused(new PickleWriter().Op(code).Op('.').Archive(), $"pickle instruction 0x{(int)code:x2} at byte 2");

    [Fact]
    public void A_tensor_outside_its_storage_is_refused()
    {
        Refused(One(w => w.Tensor([7], [1], 6)), "reaches beyond its storage of 6 elements");
        Refused(One(w => w.Tensor([1], [1], 6, offset: 6)), "reaches beyond its storage");
        Refused(One(w => w.Tensor([1], [1], 6, offset: -1)), "offset -1");
        Refused(One(w => w.Tensor([2], [-1], 6, offset: 3)), "strides [-1]");
        Refused(One(w => w.Tensor([-1], [1], 6)), "shape [-1]");
        Refused(One(w => w.Tensor([2, 2], [int.MaxValue, int.MaxValue], 6)), "reaches beyond");
        Refused(One(w => w.Tensor([2, 3], [1], 6)), "2 dimensions with 1 strides");
        Refused(One(w => w.Tensor([1], [1], 7)), "storage '0' should hold 7 elements of F32, but its entry has 24 bytes");
        Refused(One(w => w.Tensor([1], [1], -1)), "storage '0' should hold -1 elements");
        Refused(One(w => w.Tensor([1], [1], 6, key: "9")), "storage '9' is not in the file");
        Refused(One(w => w.Tensor([1], [1], 6, key: "../data.pkl")), "is not in the file");
    }

    [Fact]
    public void An_expanded_view_cannot_fill_the_memory()
    {
        Refused(One(w => w.Tensor([1 << 20, 1 << 10], [0, 0], 6)), "is an expanded view");
        Refused(One(w => w.Tensor([2, int.MaxValue, int.MaxValue], [0, 0, 0], 6)), "is too large");
    }

    [Fact]
    public void A_dictionary_of_other_things_is_refused()
    {
        Refused(new PickleWriter().Ints(1, 2).Op('.').Archive(), "expected a dictionary of tensors");
        Refused(new PickleWriter().Dictionary().Text("epoch").Int(3).EndDictionary().Archive(), "entry 'epoch' is a number or other value; a training state is not a checkpoint");
        Refused(new PickleWriter().Dictionary().Text("state_dict").Op('}').EndDictionary().Archive(), "entry 'state_dict' is a dictionary");
        Refused(new PickleWriter().Dictionary().Int(3).Int(3).EndDictionary().Archive(), "a key that is no text");
        Refused(One(w => w.Tensor([1], [1], 6).Text("w").Tensor([1], [1], 6)), "the name 'w' occurs twice");
    }

    [Fact]
    public void A_malformed_pickle_is_refused()
    {
        Refused(new PickleWriter().Archive(), "the pickle ends in the middle");
        Refused(new PickleWriter().Op('.').Archive(), "takes more than it put");
        Refused(new PickleWriter().Op('t').Op('.').Archive(), "without the mark");
        Refused(new PickleWriter().Raw((byte)'h', 5).Op('.').Archive(), "memo entry 5 does not exist");
        Refused(new PickleWriter().Op('X').Raw(255, 255, 255, 255).Archive(), "the pickle ends in the middle");
        Refused(new PickleWriter().Op('X').Raw(1, 0, 0, 0, 0xff).Op('.').Archive(), "m.bin: ");
        Refused(new PickleWriter().Raw(0x80, 9).Archive(), "pickle protocol 9");
        Refused(new PickleWriter().Raw(0x8a, 9).Raw(new byte[9]).Archive(), "integer of 9 bytes");
        Refused(new PickleWriter().Op('N').Op('N').Op('R').Archive(), "without an argument tuple");
        Refused(new PickleWriter().Op('N').Op(')').Op('R').Archive(), "calls something that is no function");
        Refused(new PickleWriter().Op('N').Op('N').Op('a').Archive(), "append to something that is no list");
        Refused(new PickleWriter().Op('N').Op('N').Op('N').Op('s').Archive(), "item for something that is no dict");
        Refused(new PickleWriter().Op('}').Op('(').Op('N').Op('u').Archive(), "a key but no value");
        Refused(new PickleWriter().Op('N').Op('N').Raw(0x93).Archive(), "a pickle global whose name is not text");
        Refused(new PickleWriter().Op('N').Op('Q').Archive(), "persistent id that is not");
        Refused(new PickleWriter().Op('N').Op('N').Op('b').Archive(), "sets the state of something that is no dict");
        Refused(new PickleWriter().Global("torch._utils", "_rebuild_tensor_v2").Op(')').Op('R').Archive(), "from arguments that torch does not write");
        Refused(One(w => w.Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Int(6).Op('t').Op('Q')
            .Int(0).Op('(').Text("two").Op('t').Ints(1).Op('t').Op('R')), "shape or stride is not integers");
    }

    [Fact]
    public void Archives_that_torch_did_not_write_are_refused()
    {
        byte[] good = One(w => w.Tensor([6], [1], 6));
        Refused(new PickleWriter().Dictionary().EndDictionary().Archive(CompressionLevel.Optimal, "little", new byte[1000]), "is compressed");
        Refused(new PickleWriter().Dictionary().EndDictionary().Archive(CompressionLevel.NoCompression, "big"), "big-endian");
        Refused([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc], "legacy torch format from before 1.6; convert it once with: python -c");
        Refused("hello world"u8.ToArray(), "does not begin as a zip file does");
        Refused([], "does not begin as a zip file does");
        Refused(good[..^30], "no directory at its end: truncated");
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry("readme.txt").Open().Dispose();
        Refused(stream.ToArray(), "without data.pkl");
        Refused(System.Text.Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\n"), "git lfs pull");
    }

    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        byte[] whole = new PickleWriter().Dictionary().Text("a").Tensor([2, 3], [3, 1], 6).Text("b").Tensor([3, 2], [1, 3], 6).EndDictionary().Archive(PickleWriter.Floats(1, 2, 3, 4, 5, 6));
        var random = new Random(11);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            if (random.Next(5) == 0) damaged = damaged[..random.Next(damaged.Length)];
            string path = _folder.Write("m.bin", damaged);
            try
            {
                using PickleFile file = PickleFile.Open(path);
                foreach (TensorView tensor in file.Tensors.Values) Touch(tensor);
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    [Fact]
    public unsafe void The_pytorch_twin_of_a_checkpoint_holds_the_same_bytes()
    {
        using Checkpoint bin = Checkpoint.Open(Fixtures.Require("models", "chatglm2-6b-f16-pytorch-bin"));
        using Checkpoint safe = Checkpoint.Open(Fixtures.Require("models", "chatglm2-6b-f16"));
        Assert.Equal(safe.Names.Order(), bin.Names.Order());
        foreach (string name in safe.Names)
        {
            safe.TryFind(name, out TensorView expected);
            bin.TryFind(name, out TensorView found);
            Assert.Equal((expected.Type, string.Join(',', expected.Shape)), (found.Type, string.Join(',', found.Shape)));
            Assert.True(new ReadOnlySpan<byte>(expected.Data, (int)expected.Bytes).SequenceEqual(new ReadOnlySpan<byte>(found.Data, (int)found.Bytes)), name);
        }
    }

    [Theory]
    [InlineData("llama2-f16", "lora-qv-bin/adapter_model.bin")]
    [InlineData("chatglm-6b-f16", "legacy-peft02-query-key-value/adapter_model.bin")]
    [InlineData("chatglm2-6b-f16", "ptuning-v2/pytorch_model.bin")]
    public void Fixture_pickles_open(string model, string file)
    {
        using TensorFile pickle = TensorFile.Open(Fixtures.Require("models", model, "adapters", file));
        Assert.NotEmpty(pickle.Tensors);
    }

    static byte[] One(Action<PickleWriter> value)
    {
        PickleWriter writer = new PickleWriter().Dictionary().Text("w");
        value(writer);
        return writer.EndDictionary().Archive(PickleWriter.Floats(1, 2, 3, 4, 5, 6));
    }

    static unsafe float[] Values(PickleFile file, string name) => new ReadOnlySpan<float>(file.Tensors[name].Data, (int)file.Tensors[name].Elements).ToArray();

    static unsafe void Touch(TensorView tensor)
    {
        byte sum = 0;
        for (long i = 0; i < tensor.Bytes; i++) sum += tensor.Data[i];
        GC.KeepAlive(sum);
    }

    void Refused(byte[] file, string expected)
    {
        string path = _folder.Write("m.bin", file);
        var error = Assert.Throws<ModelFormatException>(() => PickleFile.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }
}
