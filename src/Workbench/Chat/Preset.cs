using System.Text.Json.Nodes;
using Juxta.Engine.Generation;

namespace Juxta.Workbench.Chat;

/// <summary>Sampling settings under a name: how answers are drawn and when they end, whatever the model.</summary>
public sealed record Preset
{
    public required string Name { get; init; }

    /// <summary>Null = what the checkpoint's generation_config.json advises.</summary>
    public SamplingOptions? Sampling { get; init; }

    public StopOptions Stop { get; init; } = new();

    /// <summary>Null = as many as the context holds.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Null = a new one for each answer.</summary>
    public ulong? Seed { get; init; }

    /// <summary>The sampling settings of a conversation.</summary>
    public static Preset Of(string name, ConversationSettings settings) =>
        new() { Name = name, Sampling = settings.Sampling, Stop = settings.Stop, MaxTokens = settings.MaxTokens, Seed = settings.Seed };

    /// <summary>Whether the settings sample as this one says.</summary>
    public bool Matches(ConversationSettings settings) =>
        JsonNode.DeepEquals(PresetJson.Write(this), PresetJson.Write(Of(Name, settings)));

    /// <summary>The settings with these for sampling; model, adapters, system prompt, tools and template stay.</summary>
    public ConversationSettings ApplyTo(ConversationSettings settings) =>
        settings with { Sampling = Sampling, Stop = Stop, MaxTokens = MaxTokens, Seed = Seed };
}
