using System.Text.Json;
using Juxta.Engine;
using Juxta.Engine.Weights;

namespace Juxta.Cli.Bench.Targets;

/// <summary>LoRA adapters of random numbers on every linear module of a model but its head, in PEFT's format: for measuring what an adapter costs without training one.</summary>
internal static class RandomAdapter
{
    public const int Rank = 16;

    /// <param name="seed">Other seeds give other adapters.</param>
    public static void Write(string folder, LanguageModel model, int seed)
    {
        Directory.CreateDirectory(folder);
        var random = new Random(seed);
        var tensors = new List<(string, int[], float[])>();
        foreach (LinearModule module in model.Linears)
        {
            tensors.Add(($"base_model.model.{module.Path}.lora_A.weight", [Rank, module.Inputs], Numbers(Rank * module.Inputs, 1 / Math.Sqrt(module.Inputs))));
            tensors.Add(($"base_model.model.{module.Path}.lora_B.weight", [module.Outputs, Rank], Numbers(module.Outputs * Rank, 0.01)));
        }
        SafeTensorsWriter.Write(Path.Combine(folder, "adapter_model.safetensors"), tensors);
        string[] names = [.. model.Linears.Select(module => module.Path[(module.Path.LastIndexOf('.') + 1)..]).Distinct()];
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), JsonSerializer.Serialize(new { peft_type = "LORA", task_type = "CAUSAL_LM", r = Rank, lora_alpha = 2 * Rank, target_modules = names }));

        float[] Numbers(int count, double bound) => [.. Enumerable.Range(0, count).Select(_ => (float)(((2 * random.NextDouble()) - 1) * bound))];
    }
}
