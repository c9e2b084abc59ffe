using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>Texts side by side, ready for a pass: what is read, and what is learnt.</summary>
/// <param name="Ids">Token ids of all texts, one text after the other.</param>
/// <param name="Segments">Where each text lies; its tokens see no other's.</param>
/// <param name="Positions">Of each token, for the rotary embedding.</param>
/// <param name="Targets">The id that each token is to be followed by; −1 = no loss.</param>
/// <param name="Weights">Of each token's loss.</param>
internal sealed record TrainingBatch(int[] Ids, IReadOnlyList<Segment> Segments, int[] Positions, int[] Targets, float[] Weights)
{
    /// <summary>The second position of each token, in families that have two (ChatGLM-6B); null elsewhere.</summary>
    public int[]? Places { get; init; }
}
