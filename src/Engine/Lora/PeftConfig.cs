using System.Text.Json;
using Juxta.Engine.Models;
using Juxta.Engine.Weights;

namespace Juxta.Engine.Lora;

/// <summary>An adapter_config.json of PEFT (0.2 to 0.17), checked: what it asks for and cannot be done is refused before any weight is read.</summary>
internal sealed class PeftConfig
{
    /// <summary>Fields that change nothing when an adapter is used.</summary>
    static readonly HashSet<string> Inert =
    [
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "task_type", "peft_type", "peft_version", "lora_dropout", "fan_in_fan_out",
        "megatron_core", "qalora_group_size", "runtime_config", "init_lora_weights", "merge_weights", "lora_dtype",
        "r", "lora_alpha", "target_modules", "exclude_modules", "rank_pattern", "alpha_pattern", "layers_to_transform", "layers_pattern", "use_rslora", "use_dora",
        "bias", "lora_bias", "modules_to_save", "trainable_token_indices", "enable_lora",
    ];

    /// <summary>Fields that need a mechanism this engine does not have, with what each is.</summary>
    static readonly Dictionary<string, string> Unsupported = new(StringComparer.Ordinal)
    {
        ["target_parameters"] = "adapted parameters outside linear layers",
        ["layer_replication"] = "repeated layers",
        ["use_qalora"] = "QALoRA's pooled inputs",
        ["eva_config"] = "EVA initialisation",
        ["corda_config"] = "CorDA initialisation, which changes the base",
        ["loftq_config"] = "LoftQ initialisation, which changes the base",
        ["megatron_config"] = "Megatron's parallel layers",
        ["alora_invocation_tokens"] = "activated LoRA",
        ["arrow_config"] = "Arrow routing",
    };

    readonly List<(ModulePattern Pattern, double Alpha)> _alphaPattern = [];

    PeftConfig(CheckpointConfig json) => File = json.File;

    public string File { get; }

    /// <summary>r for modules without a rank_pattern entry; the tensors decide, so it is for people.</summary>
    public int Rank { get; private init; }

    /// <summary>lora_alpha for modules without an alpha_pattern entry.</summary>
    public double Alpha { get; private init; }

    public ModulePattern Targets { get; private init; } = ModulePattern.None;

    public ModulePattern Excluded { get; private init; } = ModulePattern.None;

    public IReadOnlyList<int> LayersToTransform { get; private init; } = [];

    public IReadOnlyList<string> LayersPattern { get; private init; } = [];

    public bool RsLora { get; private init; }

    public bool Dora { get; private init; }

    public bool LoraBias { get; private init; }

    /// <summary>Modules trained whole, each a copy of its own even where the base ties it to another.</summary>
    public IReadOnlyList<string> ModulesToSave { get; private init; } = [];

    /// <summary>Trained token ids by module name; the empty name stands for the input embedding. Empty where there are none.</summary>
    public IReadOnlyList<(string Module, int[] Ids)> TrainableTokens { get; private init; } = [];

    /// <summary>PEFT 0.2's fused layers: which of n equal blocks of output rows have a low-rank part. Null for everything newer.</summary>
    public bool[]? EnableLora { get; private init; }

    /// <summary>The base as its author named it.</summary>
    public string? TrainedOn { get; private init; }

    /// <summary>Fields that are set and unknown here.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>"LoRA r=16 alpha=32", "DoRA r=8 alpha=16, rsLoRA, trainable tokens".</summary>
    public string Method => FormattableString.Invariant($"{(Dora ? "DoRA" : "LoRA")} r={Rank} alpha={Alpha:0.###}")
        + (RsLora ? ", rsLoRA" : "") + (ModulesToSave.Count > 0 ? ", saved modules" : "") + (TrainableTokens.Count > 0 ? ", trainable tokens" : "");

    /// <exception cref="ModelFormatException">The file is absent or damaged, or asks for something unsupported: all such things are named at once.</exception>
    public static PeftConfig Read(string folder)
    {
        string path = Path.Combine(folder, "adapter_config.json");
        if (!System.IO.File.Exists(path))
        {
            string hint = !Directory.Exists(folder) ? "no such folder"
                : System.IO.File.Exists(Path.Combine(folder, "config.json")) ? "no adapter_config.json; the folder holds config.json, so it is a model or a P-Tuning checkpoint and not a PEFT adapter"
                : "no adapter_config.json; expected a folder that PEFT's save_pretrained wrote";
            throw new ModelFormatException($"{folder}: {hint}", path);
        }
        CheckpointConfig json = CheckpointConfig.Read(path);
        RefuseUnsupported(json);
        var config = new PeftConfig(json)
        {
            Rank = json.IntOr("r", 8, max: 1 << 16),
            Alpha = json.DoubleOrNull("lora_alpha") ?? 8,
            Targets = ReadPattern(json, "target_modules"),
            Excluded = ReadPattern(json, "exclude_modules"),
            LayersToTransform = json.Ints("layers_to_transform"),
            LayersPattern = json.Find("layers_pattern") is { ValueKind: JsonValueKind.String } ? [json.String("layers_pattern")] : json.Strings("layers_pattern"),
            RsLora = json.BoolOr("use_rslora", false),
            Dora = json.BoolOr("use_dora", false),
            LoraBias = json.BoolOr("lora_bias", false),
            ModulesToSave = json.Strings("modules_to_save"),
            TrainableTokens = ReadTrainableTokens(json),
            EnableLora = ReadEnableLora(json),
            TrainedOn = json.StringOrNull("base_model_name_or_path"),
            Warnings = [.. json.Keys.Where(key => !Inert.Contains(key) && IsSet(json, key)).Select(key => $"adapter_config.json sets '{key}', which is unknown here and ignored")],
        };
        if (json.Section("alpha_pattern") is { } alphas)
            foreach (string key in alphas.Keys) config._alphaPattern.Add((ModulePattern.Suffix(key, path, "alpha_pattern"), alphas.DoubleOrNull(key) ?? config.Alpha));
        if (json.Section("rank_pattern") is { } ranks)
            foreach (string key in ranks.Keys) ranks.IntOrNull(key, max: 1 << 16);
        return config;
    }

