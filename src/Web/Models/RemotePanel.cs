using Juxta.Web.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Web.Models;

/// <summary>What one open page shows of other servers' models: those that are offered here, and one that is being added. A key goes in and never comes out again.</summary>
public sealed class RemotePanel(ModelShelf shelf)
{
    int _requests;
    string _key = "";

    /// <summary>Something here changed; what is offered has the shelf's own event.</summary>
    public event Action? Changed;

    public IReadOnlyList<RemoteModel> Remotes => shelf.Remotes;

    /// <summary>The API's address, as a person types it.</summary>
    public string Url { get; set; } = "";

    /// <summary>What the server calls the model.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it is to be called here; empty = as its server calls it.</summary>
    public string Id { get; set; } = "";

    /// <summary>Environment variable of the server's program with the key; empty = none.</summary>
    public string KeyVariable { get; set; } = "";

    /// <summary>Grows with each key that is done with: its field is then drawn anew, and empty.</summary>
    public int KeyField { get; private set; }

    /// <summary>What the server that was looked up calls its models.</summary>
    public IReadOnlyList<string> Found { get; private set; } = [];

    /// <summary>The server is being asked.</summary>
    public bool Looking { get; private set; }

    /// <summary>What was done last, in words.</summary>
    public string? Done { get; private set; }

    /// <summary>Why a server could not be looked up, or a model not be added or removed.</summary>
    public Notice? Failure { get; private set; }

    public void GiveKey(string? key) => _key = key ?? "";

    /// <summary>Asks the server what models it has. What was asked for last is what stays.</summary>
    public async Task FindAsync()
    {
        if (string.IsNullOrWhiteSpace(Url)) return;
        int request = Interlocked.Increment(ref _requests);
        (Looking, Found, Failure, Done) = (true, [], null, null);
        Changed?.Invoke();
        IReadOnlyList<string> found = [];
        Notice? failure = null;
        try
        {
            found = await ModelShelf.ListRemoteAsync(Url, KeyVariable, _key);
        }
        catch (Exception e)
        {
            failure = Notices.Of(e);
        }
        if (request != Volatile.Read(ref _requests)) return;
        (Looking, Found, Failure) = (false, found, failure);
        if (failure is null) Done = found.Count == 0 ? "The server answers and offers no model." : $"The server offers {string.Join(", ", found)}.";
        if (Name.Length == 0 && found.Count > 0) Name = found[0];
        Changed?.Invoke();
    }

    /// <summary>Offers the model here. False, with a failure, when it cannot be.</summary>
    public bool Add() => Try(() =>
    {
        RemoteModel model = RemoteModel.Of(Url, Name, Id, KeyVariable);
        shelf.AddRemote(model, _key);
        (Url, Name, Id, KeyVariable, _key, Found) = ("", "", "", "", "", []);
        KeyField++;
        return $"{model.Id} is offered now.";
    });

    public bool Remove(string id) => Try(() =>
    {
        shelf.RemoveRemote(id);
        return $"{id} is offered no longer; what it answered is kept.";
    });

    bool Try(Func<string> work)
    {
        Interlocked.Increment(ref _requests);
        (Looking, Failure, Done) = (false, null, null);
        try
        {
            Done = work();
        }
        catch (Exception e)
        {
            Failure = Notices.Of(e);
        }
        Changed?.Invoke();
        return Failure is null;
    }
}
