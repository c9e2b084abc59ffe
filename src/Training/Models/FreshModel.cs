using Juxta.Engine;
using Juxta.Engine.Models;
using Juxta.Engine.Sampling;
using Juxta.Engine.Weights;

namespace Juxta.Training.Models;

/// <summary>
/// A model that has learnt nothing yet: what its config.json asks for, drawn as GPT-2 was (Radford et al. 2019): weights normal with deviation 0.02, those that write to the
/// residual stream divided by √(2 · layers), biases 0, norms 1. Works for every family, since the family itself says which tensors it wants.
/// </summary>
public static class FreshModel
{
    const double Deviation = 0.02;

    /// <param name="folder">Holds config.json; receives model.safetensors (f32).</param>
    /// <returns>Numbers drawn.</returns>
    /// <exception cref="ModelFormatException">The config makes no model, or there are weights already.</exception>
    public static long Write(string folder, ulong seed)
    {
        string file = Path.Combine(folder, "model.safetensors");
        if (Checkpoint.Exists(folder)) throw new ModelFormatException($"drawing fresh weights: {folder} has weights already; name another folder or delete them", folder);
        CheckpointConfig config = CheckpointConfig.Read(Path.Combine(folder, "config.json"));
        ModelFamily family = ModelFamilies.Find(config);
        IReadOnlyList<TensorProblem> wanted;
        int layers;
        // A family over a checkpoint without tensors misses them all, and says of each its name and shape.
        SafeTensorsWriter.Write(file, []);
        try
        {
            using Checkpoint empty = Checkpoint.Open(folder);
            using var survey = new ModelSurvey(family, config, empty);
            (wanted, layers) = (empty.Problems, survey.Shape.Layers);
        }
        finally
        {
            File.Delete(file);
        }
        float gain = Gain(config);
        SafeTensorsWriter.Write(file, [.. wanted.Select((tensor, i) => (tensor.Name, tensor.Expected, Draw(tensor, seed + ((ulong)i << 32), layers, gain)))]);
        return wanted.Sum(tensor => tensor.Expected.Aggregate(1L, (product, n) => product * n));
    }

    /// <summary>What a norm's weight is where it changes nothing: Gemma's are added to 1.</summary>
    static float Gain(CheckpointConfig config) => config.StringOr("model_type", "").StartsWith("gemma", StringComparison.Ordinal) ? 0 : 1;

    static float[] Draw(TensorProblem tensor, ulong seed, int layers, float gain)
    {
        var values = new float[tensor.Expected.Aggregate(1, (product, n) => checked(product * n))];
        if (tensor.Expected.Length == 1)
        {
            Array.Fill(values, tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : gain);
            return values;
        }
        double deviation = WritesToStream(tensor.Name) ? Deviation / Math.Sqrt(2.0 * layers) : Deviation;
        for (int i = 0; i < values.Length; i++)
        {
            // Box and Muller 1958.
            double u = 1 - Philox.Uniform(seed, 2 * (ulong)i), v = Philox.Uniform(seed, (2 * (ulong)i) + 1);
            values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v));
        }
        return values;
    }

    static bool WritesToStream(string name) =>
        ((string[])["o_proj", "down_proj", "attention.dense", "self_attention.dense", "dense_4h_to_h", "attention.wo", "feed_forward.w2"]).Any(module => name.EndsWith(module + ".weight", StringComparison.Ordinal));
}
