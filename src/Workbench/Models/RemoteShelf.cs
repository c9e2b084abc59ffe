using System.Collections.Concurrent;
using System.Text.Json;
using Juxta.Engine;
using Juxta.Workbench.Endpoints;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Models;

/// <summary>
/// The models of other servers, kept in <c>remotes.json</c> of a data folder, which only its owner may read, since keys stand in it. The command line writes the
/// same file; a running server reads it anew when it looks at its folders.
/// </summary>
/// <param name="folder">The data folder; null = there are none and none can be kept.</param>
public sealed class RemoteShelf(string? folder)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    readonly string? _file = folder is null ? null : Path.Combine(folder, "remotes.json");
    readonly ConcurrentDictionary<Stored, EndpointChatClient> _clients = new();
    readonly Lock _writing = new();
    volatile IReadOnlyList<Stored> _stored = [];

    /// <summary>In the order they were added.</summary>
    public IReadOnlyList<RemoteModel> All => [.. _stored.Select(stored => stored.Model)];

    /// <summary>Reads the file again.</summary>
    /// <exception cref="WorkbenchException">It cannot be read.</exception>
    public void LookAgain()
    {
        try
        {
            _stored = File.Exists(_file) ? [.. (JsonSerializer.Deserialize<Stored[]>(File.ReadAllText(_file), Json) ?? throw new JsonException("null is no list")).Select(Checked)] : [];
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or RequestException or EndpointException)
        {
            throw new WorkbenchException($"the models of other servers cannot be read from {_file}: {error.Message} Correct the file, or delete it and add them again.", error);
        }
    }

    /// <summary>Adds a model.</summary>
    /// <param name="model">Its id must be free.</param>
    /// <param name="key">Kept in the file; null or empty = none.</param>
    /// <exception cref="RequestException">There is one of that id.</exception>
    /// <exception cref="WorkbenchException">The file cannot be read or written.</exception>
    public void Add(RemoteModel model, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        key = string.IsNullOrWhiteSpace(key) ? null : key.Trim();
        if (key is not null && model.KeyVariable is not null) throw new RequestException($"a key was given and the variable {model.KeyVariable} too; give one of them", "the key");
        if (key?.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter)) == true) throw new RequestException("the key holds blanks or line ends, which no key has; give it anew", "the key");
        Change(stored => stored.Any(other => other.Id == model.Id)
            ? throw new RequestException($"there is a model '{model.Id}' of another server already; give this one another name", "the name here")
            : [.. stored, new Stored(model.Id, model.Url, model.Name, model.KeyVariable, key)]);
    }

    /// <summary>Takes a model away, with its key. False when there is none of that id.</summary>
    /// <exception cref="WorkbenchException">The file cannot be read or written.</exception>
    public bool Remove(string id)
    {
        bool there = false;
        Change(stored =>
        {
            there = stored.Any(other => other.Id == id);
            return [.. stored.Where(other => other.Id != id)];
        });
        return there;
    }

    /// <summary>A model and who asks it, which belongs to the shelf; null when there is none of that id.</summary>
    /// <exception cref="EndpointException">The variable of its key is not set.</exception>
    public (RemoteModel Model, IChatClient Client)? Find(string id) => _stored.FirstOrDefault(stored => stored.Id == id) is { } found ? (found.Model, Client(id)!) : null;

    /// <summary>Asks a model; null when there is none of that id. Belongs to the shelf.</summary>
    /// <exception cref="EndpointException">The variable of its key is empty.</exception>
    internal IChatClient? Client(string id) => _stored.FirstOrDefault(stored => stored.Id == id) is { } found
        ? _clients.GetOrAdd(found, stored => new EndpointChatClient(stored.Url, stored.Name, stored.KeyNow()))
        : null;

    internal void Close()
    {
        foreach (EndpointChatClient client in _clients.Values) client.Dispose();
    }

    void Change(Func<IReadOnlyList<Stored>, IReadOnlyList<Stored>> change)
    {
        if (_file is null) throw new WorkbenchException("this shelf has no data folder, so it cannot keep models of other servers");
        lock (_writing)
        {
            LookAgain();
            IReadOnlyList<Stored> next = change(_stored);
            try
            {
                Directory.CreateDirectory(folder!);
                string part = $"{_file}.{Environment.ProcessId}.part";
                var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                using (var file = new FileStream(part, options)) JsonSerializer.Serialize(file, next, Json);
                File.Move(part, _file, overwrite: true);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new WorkbenchException($"{_file} cannot be written: {error.Message}", error);
            }
            _stored = next;
        }
    }

    /// <summary>A file may have been written by hand.</summary>
    static Stored Checked(Stored stored)
    {
        RemoteModel model = RemoteModel.Of(stored.Url ?? "", stored.Name ?? "", stored.Id, stored.KeyVariable);
        return new Stored(model.Id, model.Url, model.Name, model.KeyVariable, stored.Key);
    }

    /// <summary>As the file has it.</summary>
    sealed record Stored(string Id, string Url, string Name, string? KeyVariable, string? Key)
    {
        public RemoteModel Model => new(Id, Url, Name) { KeyVariable = KeyVariable, KeepsKey = Key is not null };

        public string? KeyNow() => Key ?? (KeyVariable is null ? null
            : Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key ? key
            : throw new EndpointException($"{Id} wants the key of the variable {KeyVariable}, which is not set here; set it and start again"));

        /// <summary>Records print all they hold; a key must not be printed.</summary>
        public override string ToString() => Model.ToString();
    }
}
