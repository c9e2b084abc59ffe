namespace Juxta.Engine.Lora;

/// <summary>What a tensor of an adapter file is to its module.</summary>
internal enum AdapterPart
{
    LoraA,
    LoraB,
    LoraBias,
    Magnitude,
    EmbeddingA,
    EmbeddingB,

    /// <summary>A weight or bias of modules_to_save.</summary>
    SavedWeight,
    SavedBias,

    /// <summary>A weight or bias of the module itself, saved because it was resized or trained.</summary>
    Weight,
    Bias,

    /// <summary>Replacement rows of trainable tokens, in spite of its name "delta".</summary>
    TokenRows,

    /// <summary>Untrained copies that PEFT saves along.</summary>
    Ignored,
}

/// <summary>The name of a tensor in an adapter file, in any of the spellings that PEFT 0.2 to 0.17 and hand-written trainers use.</summary>
/// <param name="Path">The module's checkpoint path.</param>
/// <param name="Part">What the tensor is to it.</param>
internal readonly record struct AdapterKey(string Path, AdapterPart Part)
{
    /// <summary>Wrappers around the model at training: PEFT, DDP or DeepSpeed, torch.compile.</summary>
    static readonly string[] Wrappers = ["base_model.model.", "module.", "_orig_mod."];

    static readonly HashSet<string> Markers =
        ["lora_A", "lora_B", "lora_embedding_A", "lora_embedding_B", "lora_magnitude_vector", "modules_to_save", "original_module", "token_adapter", "base_layer"];

    /// <summary>Reads a name; null where it is no name that an adapter has.</summary>
    public static AdapterKey? Parse(string name)
    {
        string bare = name;
        while (Wrappers.FirstOrDefault(wrapper => bare.StartsWith(wrapper, StringComparison.Ordinal)) is { } wrapper) bare = bare[wrapper.Length..];
        string[] parts = bare.Split('.');
        int marker = Array.FindIndex(parts, Markers.Contains);
        if (marker == 0) return null;
        if (marker < 0)
        {
            return parts.Length > 1 && Own(parts[^1]) is { } own ? new AdapterKey(string.Join('.', parts[..^1]), own) : null;
        }
        string path = string.Join('.', parts[..marker]);
        string[] rest = parts[(marker + 1)..];
        return parts[marker] switch
        {
            "lora_A" when Ends(rest, "weight") => new(path, AdapterPart.LoraA),
            "lora_B" when Ends(rest, "weight") => new(path, AdapterPart.LoraB),
            "lora_B" when Ends(rest, "bias") => new(path, AdapterPart.LoraBias),
            "lora_embedding_A" when rest.Length <= 1 => new(path, AdapterPart.EmbeddingA),
            "lora_embedding_B" when rest.Length <= 1 => new(path, AdapterPart.EmbeddingB),
            "lora_magnitude_vector" when rest.Length <= 1 || Ends(rest, "weight") => new(path, AdapterPart.Magnitude),
            "original_module" => new(path, AdapterPart.Ignored),
            "modules_to_save" => Saved(path, rest),
            "base_layer" when rest.Length == 1 && Own(rest[0]) is { } own => new(path, own),
            "token_adapter" => rest switch
            {
                ["trainable_tokens_delta"] or ["trainable_tokens_delta", _] => new(path, AdapterPart.TokenRows),
                ["trainable_tokens_original", ..] => new(path, AdapterPart.Ignored),
                ["base_layer", "weight"] => new(path, AdapterPart.Weight),
                _ => null,
            },
            _ => null,
        };
    }

    /// <summary>"weight", or an adapter's name and "weight".</summary>
    static bool Ends(string[] rest, string last) => rest.Length is 1 or 2 && rest[^1] == last;

    static AdapterPart? Own(string last) => last switch
    {
        "weight" => AdapterPart.Weight,
        "bias" => AdapterPart.Bias,
        _ => null,
    };

    /// <summary>modules_to_save.weight, modules_to_save.default.weight, or a module inside a saved block: modules_to_save.default.dense.weight.</summary>
    static AdapterKey? Saved(string path, string[] rest)
    {
        if (rest.Length == 0 || Own(rest[^1]) is not { } own) return null;
        string[] inner = rest[..^1];
        if (inner is ["default", ..]) inner = inner[1..];
        return new AdapterKey(string.Join('.', [path, .. inner]), own == AdapterPart.Weight ? AdapterPart.SavedWeight : AdapterPart.SavedBias);
    }
}
