using Juxta.Engine.Kernels;
using Juxta.Engine.Layers;
using Juxta.Engine.Models;
using static TorchSharp.torch;

namespace Juxta.Engine.TorchSharp.Layers;

/// <summary>Tells queries and keys where their tokens stand, by rotation in f32.</summary>
internal abstract class TorchRotary
{
    /// <param name="heads">(tokens of the batch, heads, channels).</param>
    /// <returns>The same, turned.</returns>
    public abstract Tensor Forward(TorchStep step, Tensor heads);

    public static TorchRotary Of(IRotary described) => described switch
    {
        RotaryEmbedding plain => new Ordinary(plain),
        LongRotary chosen => new ByLength(chosen),
        ChatGlmDecoder.TwoDimensionalRotary twofold => new Twofold(twofold),
        _ => throw new BackendException($"the backend torchsharp does not know {described.GetType().Name}; without --backend the engine's own kernels do"),
    };

    /// <summary>(tokens, 1, pairs) each: cos and sin of position × frequency, times the frequencies' magnitude.</summary>
    static Tensor[] Angles(TorchStep step, RotaryEmbedding rotary, Tensor positions)
    {
        using var scope = NewDisposeScope();
        Tensor angles = (positions.unsqueeze(1) * step.Compute.Floats(rotary.Frequencies.Inverse).unsqueeze(0)).unsqueeze(1);
        Tensor cosines = angles.cos() * rotary.Frequencies.Magnitude, sines = angles.sin() * rotary.Frequencies.Magnitude;
        return [cosines.MoveToOuterDisposeScope(), sines.MoveToOuterDisposeScope()];
    }

    /// <summary>Turns each pair (a, b) into (a·cos − b·sin, b·cos + a·sin); channels beyond the pairs stay.</summary>
    static Tensor Turn(Tensor heads, Tensor[] angles, RotaryPairs pairs)
    {
        (Tensor cos, Tensor sin) = (angles[0], angles[1]);
        long half = cos.shape[2], channels = heads.shape[2];
        Tensor wide = heads.to(ScalarType.Float32);
        Tensor turning = wide.narrow(2, 0, 2 * half);
        Tensor turned;
        if (pairs == RotaryPairs.HalfSplit)
        {
            Tensor a = turning.narrow(2, 0, half), b = turning.narrow(2, half, half);
            turned = cat([(a * cos) - (b * sin), (b * cos) + (a * sin)], 2);
        }
        else
        {
            Tensor neighbours = turning.reshape(heads.shape[0], heads.shape[1], half, 2);
            Tensor a = neighbours.select(3, 0), b = neighbours.select(3, 1);
            turned = stack([(a * cos) - (b * sin), (b * cos) + (a * sin)], 3).reshape(heads.shape[0], heads.shape[1], 2 * half);
        }
        return (2 * half == channels ? turned : cat([turned, wide.narrow(2, 2 * half, channels - (2 * half))], 2)).to(heads.dtype);
    }

    sealed class Ordinary(RotaryEmbedding rotary) : TorchRotary
    {
        public override Tensor Forward(TorchStep step, Tensor heads) =>
            Turn(heads, step.Shared(rotary, () => Angles(step, rotary, step.Positions)), rotary.Pairs);
    }

    /// <summary>Each text by the frequencies of its length.</summary>
    sealed class ByLength(LongRotary rotary) : TorchRotary
    {
        public override Tensor Forward(TorchStep step, Tensor heads) => Turn(heads, step.Shared(rotary, () => Chosen(step)), rotary.Ordinary.Pairs);

        Tensor[] Chosen(TorchStep step)
        {
            float[] isLong = new float[step.Batch.Tokens];
            foreach (BatchSequence sequence in step.Batch.Sequences) isLong.AsSpan(sequence.FirstToken, sequence.TokenCount).Fill(sequence.Context.IsLong ? 1 : 0);
            Tensor choice = step.Compute.Floats(isLong).reshape(-1, 1, 1).gt(0);
            return [.. Angles(step, rotary.Longer, step.Positions).Zip(Angles(step, rotary.Ordinary, step.Positions), (longer, ordinary) => where(choice, longer, ordinary))];
        }
    }

    /// <summary>ChatGLM-6B: the first half of each head turns by the token's position, the second by its place in the answer.</summary>
    sealed class Twofold(ChatGlmDecoder.TwoDimensionalRotary rotary) : TorchRotary
    {
        public override Tensor Forward(TorchStep step, Tensor heads)
        {
            Tensor[] angles = step.Shared(rotary, () => Both(step));
            long half = heads.shape[2] / 2;
            return cat([Turn(heads.narrow(2, 0, half), angles[..2], rotary.Half.Pairs), Turn(heads.narrow(2, half, half), angles[2..], rotary.Half.Pairs)], 2);
        }

        Tensor[] Both(TorchStep step)
        {
            float[] positions = new float[step.Batch.Tokens], places = new float[step.Batch.Tokens];
            foreach (BatchSequence sequence in step.Batch.Sequences)
            {
                for (int i = 0; i < sequence.TokenCount; i++)
                    (positions[sequence.FirstToken + i], places[sequence.FirstToken + i]) = ChatGlmDecoder.PositionsOf(sequence.Start + i, sequence.Context);
            }
            return [.. Angles(step, rotary.Half, step.Compute.Floats(positions)), .. Angles(step, rotary.Half, step.Compute.Floats(places))];
        }
    }
}
