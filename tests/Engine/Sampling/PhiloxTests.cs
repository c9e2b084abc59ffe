using Juxta.Engine.Sampling;

namespace Juxta.EngineTests.Sampling;

public class PhiloxTests
{
    [Fact]
    public void Blocks_are_the_known_answers_of_the_paper()
    {
        // Random123's kat_vectors, philox4x32 10 rounds.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), Philox.Block(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), Philox.Block(~0u, ~0u, ~0u, ~0u, ~0u, ~0u));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            Philox.Block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void The_stream_never_changes()
    {
        // Any answer ever stored is replayed through these numbers.
        Assert.Equal(0.3990464708489645, Philox.Uniform(0, 0));
        Assert.Equal(0.6129598811894158, Philox.Uniform(42, 0));
        Assert.Equal(0.9877186509145105, Philox.Uniform(42, 1));
        Assert.Equal(0.07848700021225696, Philox.Uniform(42, 1000000));
        Assert.Equal(0.4301902469608202, Philox.Uniform(ulong.MaxValue, 7));
        Assert.Equal(0.19343433260820253, Philox.Uniform(1UL << 32, 1UL << 40));
    }

    [Fact]
    public void Numbers_are_uniform_over_positions_and_over_seeds()
    {
        double positions = 0, seeds = 0, product = 0;
        const int Count = 100_000;
        for (uint i = 0; i < Count; i++)
        {
            double byPosition = Philox.Uniform(7, i), bySeed = Philox.Uniform(i, 7);
            Assert.InRange(byPosition, 0, 0.9999999999999999);
            positions += byPosition;
            seeds += bySeed;
            product += (byPosition - 0.5) * (Philox.Uniform(7, i + 1) - 0.5);
        }
        Assert.Equal(0.5, positions / Count, 0.005);
        Assert.Equal(0.5, seeds / Count, 0.005);
        Assert.Equal(0, product / Count, 0.002);
    }
}
