using System.Text;
using Juxta.Engine;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Weights;

public sealed class SafeTensorsFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public unsafe void Tensors_are_found_by_name_with_type_shape_and_values()
    {
        string path = _folder.WriteSafeTensors("a.safetensors", ("w", [2, 3], [1, 2, 3, 4, 5, 6]), ("b", [2], [7, 8]), ("none", [0, 4], []), ("scalar", [], [9]));
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        Assert.Equal(4, file.Tensors.Count);
        TensorView w = file.Tensors["w"];
        Assert.Equal((DType.F32, 2, 3, 24L), (w.Type, w.Rows, w.Columns, w.Bytes));
        Assert.Equal([1, 2, 3, 4, 5, 6], new ReadOnlySpan<float>(w.Data, 6).ToArray());
        Assert.Equal([7, 8], new ReadOnlySpan<float>(file.Tensors["b"].Data, 2).ToArray());
        Assert.Equal(0, file.Tensors["none"].Bytes);
        Assert.Equal(9, *(float*)file.Tensors["scalar"].Data);
    }

    [Fact]
    public void Padding_metadata_and_free_key_order_are_fine()
    {
        string path = _folder.WriteSafeTensors("a.safetensors",
            """{"z":{"data_offsets":[0,2],"shape":[1],"dtype":"BF16","extra":[1]},"__metadata__":{"format":"pt"},"a":{"dtype":"BOOL","shape":[1,1],"data_offsets":[2,3]}}      """, 3);
        using SafeTensorsFile file = SafeTensorsFile.Open(path);
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(DType.BF16, file.Tensors["z"].Type);
        Assert.Equal(DType.Bool, file.Tensors["a"].Type);
    }

    [Fact]
    public void A_file_without_tensors_is_empty_and_not_an_error()
    {
        using SafeTensorsFile file = SafeTensorsFile.Open(_folder.WriteSafeTensors("a.safetensors", "{}", 0));
        Assert.Empty(file.Tensors);
    }

    [Theory]
    [InlineData("", 4, "damaged safetensors header")]
    [InlineData("[]", 0, "not a JSON object")]
    [InlineData("{", 0, "damaged safetensors header")]
    [InlineData("{} x", 0, "damaged safetensors header")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "'w' occurs twice")]
    [InlineData("""{"w":7}""", 0, "'w' is not described by an object")]
    [InlineData("""{"w":{"shape":[1],"data_offsets":[0,4]}}""", 4, "'w' has no dtype")]
    [InlineData("""{"w":{"dtype":"F32","data_offsets":[0,4]}}""", 4, "'w' has no shape")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1]}}""", 4, "data_offsets must be [begin, end]")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "data_offsets must be [begin, end]")]
    [InlineData("""{"w":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype is given twice")]
    [InlineData("""{"w":{"dtype":3,"shape":[1],"data_offsets":[0,4]}}""", 4, "wrong type")]
    [InlineData("""{"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}}""", 4, "F8_E4M3, which is not supported; expected F32, F16, BF16")]
    [InlineData("""{"w":{"dtype":"0","shape":[1],"data_offsets":[0,4]}}""", 4, "dtype 0, which is not supported")]
    [InlineData("""{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "shape holds -1")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "shape holds 1.5")]
    [InlineData("""{"w":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}""", 4, "shape holds a JSON String")]
    [InlineData("""{"w":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}""", 4, "shape is not a list")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,99999999999999999999]}}""", 4, "data_offsets holds 99999999999999999999")]
    [InlineData("""{"w":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,4]}}""", 4, "is too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2,2147483647,2147483647,2147483647],"data_offsets":[0,4]}}""", 4, "is too large")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}""", 4, "more than 16 entries")]
    [InlineData("""{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "run backwards")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "takes 8 bytes, but data_offsets [0, 4] give it 4")]
    [InlineData("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "ends at byte 8, but the file holds only 4 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "inside tensor 'a', which ends at 8: they overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "there is a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "but the header ends at 0: there is a gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "the rest belongs to no tensor")]
    [InlineData("""{"__metadata__":[1]}""", 0, "__metadata__ is not an object of strings")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "__metadata__ entry 'a' is not a string")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "damaged safetensors header")]
    public void A_damaged_header_is_refused_with_its_reason(string header, int dataBytes, string expected)
    {
        string path = _folder.WriteSafeTensors("bad.safetensors", header, dataBytes);
        Refused(path, expected);
    }

    [Fact]
    public void Invalid_utf8_in_a_name_is_refused()
    {
        byte[] header = Encoding.Latin1.GetBytes("{\"\xff\xfe\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
        Refused(_folder.Write("bad.safetensors", TempFolder.SafeTensors(header, new byte[4])), "damaged safetensors header");
    }

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_was_cut()
    {
        byte[] whole = File.ReadAllBytes(_folder.WriteSafeTensors("a.safetensors", ("w", [2, 3], [1, 2, 3, 4, 5, 6])));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Write("cut.safetensors", whole[..length]);
            Assert.Throws<ModelFormatException>(() => SafeTensorsFile.Open(path));
        }
        Refused(_folder.Write("cut.safetensors", whole[..5]), "truncated: 5 bytes");
        Refused(_folder.Write("cut.safetensors", whole[..20]), "truncated: its header has");
        Refused(_folder.Write("cut.safetensors", whole[..^1]), "truncated?");
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(100_000_001)]
    [InlineData(1UL << 63)]
    public void An_absurd_header_length_is_refused(ulong length) =>
        Refused(_folder.Write("bad.safetensors", [.. BitConverter.GetBytes(length), .. new byte[64]]), $"announce a header of {length} bytes");

    [Fact]
    public void A_git_lfs_pointer_says_what_to_do() =>
        Refused(_folder.Write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"), "git lfs pull");

    [Fact]
    public void A_file_that_cannot_be_opened_is_named() => Refused(_folder.File("absent.safetensors"), "cannot be opened");

    [Fact]
    public void Random_damage_never_escapes_as_another_exception()
    {
        byte[] whole = File.ReadAllBytes(_folder.WriteSafeTensors("a.safetensors", ("w", [2, 3], [1, 2, 3, 4, 5, 6]), ("b", [2], [7, 8])));
        var random = new Random(7);
        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--) damaged[random.Next(0, 150)] = (byte)random.Next(256);
            string path = _folder.Write("damaged.safetensors", damaged);
            try
            {
                using SafeTensorsFile file = SafeTensorsFile.Open(path);
                foreach (TensorView tensor in file.Tensors.Values) Touch(tensor);
            }
            catch (ModelFormatException)
            {
            }
        }
    }

    static unsafe void Touch(TensorView tensor)
    {
        byte sum = 0;
        for (long i = 0; i < tensor.Bytes; i++) sum += tensor.Data[i];
        GC.KeepAlive(sum);
    }

    static void Refused(string path, string expected)
    {
        var error = Assert.Throws<ModelFormatException>(() => SafeTensorsFile.Open(path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.File);
    }
}
