using Juxta.Engine;
using Juxta.Workbench.Endpoints;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Models;

/// <content>
/// Models that other servers run. They are asked by messages; whatever needs weights or tokens (adapters, token counts, masks, the doctor) is to be had of the models of this machine
/// only, and <see cref="Models"/> lists those alone.
/// </content>
public sealed partial class ModelShelf
{
    /// <summary>Models that other servers run.</summary>
    public IReadOnlyList<RemoteModel> Remotes => _remotes.All;

    /// <summary>All that can be asked: the models of this machine, then those of other servers.</summary>
    public IReadOnlyList<ModelEntry> Offered => [.. Models, .. Remotes.Select(Entry)];

    /// <summary>A model that another server runs; null when the id means none.</summary>
    public RemoteModel? Remote(string id) => Remotes.FirstOrDefault(remote => remote.Id == id);

    /// <summary>Opens whatever must be open before the choice can be asked: nothing where another server runs it.</summary>
    /// <inheritdoc cref="OpenAsync(ModelChoice, CancellationToken)" path="/exception"/>
    public Task PrepareAsync(ModelChoice choice, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(choice);
        return Remote(choice.Model) is null ? OpenAsync(choice, cancel) : Task.CompletedTask;
    }

    /// <summary>What a server calls its models.</summary>
    /// <param name="url">As <see cref="EndpointAddress.Parse"/> reads it.</param>
    /// <param name="keyVariable">Environment variable with the key; null or empty = none.</param>
    /// <param name="key">The key itself; null or empty = none.</param>
    /// <param name="cancel">Stops asking.</param>
    /// <exception cref="EndpointException">The server cannot be asked, or has no such list.</exception>
    /// <exception cref="RequestException">The variable cannot be one of a key.</exception>
    public static async Task<IReadOnlyList<string>> ListRemoteAsync(string url, string? keyVariable = null, string? key = null, CancellationToken cancel = default)
    {
        RemoteModel any = RemoteModel.Of(url, "any", keyVariable: keyVariable);
        string? sent = string.IsNullOrWhiteSpace(key) ? any.KeyVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null : key.Trim();
        using var client = new EndpointChatClient(any.Url, any.Name, sent, silence: TimeSpan.FromSeconds(20));
        return await client.ModelsAsync(cancel);
    }

    /// <summary>Offers a model of another server.</summary>
    /// <param name="model">What it is.</param>
    /// <param name="key">Kept in the data folder and never shown; null or empty = none.</param>
    /// <exception cref="RequestException">Something has its name already, or the key is none.</exception>
    /// <exception cref="WorkbenchException">It cannot be kept.</exception>
    public void AddRemote(RemoteModel model, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_models.Any(local => local.Id == model.Id) || _aliases.Find(model.Id) is not null)
            throw new RequestException($"'{model.Id}' is a model or an alias here already; give this one another name", "the name here");
        _remotes.Add(model, key);
        _names.Take(model.Id);
        Changed?.Invoke();
    }

    /// <summary>Offers a model of another server no longer; what it answered is kept. False when there is none of that id.</summary>
    /// <exception cref="WorkbenchException">The change cannot be kept.</exception>
    public bool RemoveRemote(string id)
    {
        bool removed = _remotes.Remove(id);
        if (removed) Changed?.Invoke();
        return removed;
    }

    /// <exception cref="NotFoundException">No model of another server has that id (any more).</exception>
    /// <exception cref="EndpointException">The variable of its key is not set.</exception>
    internal (RemoteModel Model, IChatClient Client) RequireRemote(string id) =>
        Remote(id) is { } model && _remotes.Client(id) is { } client ? (model, client) : throw new NotFoundException($"there is no model '{id}' of another server (any more); there are {Known()}");

    ModelEntry Entry(RemoteModel remote) => new(remote.Id, "", LoadStatus.Elsewhere, 1, null, null, []) { Remote = remote, Aliases = _aliases.Of(remote.Id) };

    /// <summary>For those who want the weights.</summary>
    static RequestException NotHere(RemoteModel remote) =>
        new($"{remote.Id} runs on another server ({remote.Url}), which answers messages and gives neither its weights nor its tokens; ask a model of this machine, or that server itself", "model");
}
