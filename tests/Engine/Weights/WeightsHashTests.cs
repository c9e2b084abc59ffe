using Juxta.Engine;
using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Weights;

public sealed class WeightsHashTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_hashes_to_its_sha256() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", WeightsHash.OfFile(_folder.Write("a", "abc")));

    [Fact]
    public void Files_hash_to_the_sha256_of_their_sha256sum_list()
    {
        string b = _folder.Write("b", ""), a = _folder.Write("a", "abc");
        // printf '%s' 'abc' > a; : > b; sha256sum a b | sha256sum
        Assert.Equal("09c7e0b8a02d027d95ec0375a600ed4ad4d6b26a1c93f16d9150cab5fec761a6", WeightsHash.OfFiles([b, a]));
    }

    [Fact]
    public void A_changed_file_is_read_again()
    {
        string path = _folder.Write("a", "abc");
        string before = WeightsHash.OfFile(path);
        _folder.Write("a", "abd");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(5));
        Assert.NotEqual(before, WeightsHash.OfFile(path));
    }

    [Fact]
    public void A_link_hashes_as_what_it_points_to()
    {
        string path = _folder.Write("a", "abc");
        File.CreateSymbolicLink(_folder.File("link"), path);
        Assert.Equal(WeightsHash.OfFile(path), WeightsHash.OfFile(_folder.File("link")));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<ModelFormatException>(() => WeightsHash.OfFiles([_folder.File("gone")]));
        Assert.Contains("gone: cannot be read", error.Message, StringComparison.Ordinal);
    }
}
