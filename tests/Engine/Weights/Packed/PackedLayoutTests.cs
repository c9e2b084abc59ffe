using System.Security.Cryptography;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Formats;
using Juxta.Engine.Memory;
using Juxta.Engine.Weights.Packed;

namespace Juxta.EngineTests.Weights.Packed;

public sealed unsafe class PackedLayoutTests
{
    /// <summary>Files on people's disks lie so. A change of layout or rounding that is meant raises <see cref="PackedFolder.LayoutVersion"/> and renews the hashes here.</summary>
    [Theory]
    [InlineData("f32", "4ab4c8eb51ee799983ca7c55bc804a60")]
    [InlineData("f16", "1925917661d46e91a7d6865b1a48bb8a")]
    [InlineData("bf16", "66aa8c601bef57b3cd277f96e9f74fb4")]
    [InlineData("q8_0", "98fda08772d76ba47a2b8dcaab113abf")]
    [InlineData("q4_0", "5c23a4da7c1a46961d3a35fb6a8e1045")]
    public void Panels_lie_as_this_version_of_packed_files_says(string format, string sha256Beginning)
    {
        Assert.Equal(1, PackedFolder.LayoutVersion);
        float[] values = [.. Enumerable.Range(0, 45 * 70).Select(i => (((i * 2654435761L) % 2001) - 1000) / 16384f)];
        fixed (float* data = values)
        {
            using var pool = new WorkerPool(1);
            WeightFormat wanted = Array.Find(WeightFormats.All, one => one.ToString() == format)!;
            using PackedMatrix matrix = PackedMatrix.Pack(pool, wanted, new TensorView("w", DType.F32, [45, 70], (byte*)data));
            Assert.Equal(sha256Beginning, Convert.ToHexStringLower(SHA256.HashData(new ReadOnlySpan<byte>(matrix.Panels, (int)matrix.Bytes)))[..32]);
        }
    }
}
