using Juxta.Engine.Layers;
using Juxta.Engine.Memory;

namespace Juxta.Training.Gradients;

/// <summary>Rotary position embedding (Su et al. 2021), in place. Back: the transpose of a rotation is the rotation the other way.</summary>
internal static class Rotation
{
    /// <param name="heads">(tokens, heads · headDim)</param>
    /// <param name="positions">One per token.</param>
    public static void Apply(Tape tape, RotaryEmbedding rotary, Variable heads, int headDim, int[] positions)
    {
        Turn(heads.Value, back: false);
        tape.Note(() => Turn(heads.Gradient, back: true));

        void Turn(Matrix matrix, bool back)
        {
            for (int row = 0; row < matrix.Rows; row++) rotary.Turn(matrix.Row(row), headDim, positions[row], back);
        }
    }

    /// <summary>The first half of each head by the token's position, the second by its place in the answer (ChatGLM-6B).</summary>
    public static void ApplyToHalves(Tape tape, RotaryEmbedding rotary, Variable heads, int headDim, int[] positions, int[] places)
    {
        Turn(heads.Value, back: false);
        tape.Note(() => Turn(heads.Gradient, back: true));

        void Turn(Matrix matrix, bool back)
        {
            int half = headDim / 2;
            for (int row = 0; row < matrix.Rows; row++)
            {
                for (int head = 0; head < matrix.Columns; head += headDim)
                {
                    rotary.Turn(matrix.Row(row).Slice(head, half), half, positions[row], back);
                    rotary.Turn(matrix.Row(row).Slice(head + half, half), half, places[row], back);
                }
            }
        }
    }
}
