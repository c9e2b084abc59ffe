using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Workbench.Hub;

namespace Juxta.Workbench.Models;

/// <summary>Where a model or an adapter stands.</summary>
public enum LoadStatus
{
    /// <summary>Known, on disk only.</summary>
    NotLoaded,

    /// <summary>Being read.</summary>
    Loading,

    /// <summary>Answers requests.</summary>
    Ready,

    /// <summary>Could not be read; the entry's error says why. Asking again tries again.</summary>
    Failed,

    /// <summary>Another server runs it; whether that one answers shows when it is asked.</summary>
    Elsewhere,
}

/// <summary>A model of the shelf as it is now: a snapshot.</summary>
/// <param name="Id">The folder's name, made unique.</param>
/// <param name="Folder">Where it lies.</param>
/// <param name="Progress">Share of the weights read, 0 … 1.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Description">Known once it is ready.</param>
/// <param name="Adapters">Loaded and loadable ones, in order of name.</param>
public sealed record ModelEntry(
    string Id, string Folder, LoadStatus Status, double Progress, string? Error, ModelDescription? Description, IReadOnlyList<AdapterEntry> Adapters)
{
    /// <summary>The model itself once it is ready: its stop ids with their sources, its warnings, its template, its sampling defaults.</summary>
    public OpenModel? Open { get; init; }

    /// <summary>Why it can no longer be opened, as of the last look at the folders; null when it can.</summary>
    public string? Gone { get; init; }

    /// <summary>Where it was downloaded from; null when no download brought it.</summary>
    public HubOrigin? Origin { get; init; }

    /// <summary>Further names that requests can use.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Not null: another server runs it. It then has no folder, no description and no adapters.</summary>
    public RemoteModel? Remote { get; init; }
}

/// <summary>An adapter of a model as it is now: a snapshot.</summary>
/// <param name="Model">Id of the base model.</param>
/// <param name="Name">Unique among the model's adapters.</param>
/// <param name="Receipt">The proof that it acts, once it is ready.</param>
/// <param name="Error">Why it could not be loaded.</param>
public sealed record AdapterEntry(string Model, string Name, string Folder, LoadStatus Status, AdapterReceipt? Receipt, string? Error)
{
    /// <summary>Names it in the API, beside the bases: <c>model:adapter</c>.</summary>
    public string Id => $"{Model}:{Name}";

    /// <summary>Further names that requests can use.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>What a request's <c>model</c> stands for: a base, with or without an adapter.</summary>
public sealed record ModelChoice(string Model, IReadOnlyList<AdapterUse> Adapters);

/// <summary>A model that is ready: its weights and the engine that runs it.</summary>
public sealed record OpenModel(string Id, InferenceEngine Engine)
{
    public LanguageModel Model => Engine.Model;

    /// <inheritdoc cref="InferenceEngine.Submit"/>
    /// <exception cref="WorkbenchException">The model was unloaded since it was looked up.</exception>
    public RunningGeneration Submit(GenerationRequest request)
    {
        try
        {
            return Engine.Submit(request);
        }
        catch (ObjectDisposedException e)
        {
            throw new WorkbenchException($"{Id} was unloaded just before it could answer; ask again and it is read anew", e);
        }
    }
}
