using System.Text.Json.Serialization;

namespace Juxta.Training.Models;

/// <summary>What a LoRA run trains, in the words of PEFT's adapter_config.json (Hu et al. 2021).</summary>
public sealed record LoraSettings
{
    public int Rank { get; init; } = 8;

    public float Alpha { get; init; } = 16;

    public float Dropout { get; init; }

    /// <summary>Divide alpha by √rank (Kalajdzievski 2023) and not by rank.</summary>
    public bool RankStabilised { get; init; }

    /// <summary>Ends of module paths ("q_proj"), or whole ones; "all-linear" = every linear module but the head.</summary>
    public IReadOnlyList<string> TargetModules { get; init; } = ["all-linear"];

    /// <summary>A regular expression over whole module paths, in place of the list; null = the list counts.</summary>
    public string? TargetPattern { get; init; }

    /// <summary>Ends of paths of modules that are trained whole, each a copy of its own even where the base ties it to another ("embed_tokens", "lm_head", a norm).</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Folder of an adapter to go on from (<see cref="StartAdapter.Settings"/> makes the settings that go with it); null = begin with one that changes nothing.</summary>
    [JsonIgnore]
    public string? Start { get; init; }

    public float Scale => RankStabilised ? Alpha / MathF.Sqrt(Rank) : Alpha / Rank;
}
