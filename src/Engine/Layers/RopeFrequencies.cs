using Juxta.Engine.Weights;

namespace Juxta.Engine.Layers;

/// <summary>
/// The rotary frequencies of a checkpoint, base^(−2i/dim) for i = 0 … dim/2 − 1, after the scaling its config names; and the factor on cos and sin.
/// Computed in f32 as the reference does (transformers' modeling_rope_utils): the rounding is part of what the weights were trained with.
/// </summary>
internal sealed record RopeFrequencies(float[] Inverse, float Magnitude)
{
    /// <summary>Su et al. 2021, unscaled.</summary>
    public static RopeFrequencies Plain(int dim, double theta)
    {
        var inverse = new float[dim / 2];
        for (int i = 0; i < inverse.Length; i++) inverse[i] = 1f / (float)Math.Pow(theta, (float)(2 * i) / dim);
        return new RopeFrequencies(inverse, 1);
    }

    /// <summary>Reads <c>rope_theta</c> and <c>rope_scaling</c> (or transformers 5's <c>rope_parameters</c>) and applies the scaling.</summary>
    /// <param name="dim">Rotated channels per head.</param>
    /// <param name="maxPositions">config.json's max_position_embeddings.</param>
    public static RopeFrequencies Read(CheckpointConfig config, int dim, int maxPositions, double defaultTheta = 10000)
    {
        CheckpointConfig? scaling = config.RopeScaling;
        double theta = config.RopeTheta(defaultTheta);
        RopeFrequencies plain = Plain(dim, theta);
        string type = scaling is null ? "default" : scaling.StringOr("rope_type", scaling.StringOr("type", "default"));
        return type switch
        {
            "default" => plain,
            "linear" => plain.Linear(Factor(scaling!)),
            "llama3" => plain.Llama3(scaling!, maxPositions),
            "yarn" => plain.Yarn(scaling!, dim, theta, maxPositions),
            // Dynamic NTK changes nothing up to max_position_embeddings, which is where our context ends.
            "dynamic" => plain,
            _ => throw config.Error("rope_scaling", $"has type '{type}'; supported are default, linear, llama3, yarn and dynamic"),
        };
    }

    /// <summary>Positions divided by the factor (Chen et al. 2023).</summary>
    RopeFrequencies Linear(double factor) => this with { Inverse = [.. Inverse.Select(f => f / (float)factor)] };

    /// <summary>Llama 3.1: long wavelengths divided by the factor, short ones kept, a linear blend between.</summary>
    RopeFrequencies Llama3(CheckpointConfig scaling, int maxPositions)
    {
        float factor = (float)Factor(scaling!);
        float low = (float)(scaling.DoubleOrNull("low_freq_factor") ?? 1), high = (float)(scaling.DoubleOrNull("high_freq_factor") ?? 4);
        float original = scaling.IntOr("original_max_position_embeddings", maxPositions);
        return this with
        {
            Inverse = [.. Inverse.Select(f =>
            {
                float wavelength = 2 * MathF.PI / f;
                if (wavelength > original / low) return f / factor;
                if (wavelength < original / high) return f;
                float smooth = ((original / wavelength) - low) / (high - low);
                return ((1 - smooth) * f / factor) + (smooth * f);
            })],
        };
    }

    /// <summary>YaRN (Peng et al. 2023): by how often a channel turns within the original context; attention sharpened by 0.1·ln(factor) + 1.</summary>
    RopeFrequencies Yarn(CheckpointConfig scaling, int dim, double theta, int maxPositions)
    {
        double factor = Factor(scaling!);
        double original = scaling.IntOr("original_max_position_embeddings", maxPositions);
        double betaFast = scaling.DoubleOrNull("beta_fast") ?? 32, betaSlow = scaling.DoubleOrNull("beta_slow") ?? 1;
        double low = ChannelOfTurns(betaFast), high = ChannelOfTurns(betaSlow);
        if (scaling.BoolOr("truncate", true)) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        (low, high) = (Math.Max(low, 0), Math.Min(high, dim - 1));
        if (low == high) high += 0.001;

        var inverse = new float[Inverse.Length];
        for (int i = 0; i < inverse.Length; i++)
        {
            float ramp = Math.Clamp((float)((i - low) / (high - low)), 0, 1);
            inverse[i] = (Inverse[i] / (float)factor * ramp) + (Inverse[i] * (1 - ramp));
        }
        return new RopeFrequencies(inverse, (float)(scaling.DoubleOrNull("attention_factor") ?? Magnify(scaling, factor)));

        double ChannelOfTurns(double turns) => dim * Math.Log(original / (turns * 2 * Math.PI)) / (2 * Math.Log(theta));
    }

    static double Factor(CheckpointConfig scaling) =>
        scaling.DoubleOrNull("factor") is { } factor and > 0 ? factor : throw scaling.Error("factor", "must be there and above 0 for this rope type");

    static double Magnify(CheckpointConfig scaling, double factor)
    {
        double mscale = scaling.DoubleOrNull("mscale") ?? 0, allDim = scaling.DoubleOrNull("mscale_all_dim") ?? 0;
        return mscale != 0 && allDim != 0 ? Of(mscale) / Of(allDim) : Of(1);

        double Of(double m) => factor <= 1 ? 1 : (0.1 * m * Math.Log(factor)) + 1;
    }
}
