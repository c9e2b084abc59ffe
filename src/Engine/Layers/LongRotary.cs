using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Layers;

/// <summary>
/// LongRoPE as Phi-3 uses it (Ding et al. 2024): a text that outgrows the length the model was first trained for turns by other frequencies, all its tokens from
/// the first on. Which of the two a text uses is in its <see cref="TextContext"/>.
/// </summary>
internal sealed class LongRotary(RotaryEmbedding ordinary, RotaryEmbedding longer) : IRotary
{
    /// <summary>For texts within the original length.</summary>
    public RotaryEmbedding Ordinary => ordinary;

    /// <summary>For longer ones.</summary>
    public RotaryEmbedding Longer => longer;

    /// <summary>Reads the two tables of factors.</summary>
    /// <param name="original">Ids up to which the first one holds.</param>
    /// <returns>Null where the config's rope scaling is of another type.</returns>
    /// <exception cref="ModelFormatException">A list is missing or of another length.</exception>
    public static (RopeFrequencies Ordinary, RopeFrequencies Longer)? Read(CheckpointConfig json, int dim, int positions, out int original)
    {
        CheckpointConfig? scaling = json.RopeScaling;
        original = json.IntOrNull("original_max_position_embeddings") ?? scaling?.IntOrNull("original_max_position_embeddings") ?? positions;
        // "su" is what the first releases called it.
        if (scaling?.StringOr("rope_type", scaling.StringOr("type", "default")) is not ("longrope" or "su")) return null;
        RopeFrequencies plain = RopeFrequencies.Plain(dim, json.RopeTheta(10000));
        double factor = (double)positions / original;
        float magnitude = (float)(scaling.DoubleOrNull("attention_factor") ?? (factor <= 1 ? 1 : Math.Sqrt(1 + (Math.Log(factor) / Math.Log(original)))));
        return (Divided("short_factor"), Divided("long_factor"));

        RopeFrequencies Divided(string key)
        {
            IReadOnlyList<float> factors = scaling.Floats(key);
            if (factors.Count != dim / 2 || factors.Any(f => f <= 0)) throw scaling.Error(key, $"has {factors.Count} entries; expected {dim / 2} numbers above 0, one for each pair of channels");
            return new RopeFrequencies([.. plain.Inverse.Select((frequency, i) => frequency / factors[i])], magnitude);
        }
    }

    public void Forward(Step step, Matrix heads, int headDim)
    {
        foreach (BatchSequence sequence in step.Batch.Sequences)
        {
            RotaryEmbedding rotary = sequence.Context.IsLong ? longer : ordinary;
            for (int i = 0; i < sequence.TokenCount; i++) rotary.Turn(heads.Row(sequence.FirstToken + i), headDim, sequence.Start + i);
        }
    }
}
