using System.Globalization;
using System.Text.Json;
using Juxta.Eval.Comparison;
using Juxta.Eval.Runs;

namespace Juxta.Web.Runs;

/// <summary>A line of a manifest as a person reads it.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Short.</param>
/// <param name="Whole">All of it, where the value is shortened.</param>
internal sealed record ManifestFact(string Name, string Value, string? Whole = null)
{
    /// <summary>What decided the answers, in the order in which one asks for it.</summary>
    public static IEnumerable<ManifestFact> Of(RunManifest manifest)
    {
        ModelIdentity model = manifest.Model;
        yield return new("Model", model.Name, model.Folder);
        if (model.Endpoint is { } endpoint) yield return new("Asked at", $"{endpoint} {model.EndpointModel}".TrimEnd());
        if (Hashed("Weights", model.Weights) is { } weights) yield return weights;
        foreach (AdapterIdentity adapter in model.Adapters)
            yield return new("Adapter", string.Create(CultureInfo.InvariantCulture, $"{adapter.Name} × {adapter.Scale} · {ScoreText.Hash(adapter.Hash)}"), adapter.Hash);
        if (Hashed("Tokenizer", model.Tokenizer) is { } tokenizer) yield return tokenizer;
        if (Hashed("Chat template", model.Template) is { } template) yield return template;
        if (Hashed("Stop set", model.StopSet) is { } stops) yield return stops;
        if (Hashed("Advised sampling", model.Advice) is { } advice) yield return advice;
        yield return new("Set", string.Create(CultureInfo.InvariantCulture, $"{manifest.Set.Id}, version {manifest.Set.Version}"));
        yield return Hashed("Samples", manifest.Set.Sha256)!;
        yield return Hashed("Prompts", manifest.Prompts)!;
        yield return new(manifest.Settings.Count == 1 ? "Setting" : "Settings", string.Join(" · ", manifest.Settings.Select(SettingNames.Of)));
        foreach ((string name, JsonElement value) in manifest.Generation)
            if (name != "seed") yield return new(name, value.ToString());
        yield return new("Seed", manifest.Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("Program", manifest.Code);
    }

    static ManifestFact? Hashed(string name, string? hash) => hash is null ? null : new(name, ScoreText.Hash(hash), hash);
}
