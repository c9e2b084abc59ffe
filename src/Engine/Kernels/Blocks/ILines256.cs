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

    /// <summary>Adds line <paramref name="g"/>, both halves of it, to a token's sums; activations are read once for the two.</summary>
    static abstract void Add(
        Vector256<byte> first0, Vector256<byte> second0, Vector256<byte> first1, Vector256<byte> second1, byte* x, int g, ref Vector256<int> sums0, ref Vector256<int> sums1);

    /// <summary>One integer a row.</summary>
    static abstract Vector256<int> Total(Vector256<int> sums);
}