    /// <summary>alpha/r, or alpha/√r with rslora; r is the number of rows of lora_A, whatever rank_pattern says.</summary>
    public double Scale(string path, int rank)
    {
        double alpha = Alpha;
        foreach ((ModulePattern pattern, double value) in _alphaPattern)
        {
            if (!pattern.Matches(path)) continue;
            alpha = value;
            break;
        }
        return alpha / (RsLora ? Math.Sqrt(rank) : rank);
    }

    /// <summary>Whether the config asks for a low-rank part on a module.</summary>
    public bool IsTarget(AdaptableModule module, bool isHead)
    {
        if (module.Kind == ModuleKind.Norm || Excluded.Matches(module.Path)) return false;
        if (Targets.AllLinear) return module.Kind == ModuleKind.Linear && !isHead;
        if (!Targets.Matches(module.Path)) return false;
        return !Targets.IsList || LayersToTransform.Count == 0
            || (ModulePattern.LayerIndex(module.Path, LayersPattern) is { } layer && LayersToTransform.Contains(layer));
    }

    /// <summary>Whether modules_to_save names a module: PEFT compares the path's end, even inside a name.</summary>
    public bool Saves(string path) => ModulesToSave.Any(name => path.EndsWith(name, StringComparison.Ordinal));

    /// <summary>The token ids trained on a module, in the order of their rows; null where there are none.</summary>
    public int[]? TokensOf(AdaptableModule module)
    {
        foreach ((string name, int[] ids) in TrainableTokens)
            if (name.Length == 0 ? module.Kind == ModuleKind.Embedding : ModulePattern.List([name]).Matches(module.Path)) return ids;
        return null;
    }

    static void RefuseUnsupported(CheckpointConfig json)
    {
        var problems = new List<string>();
        string type = json.StringOr("peft_type", "LORA");
        if (type.ToUpperInvariant() is not ("LORA" or "PEFTTYPE.LORA")) problems.Add($"peft_type {type} (expected LORA)");
        problems.AddRange(Unsupported.Where(field => IsSet(json, field.Key)).Select(field => $"{field.Key} ({field.Value})"));
        if (json.Find("init_lora_weights") is { ValueKind: JsonValueKind.String } && json.String("init_lora_weights").ToLowerInvariant() is var name && name is not ("gaussian" or "orthogonal" or "true" or "false"))
        {
            bool changesBase = name.StartsWith("pissa", StringComparison.Ordinal) || name is "olora" or "corda" or "loftq";
            problems.Add($"init_lora_weights \"{name}\"" + (changesBase ? " (its training changed the base too: save it converted, with path_initial_model_for_weight_conversion)" : ""));
        }
        if (json.Find("use_dora") is { ValueKind: JsonValueKind.True } && json.Find("lora_bias") is { ValueKind: JsonValueKind.True }) problems.Add("use_dora together with lora_bias");
        if (problems.Count > 0) throw new ModelFormatException($"{json.File}: not supported: {string.Join("; ", problems)}. Nothing was loaded", json.File) { Fault = ModelFault.UnsupportedAdapter };
    }

    /// <summary>Whether a field says anything: not absent, false, or empty.</summary>
    internal static bool IsSet(CheckpointConfig json, string key) => json.Find(key) is { } value && value.ValueKind switch
    {
        JsonValueKind.False => false,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        JsonValueKind.String => value.GetRawText().Length > 2,
        _ => true,
    };

    static ModulePattern ReadPattern(CheckpointConfig json, string key) => json.Find(key) switch
    {
        null => ModulePattern.None,
        { ValueKind: JsonValueKind.String } => ModulePattern.Parse(json.String(key), json.File, key),
        _ => ModulePattern.List(json.Strings(key)),
    };

    static (string, int[])[] ReadTrainableTokens(CheckpointConfig json)
    {
        const string Key = "trainable_token_indices";
        if (json.Find(Key) is not { } value) return [];
        return value.ValueKind == JsonValueKind.Object && json.Section(Key) is { } byModule
            ? [.. byModule.Keys.Select(name => (name, Ids(byModule, name)))]
            : [("", Ids(json, Key))];

        static int[] Ids(CheckpointConfig json, string key)
        {
            int[] ids = [.. json.Ints(key)];
            return ids.Distinct().Count() == ids.Length ? ids : throw json.Error(key, "names a token id twice");
        }
    }

    static bool[]? ReadEnableLora(CheckpointConfig json)
    {
        if (json.Find("enable_lora") is not { ValueKind: JsonValueKind.Array } list) return null;
        if (list.EnumerateArray().Any(item => item.ValueKind is not (JsonValueKind.True or JsonValueKind.False))) throw json.Error("enable_lora", "must be a list of true and false");
        bool[] enabled = [.. list.EnumerateArray().Select(item => item.GetBoolean())];
        return enabled.Any(on => on) ? enabled : null;
    }
}
