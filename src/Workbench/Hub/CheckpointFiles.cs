using System.Text.Json;
using Juxta.Engine.Tokenization;

namespace Juxta.Workbench.Hub;

/// <summary>Which files of a repository make a checkpoint or a PEFT adapter: configuration, tokenizer, template and one set of weights. Never code.</summary>
internal static class CheckpointFiles
{
    const int MostIndexBytes = 64 << 20;

    static readonly string[] Small =
    [
        "config.json", "adapter_config.json", "generation_config.json",
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json",
        .. TokenizerFile.Names, "vocab.json", "merges.txt", "vocab.txt",
    ];

    /// <summary>Chooses the files, small ones first. Of two kinds of weights it takes those that opening the folder would take.</summary>
    /// <param name="listing">All there is.</param>
    /// <param name="id">The model, for errors.</param>
    /// <param name="read">The content of a listed file of at most so many bytes.</param>
    /// <exception cref="HubException">It holds no checkpoint, or only a part of one.</exception>
    public static async Task<IReadOnlyList<HubFile>> ChooseAsync(HubListing listing, HubId id, Func<HubFile, int, Task<byte[]>> read)
    {
        var chosen = new List<HubFile>(Small.Where(listing.Files.ContainsKey).Select(name => listing.Files[name]));
        bool model = listing.Files.ContainsKey("config.json"), adapter = listing.Files.ContainsKey("adapter_config.json");
        if (!model && !adapter) throw new HubException($"{id} is not a checkpoint: it has neither config.json nor adapter_config.json{Instead(listing)}");
        if (model && !adapter || HasWeights(listing, "model", "pytorch_model")) chosen.AddRange(await WeightsAsync(listing, id, "model", "pytorch_model", read));
        if (adapter) chosen.AddRange(await WeightsAsync(listing, id, "adapter_model", "adapter_model", read));
        if (chosen.GroupBy(file => file.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twins)
            throw new HubException($"{id} has files whose names differ by case only ({string.Join(", ", twins.Select(file => HubId.Shown(file.Name)))}); nothing was downloaded");
        return chosen;
    }

    static IEnumerable<(string File, bool Sharded)> Candidates(string safe, string pickle) =>
        [($"{safe}.safetensors", false), ($"{safe}.safetensors.index.json", true), ($"{pickle}.bin", false), ($"{pickle}.bin.index.json", true)];

    static bool HasWeights(HubListing listing, string safe, string pickle) => Candidates(safe, pickle).Any(candidate => listing.Files.ContainsKey(candidate.File));

    static async Task<IEnumerable<HubFile>> WeightsAsync(HubListing listing, HubId id, string safe, string pickle, Func<HubFile, int, Task<byte[]>> read)
    {
        foreach ((string name, bool sharded) in Candidates(safe, pickle))
        {
            if (!listing.Files.TryGetValue(name, out HubFile? file)) continue;
            return sharded ? [file, .. Shards(listing, id, name, await read(file, MostIndexBytes))] : [file];
        }
        throw new HubException(
            $"{id} has no weights: expected {string.Join(", ", Candidates(safe, pickle).Select(candidate => candidate.File).Distinct())}{Instead(listing)}");
    }

    static IEnumerable<HubFile> Shards(HubListing listing, HubId id, string index, byte[] json)
    {
        string[] names;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            names = [.. document.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString() ?? "").Distinct().Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HubException($"{index} of {id} is not an index of shards: {e.Message}", e);
        }
        string ending = index.Contains(".safetensors", StringComparison.Ordinal) ? ".safetensors" : ".bin";
        foreach (string name in names)
        {
            if (!name.All(c => char.IsAsciiLetterOrDigit(c) || "._-".Contains(c)) || !name.EndsWith(ending, StringComparison.Ordinal))
                throw new HubException($"{index} of {id} names the shard '{HubId.Shown(name)}'; expected a *{ending} file beside it, of letters, digits, '.', '_' and '-'; nothing was downloaded");
            if (!listing.Files.ContainsKey(name))
                throw new HubException($"{id} is incomplete: {index} names the shard '{HubId.Shown(name)}', which is not there; ask its owner, or choose another revision with @REVISION");
        }
        return names.Select(name => listing.Files[name]);
    }

    static string Instead(HubListing listing) =>
        listing.Files.Keys.Any(name => name.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase)) ? " (it holds GGUF files, which cannot be opened; look for the original checkpoint)"
        : listing.Files.Count == 0 ? " (it is empty)" : "";
}
