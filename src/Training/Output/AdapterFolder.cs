using System.Text.Json;
using Juxta.Engine.Weights;
using Juxta.Training.Models;

namespace Juxta.Training.Output;

/// <summary>A LoRA run's result as PEFT writes it: adapter_model.safetensors, adapter_config.json, README.md.</summary>
internal static class AdapterFolder
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void Write(string folder, string baseFolder, LoraSettings lora, ParameterSet parameters, ModelCard card)
    {
        Directory.CreateDirectory(folder);
        SafeTensorsWriter.Write(
            Path.Combine(folder, "adapter_model.safetensors"),
            [.. parameters.Trained.Select(parameter => (parameter.Name, parameter.Tensors[0].Shape, parameter.Values.ToArray()))]);
        var config = new
        {
            peft_type = "LORA",
            task_type = "CAUSAL_LM",
            base_model_name_or_path = card.Base,
            r = lora.Rank,
            lora_alpha = lora.Alpha,
            lora_dropout = lora.Dropout,
            use_rslora = lora.RankStabilised,
            target_modules = parameters.Changes.Keys.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal),
            bias = "none",
            fan_in_fan_out = false,
            inference_mode = true,
            init_lora_weights = true,
        };
        File.WriteAllText(Path.Combine(folder, "README.md"), card.ToMarkdown(adapter: true));
        // The config comes last: a folder with one is complete.
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), JsonSerializer.Serialize(config, Indented));
    }
}
