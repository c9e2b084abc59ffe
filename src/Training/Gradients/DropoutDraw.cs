namespace Juxta.Training.Gradients;

/// <summary>Decides what dropout leaves out, as a pure function: the same draw leaves out the same, in whichever pass a token is read.</summary>
/// <param name="Seed">Of the step, and of the module.</param>
/// <param name="FirstToken">How many tokens of the step were read before this pass.</param>
internal readonly record struct DropoutDraw(ulong Seed, int FirstToken = 0)
{
    /// <summary>The draw of one module.</summary>
    public DropoutDraw For(int module) => this with { Seed = Seed + ((ulong)module << 40) };

    /// <summary>Which draw belongs to an input of a token of this pass.</summary>
    public ulong Counter(int row, int input) => ((ulong)(FirstToken + row) << 32) | (uint)input;
}
