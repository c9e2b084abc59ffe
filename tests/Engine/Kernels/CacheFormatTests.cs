using Juxta.Engine;
using Juxta.Engine.Kernels;
using Juxta.Engine.Kernels.Lanes;
using Juxta.Engine.Kernels.Panels;

namespace Juxta.EngineTests.Kernels;

/// <summary>A cache of fewer bits computes, to the last bit, what one of f32 computes from rounded keys and values.</summary>
public sealed class CacheFormatTests
{
    static readonly (int Heads, int KvHeads, int HeadDim, int Tokens, int Window, int Prefix, float Cap)[] Shapes =
    [
        (7, 1, 64, 100, 0, 0, 0), (4, 4, 8, 33, 0, 0, 0), (2, 2, 32, 31, 0, 0, 0), (6, 2, 80, 65, 0, 30, 0), (4, 2, 96, 1, 0, 0, 0), (32, 2, 128, 45, 0, 0, 50),
        (3, 1, 24, 90, 33, 0, 0), (5, 5, 64, 97, 5, 0, 0), (2, 1, 1, 40, 0, 40, 0), (12, 4, 33, 71, 0, 0, 0),
    ];

    public static TheoryData<string, int> Cases => [.. from name in (string[])["f16", "bf16", "q8_0"] from shape in Enumerable.Range(0, Shapes.Length) select (name, shape)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_width_gives_the_bits_of_f32_over_rounded_numbers(string name, int shape)
    {
        (int heads, int kvHeads, int headDim, int tokens, int window, int prefix, float cap) = Shapes[shape];
        using CachedSequence rounded = new(heads, kvHeads, headDim, tokens, window, prefix, cap, round: name == "q8_0" ? Groups : channels => [.. channels.Select(Rounding(name))]);
        using CachedSequence kept = new(heads, kvHeads, headDim, tokens, window, prefix, cap, CacheStorage.Find(name)!.Format);
        float[] expected = rounded.Attend(Attention.Run<PanelScalar, LanesScalar>, 0, tokens);
        Assert.All(expected, number => Assert.True(float.IsFinite(number)));
        KernelData.AssertSameBits(expected, kept.Attend(Attention.Run<PanelScalar, LanesScalar>, 0, tokens), "scalar");
        KernelData.AssertSameBits(expected, kept.Attend(Attention.Run<Panel256, Lanes256>, 0, tokens), "256");
        KernelData.AssertSameBits(expected, kept.Attend(Attention.Run<Panel512, Lanes512>, 0, tokens), "512");
        KernelData.AssertSameBits(expected.AsSpan(^(heads * headDim)..), kept.Attend(Attention.Run, tokens - 1, 1, threads: 3), "the last token alone");
    }

    [Theory]
    [InlineData(64, 0.5)]
    [InlineData(80, 0.5)]
    [InlineData(128, 0.5)]
    public void Sixteen_bits_take_half_the_bytes(int headDim, double share)
    {
        foreach (string name in (string[])["f16", "bf16"])
        {
            using KvCache wide = new(3, 2, headDim, 5, CacheFormat.Float32), narrow = new(3, 2, headDim, 5, CacheStorage.Find(name)!.Format);
            Assert.Equal(share * wide.Bytes, narrow.Bytes);
        }
    }

    /// <summary>Halfway between two numbers: the even one. Written once; what was written before in the same word stays.</summary>
    [Theory]
    [InlineData("f16", 2049f, 2048f)]
    [InlineData("f16", 2051f, 2052f)]
    [InlineData("f16", 65519f, 65504f)]
    [InlineData("f16", 5.9604645e-8f, 5.9604645e-8f)]
    [InlineData("f16", 2.9802322e-8f, 0f)]
    [InlineData("bf16", 257f, 256f)]
    [InlineData("bf16", 259f, 260f)]
    [InlineData("bf16", -1e30f, -1.0002555e30f)]
    public void Numbers_are_rounded_to_nearest_and_ties_to_even(string name, float written, float read)
    {
        Assert.Equal(read, Rounding(name)(written), 1e-6f * Math.Abs(read));
        // One key, so attention gives its value back.
        using KvCache cache = new(1, 1, 2, 1, CacheStorage.Find(name)!.Format);
        for (int slot = 0; slot < 32; slot++) cache.Write(0, 0, slot, [0, 0], [slot, written]);
        using var pool = new WorkerPool(1);
        using var queries = OwnedMatrix.Of([1, 1], 1, 2);
        for (int slot = 0; slot < 32; slot++)
        {
            using var output = new OwnedMatrix(1, 2);
            Attention.Run(pool, cache, 0, [new TokenRun(0, 1, slot, [0], 0)], queries.Matrix, output.Matrix, 1, 1, window: 1);
            Assert.Equal([slot, Rounding(name)(written)], output.ToArray());
        }
    }

    [Fact]
    public void What_a_type_cannot_hold_is_told_until_the_block_has_another_text()
    {
        using KvCache half = new(2, 1, 4, 3, CacheFormat.Float16), brain = new(2, 1, 4, 3, CacheFormat.BFloat16), single = new(2, 1, 4, 3, CacheFormat.Float32);
        foreach (float wild in (float[])[65520, -1e6f, float.NaN, float.PositiveInfinity])
        {
            half.Write(0, 1, 0, [1, 2, 3, 4], [65504, -65504, 0, 0]);
            Assert.Null(half.Misfit([0, 1, 2]));
            half.Write(1, 1, 7, [1, 2, 3, 4], [0, 0, wild, 0]);
            Assert.Contains("hold a number that f16 cannot", half.Misfit([0, 1]));
            Assert.Contains("keep the cache in bf16 or f32 (--cache)", half.Misfit([1]));
            Assert.Null(half.Misfit([0, 2]));
            foreach (KvCache wide in (KvCache[])[brain, single])
            {
                wide.Write(1, 1, 7, [1, 2, 3, 4], [0, 0, wild, 0]);
                Assert.Null(wide.Misfit([0, 1, 2]));
            }
        }
        half.Write(0, 1, 0, [1, 2, 3, 4], [5, 6, 7, 8]);
        Assert.Null(half.Misfit([0, 1, 2]));

        using KvCache integers = new(2, 1, 4, 3, CacheFormat.Int8);
        integers.Write(0, 1, 0, [1, 2, 3, 4], [3.4e38f, -1e30f, 1e-40f, 0]);
        Assert.Null(integers.Misfit([0, 1, 2]));
        foreach (float none in (float[])[float.NaN, float.PositiveInfinity, -float.MaxValue])
        {
            integers.Write(0, 1, 0, [1, 2, 3, 4], [5, 6, 7, 8]);
            Assert.Null(integers.Misfit([0, 1, 2]));
            integers.Write(1, 1, 7, [0, 0, none, 0], [1, 2, 3, 4]);
            Assert.Contains("hold a number that q8_0 cannot", integers.Misfit([0, 1]));
            Assert.Null(integers.Misfit([0, 2]));
        }
    }

    /// <summary>One scale for 32 channels of a token: keys 32/128 of f32's bytes and a scale more, channels of values in whole panels as everywhere.</summary>
    [Theory]
    [InlineData(64, 2 * 64 * 36)]
    [InlineData(128, 2 * 128 * 36)]
    [InlineData(80, (80 * 32) + (3 * 128) + (96 * 36))]
    [InlineData(1, 32 + 128 + (32 * 36))]
    public void Eight_bits_take_nine_with_their_scales(int headDim, int bytes)
    {
        using KvCache cache = new(3, 2, headDim, 5, CacheFormat.Int8);
        Assert.Equal(3 * 2 * 5 * (long)bytes, cache.Bytes);
    }

    /// <summary>A token's value is given back where attention sees it alone: what it is rounded to, whatever its neighbours hold and were rounded by.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(80)]
    public void Integers_have_the_scale_of_their_own_token_and_channels(int headDim)
    {
        float[][] values = [.. Enumerable.Range(0, 32).Select(slot => slot switch
        {
            0 => new float[headDim],
            1 => [.. Enumerable.Repeat(3.4e38f, headDim)],
            2 => [.. Enumerable.Range(0, headDim).Select(c => c * float.Epsilon)], // 1 / scale is infinite
            3 => [.. Enumerable.Range(0, headDim).Select(c => c % 32 == 0 ? 127f : (c % 32) + (c % 2 == 0 ? 0.5f : -0.5f))], // ties
            _ => [.. KernelData.Floats(headDim, slot).Select(number => number * MathF.Pow(10, slot - 16))],
        })];
        using KvCache cache = new(1, 1, headDim, 1, CacheFormat.Int8);
        for (int slot = 0; slot < 32; slot++) cache.Write(0, 0, slot, values[31 - slot], values[slot]);
        using var pool = new WorkerPool(1);
        using var queries = new OwnedMatrix(1, headDim);
        for (int slot = 0; slot < 32; slot++)
        {
            using var output = new OwnedMatrix(1, headDim);
            Attention.Run(pool, cache, 0, [new TokenRun(0, 1, slot, [0], 0)], queries.Matrix, output.Matrix, 1, 1, window: 1);
            float[] read = output.ToArray();
            Assert.Equal(Groups(values[slot]), read);
            // Half a step off at most, and what rounding the scale, its inverse and the product can add.
            for (int c = 0; c < headDim; c++)
            {
                double largest = values[slot].Chunk(32).ElementAt(c / 32).Max(Math.Abs);
                Assert.InRange(Math.Abs((double)read[c] - values[slot][c]), 0, (largest * ((0.5 / 127) + 1e-6)) + (127 * float.Epsilon));
            }
        }
        Assert.Equal([127, 0, 2, 2, 4, 4, 6, 6], Groups([127, 0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f])); // the even one of two
    }

    /// <summary>Rounding by its definition: the nearest multiple of the last place's value, the even one of two.</summary>
    static Func<float, float> Rounding(string name) => number =>
    {
        if (number == 0) return number;
        (int bits, int least) = name == "f16" ? (11, -14) : (8, -126);
        double place = Math.Pow(2, Math.Max(Math.Floor(Math.Log2(Math.Abs((double)number))), least) - (bits - 1));
        return (float)(Math.Round(number / place, MidpointRounding.ToEven) * place);
    };

    /// <summary>q8_0 by its definition: 32 channels, or what is left of a head, share largest / 127; integers to nearest, ties to even.</summary>
    static float[] Groups(float[] channels) => [.. channels.Chunk(32).SelectMany(group =>
    {
        float scale = group.Max(MathF.Abs) / 127, inverse = 1 / scale;
        return group.Select(number => float.IsFinite(inverse) ? MathF.Round(number * inverse, MidpointRounding.ToEven) * scale : 0);
    })];
}
