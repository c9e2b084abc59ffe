using Juxta.Engine.Models;

namespace Juxta.Engine.Merging;

/// <summary>
/// Biases for modules that have none in the base (an adapter's lora_bias brings them). config.json switches them on for a whole group of modules at once, so
/// the others of the group get zeros.
/// </summary>
internal static class MergedBiases
{
    /// <summary>Family, key of config.json, and the modules that it gives a bias.</summary>
    static readonly (string Family, string Key, string[] Modules)[] Switches =
    [
        ("llama", "attention_bias", ["q_proj", "k_proj", "v_proj", "o_proj"]),
        ("llama", "mlp_bias", ["gate_proj", "up_proj", "down_proj"]),
    ];

    /// <summary>The modules that get a bias; the keys are set.</summary>
    /// <exception cref="ModelFormatException">The family has no such bias.</exception>
    public static IReadOnlyList<AdaptableModule> Decide(MergeSource source, Dictionary<string, MergedModule> merged, MergedConfig config)
    {
        AdaptableModule[] wanting = [.. merged.Values.Where(module => module.Module.Bias is null && module.Bias is not null).Select(module => module.Module)];
        var biased = new List<AdaptableModule>();
        foreach ((string _, string key, string[] names) in Switches.Where(group => group.Family == source.Family.Name))
        {
            if (!wanting.Any(module => names.Contains(Last(module)))) continue;
            config.Set(key, true);
            biased.AddRange(source.Survey.Modules.Modules.Where(module => module.Bias is null && names.Contains(Last(module))));
        }
        if (wanting.Except(biased).FirstOrDefault() is { } impossible)
            throw new ModelFormatException(
                $"{source.Adapter.Folder}: it gives {impossible.Path} a bias (lora_bias), and a {source.Family.Name} checkpoint has none there: this adapter cannot be merged; use it unmerged", source.Adapter.Folder);
        return biased;
    }

    static string Last(AdaptableModule module) => module.Path[(module.Path.LastIndexOf('.') + 1)..];
}
