using System.Text.Json;
using Juxta.Engine.Weights;
using Juxta.Training.Gradients;
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
            [.. parameters.Trained.SelectMany(Tensors)]);
        var config = new
        {
            peft_type = "LORA",
            task_type = "CAUSAL_LM",
            base_model_name_or_path = card.Base,
            r = lora.Rank,
            lora_alpha = lora.Alpha,
            lora_dropout = lora.Dropout,
            use_rslora = lora.RankStabilised,
            target_modules = lora.TargetPattern ?? (object)Targets(lora, parameters).Distinct().Order(StringComparer.Ordinal),
            modules_to_save = lora.ModulesToSave.Count > 0 ? lora.ModulesToSave : null,
            bias = "none",
            fan_in_fan_out = false,
            inference_mode = true,
            init_lora_weights = true,
        };
        File.WriteAllText(Path.Combine(folder, "README.md"), card.ToMarkdown(adapter: true));
        // The config comes last: a folder with one is complete.
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), JsonSerializer.Serialize(config, Indented));
    }

    /// <summary>As the settings name them; "all-linear" by the last parts of the modules' names.</summary>
    static IEnumerable<string> Targets(LoraSettings lora, ParameterSet parameters) =>
        lora.TargetModules.Contains("all-linear") ? parameters.Changes.Keys.Select(path => path[(path.LastIndexOf('.') + 1)..]) : lora.TargetModules;

    /// <summary>A parameter may hold several tensors, one after the other.</summary>
    static IEnumerable<(string, int[], float[])> Tensors(Parameter parameter)
    {
        int first = 0;
        foreach (NamedShape tensor in parameter.Tensors)
        {
            yield return (tensor.Name, tensor.Shape, parameter.Values.Slice(first, tensor.Count).ToArray());
            first += tensor.Count;
        }
    }
}
