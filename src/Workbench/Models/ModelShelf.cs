using Juxta.Engine.Lora;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Models;

/// <summary>
/// The models this instance offers, each with its adapters. A model is read when first asked for (or at start) and then shared by all;
/// opening goes on although the one who asked has left.
/// </summary>
public sealed class ModelShelf
{
    /// <summary>All models in the order they were configured.</summary>
    public IReadOnlyList<ModelEntry> Models => throw new NotImplementedException();

    /// <summary>Something about a model or an adapter changed; read <see cref="Models"/> again. Raised on any thread.</summary>
    public event Action? Changed;

    internal void Announce() => Changed?.Invoke();

    /// <exception cref="NotFoundException">No model has that id.</exception>
    public ModelEntry Model(string id) => throw new NotImplementedException();

    /// <summary>
    /// What a name stands for: a model's id, <c>model:adapter</c>, or an adapter's name that only one model has. Case counts.
    /// </summary>
    /// <exception cref="NotFoundException">Nothing is called that; the message lists what there is.</exception>
    public ModelChoice Resolve(string name) => throw new NotImplementedException();

    /// <summary>The opened model; reads it first where that is still to be done.</summary>
    /// <param name="cancel">Stops waiting, not reading.</param>
    /// <exception cref="NotFoundException">No model has that id.</exception>
    /// <exception cref="Juxta.Engine.ModelFormatException">The folder cannot be used.</exception>
    public Task<OpenModel> OpenAsync(string id, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>The opened model with the choice's adapters loaded.</summary>
    public Task<OpenModel> OpenAsync(ModelChoice choice, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Loads an adapter over a model and returns its entry with the receipt.</summary>
    /// <param name="model">Id of the base.</param>
    /// <param name="adapter">Name of a listed adapter, or a path inside the model's <c>adapters/</c> or a configured adapter folder.</param>
    /// <param name="name">The name to give it; null = the folder's.</param>
    /// <param name="options">What may pass.</param>
    /// <param name="cancel">Ends the loading.</param>
    /// <exception cref="NotFoundException">No such model or adapter.</exception>
    /// <exception cref="Juxta.Engine.RequestException">The path leads out of the configured folders, or the name is taken.</exception>
    /// <exception cref="Juxta.Engine.ModelFormatException">It does not fit, has unused tensors or no effect, and the options do not allow that.</exception>
    public Task<AdapterEntry> LoadAdapterAsync(
        string model, string adapter, string? name = null, AdapterOptions? options = null, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Takes an adapter away from new requests. False when it was not loaded.</summary>
    /// <exception cref="NotFoundException">No such model.</exception>
    public bool UnloadAdapter(string model, string adapter) => throw new NotImplementedException();

    /// <summary>A model, or a model with an adapter, as the standard chat client (<see cref="Resolve"/> says which names there are).</summary>
    public Task<IChatClient> ChatClientAsync(string name, CancellationToken cancel = default) => throw new NotImplementedException();
}
