using Juxta.Engine;
using Juxta.Workbench.Hub;

namespace Juxta.Workbench;

/// <summary>What one instance of the workbench offers and where it keeps things. Read once at start.</summary>
public sealed record WorkbenchOptions
{
    /// <summary>Model folders offered by name (<c>--model DIR</c>), or models of the Hub (<c>owner/name</c>), which lie in a folder of models once downloaded.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    /// <summary>Folders whose sub-folders with a config.json are offered (<c>--models DIR</c>). Downloads go into the first; without one, into the
    /// data folder's <c>models/</c>, which is always looked at.</summary>
    public IReadOnlyList<string> ModelFolders { get; init; } = [];

    /// <summary>Folders whose sub-folders with an adapter_config.json or a P-Tuning v2 prefix can be loaded over any model, besides each model's own <c>adapters/</c>.</summary>
    public IReadOnlyList<string> AdapterFolders { get; init; } = [];

    /// <summary>Folders whose sub-folders with an evalset.json can be run (<c>--evalsets DIR</c>), besides the data folder's <c>evalsets/</c>.</summary>
    public IReadOnlyList<string> SetFolders { get; init; } = [];

    /// <summary>Ask nothing of the Hub. HF_HUB_OFFLINE=1 says the same.</summary>
    public bool Offline { get; init; }

    /// <summary>Which Hub and how; null = as HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE say when it is first asked.</summary>
    public HubOptions? Hub { get; init; }

    /// <summary>Where the database lies; null = $XDG_DATA_HOME/juxta or ~/.local/share/juxta. Made when absent.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Keep nothing: the data folder is a temporary one that goes with the workbench.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>Open the models named in <see cref="Models"/> at start and not when first asked for.</summary>
    public bool OpenAtStart { get; init; } = true;

    /// <summary>Sizes and limits of each opened model's engine.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>How the weights of models are kept in memory; null = as their files store them.</summary>
    public WeightStorage? Weights { get; init; }

    /// <summary>How keys and values of texts are kept; null = f32.</summary>
    public CacheStorage? Cache { get; init; }

    /// <summary>The data folder when none is configured.</summary>
    public static string DefaultDataFolder => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
        "juxta");
}
