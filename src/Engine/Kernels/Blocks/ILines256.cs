using System.Runtime.Intrinsics;

namespace Juxta.Engine.Kernels.Blocks;

/// <summary>How half a line of a block, eight rows by four columns, meets four activations of a token in <see cref="BlockProduct256{TLines}"/>.</summary>
internal unsafe interface ILines256
{
    static abstract int BlockBytes { get; }

    /// <summary>Lines of a block.</summary>
    static abstract int Count { get; }

    /// <summary>What a token's sums over a block start from.</summary>
    static abstract Vector256<int> Start(byte* x);

    /// <summary>What of the weights is the same for all tokens, one half of it.</summary>
    static abstract Vector256<byte> First(Vector256<byte> weights);

    /// <summary>The other half.</summary>
    static abstract Vector256<byte> Second(Vector256<byte> weights);

    /// <summary>The sums with line <paramref name="g"/> added.</summary>
    static abstract Vector256<int> Add(Vector256<int> sums, Vector256<byte> first, Vector256<byte> second, byte* x, int g);

    /// <summary>One integer a row.</summary>
    static abstract Vector256<int> Total(Vector256<int> sums);
}
