using Juxta.Engine.Memory;

namespace Juxta.Engine.Layers;

/// <summary>Tells queries and keys where their tokens stand, by rotation.</summary>
internal interface IRotary
{
    /// <summary>Rotates every head of every row in place.</summary>
    /// <param name="heads">(tokens of the batch, heads × headDim).</param>
    void Forward(Step step, Matrix heads, int headDim);
}
