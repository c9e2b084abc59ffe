using System.Globalization;
using Juxta.Engine;
using Juxta.Web.Chat.Settings;
using Juxta.Workbench.Hub;

namespace Juxta.Web.Models;

/// <summary>What is known of a model, as names and values for people: from its folder, and exactly once it is loaded.</summary>
internal static class ModelFacts
{
    public static IEnumerable<(string Name, string Value)> Of(ModelDescription? loaded, ModelPeek? folder, HubOrigin? origin = null)
    {
        if ((loaded?.Family ?? folder?.Family) is { } family) yield return ("Family", family);
        if ((loaded?.Parameters ?? folder?.Parameters) is long parameters) yield return ("Parameters", Numbers.Count(parameters));
        if ((loaded?.WeightType ?? folder?.WeightType) is { } type) yield return ("Dtype", loaded?.RoundedTo is { } rounded ? $"{type}, rounded to {rounded}" : type);
        if ((loaded?.ContextLength ?? folder?.ContextLength) is int context) yield return ("Context", $"{context.ToString(CultureInfo.InvariantCulture)} tokens");
        if (folder is not null) yield return ("On disk", Numbers.Bytes(folder.DiskBytes));
        if (loaded is not null) yield return ("In memory", Numbers.Bytes(loaded.WeightBytes));
        else if (folder is not null) yield return ("When loaded", $"about {Numbers.Bytes(folder.WeightBytes)}");
        if (origin is not null) yield return ("From the Hub", $"{origin.Model} at {origin.Commit[..Math.Min(7, origin.Commit.Length)]}");
        if (loaded?.CacheRoundedTo is { } cache) yield return ("Keys and values", $"rounded to {cache}");
        if (loaded is not null) yield return ("Layers", FormattableString.Invariant($"{loaded.Layers} of width {loaded.Hidden}"));
    }
}
