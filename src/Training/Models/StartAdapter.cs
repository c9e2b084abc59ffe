using Juxta.Engine;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;
using Juxta.Training.Gradients;

namespace Juxta.Training.Models;

/// <summary>
/// An adapter that a run goes on from, in place of one that changes nothing yet: its config says what is trained, its tensors are the first values. For preference pairs the
/// reference is then the base with this adapter, as with TRL when it is given a PEFT model.
/// </summary>
public static class StartAdapter
{
    /// <summary>Fields of adapter_config.json that training has no counterpart of.</summary>
    static readonly string[] Untrained =
        ["use_dora", "lora_bias", "rank_pattern", "alpha_pattern", "layers_to_transform", "layers_pattern", "exclude_modules", "trainable_token_indices", "enable_lora", "fan_in_fan_out"];

    /// <summary>What an adapter's config says of its training.</summary>
    /// <param name="folder">A PEFT folder.</param>
    /// <exception cref="ModelFormatException">It is no LoRA adapter, or one of a kind that is not trained here.</exception>
    public static LoraSettings Settings(string folder)
    {
        PeftConfig config = PeftConfig.Read(folder);
        CheckpointConfig json = CheckpointConfig.Read(config.File);
        string[] foreign = [.. Untrained.Where(field => PeftConfig.IsSet(json, field))];
        if (json.StringOr("bias", "none") is not "none" and var bias) foreign = [.. foreign, $"bias \"{bias}\""];
        if (foreign.Length > 0) throw new ModelFormatException($"going on from {folder}: its config sets {string.Join(", ", foreign)}, which is not trained here; merge it (juxta merge) and train a new adapter over the result", folder);
        string? pattern = json.Find("target_modules") is { ValueKind: System.Text.Json.JsonValueKind.String } ? json.String("target_modules") : null;
        return new LoraSettings
        {
            Rank = config.Rank, Alpha = (float)config.Alpha, RankStabilised = config.RsLora, Dropout = (float)(json.DoubleOrNull("lora_dropout") ?? 0), ModulesToSave = config.ModulesToSave,
            TargetModules = pattern is not null ? [pattern] : json.Strings("target_modules"), TargetPattern = pattern is "all-linear" ? null : pattern, Start = Path.GetFullPath(folder),
        };
    }

    /// <summary>SHA-256 of its config and tensors.</summary>
    internal static string Hash(string folder)
    {
        using AdapterFile file = AdapterFile.Open(folder);
        return file.Hash;
    }

    /// <summary>Copies an adapter's tensors into the parameters that its settings made.</summary>
    /// <exception cref="ModelFormatException">Its tensors are not those that its config names over this base.</exception>
    internal static void Load(string folder, ModuleTable modules, ParameterSet parameters)
    {
        using AdapterFile file = AdapterFile.Open(folder);
        file.Sort(modules);
        var read = new HashSet<string>(StringComparer.Ordinal);
        foreach (Parameter parameter in parameters.Trained)
        {
            int first = 0;
            foreach (NamedShape wanted in parameter.Tensors)
            {
                TensorView tensor = Find(file, wanted.Name) ?? throw new ModelFormatException($"going on from {folder}: it has no {wanted.Name}, which its config names over this base; is it another base's?", folder);
                if (!tensor.Shape.SequenceEqual(wanted.Shape)) throw new ModelFormatException($"going on from {folder}: {tensor.Name} is [{string.Join(", ", tensor.Shape)}], and over this base it must be [{string.Join(", ", wanted.Shape)}]", folder);
                for (int row = 0; row < tensor.Rows; row++) tensor.ReadRow(row, parameter.Values.Slice(first + (row * tensor.Columns), tensor.Columns));
                if (!Finite(parameter.Values.Slice(first, wanted.Count))) throw new ModelFormatException($"going on from {folder}: {tensor.Name} holds what is not a number; take an earlier checkpoint", folder);
                first += wanted.Count;
                read.Add(tensor.Name);
            }
            parameter.Changed();
        }
        string[] left = [.. file.Unused.Concat(file.Modules.Values.SelectMany(module => module.All).Select(tensor => tensor.Name)).Where(name => !read.Contains(name)).Distinct()];
        if (left.Length > 0) throw new ModelFormatException($"going on from {folder}: it also holds {NameList.Join(left)}, which would be lost: its config does not name them, or this base has no place for them", folder);
    }

    static TensorView? Find(AdapterFile file, string name) =>
        AdapterKey.Parse(name) is not { } key || file.Modules.GetValueOrDefault(key.Path) is not { } module ? null : key.Part switch
        {
            AdapterPart.Weight => module.Replacement,
            AdapterPart.Bias => module.Bias,
            var part => module[part],
        };

    static bool Finite(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
            if (!float.IsFinite(value)) return false;
        return true;
    }
}
