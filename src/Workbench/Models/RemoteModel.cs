using System.Text.RegularExpressions;
using Juxta.Engine;
using Juxta.Workbench.Endpoints;

namespace Juxta.Workbench.Models;

/// <summary>A model of the shelf that another server runs, by the OpenAI API.</summary>
/// <param name="Id">What it is called here.</param>
/// <param name="Url">The API's address, as <see cref="EndpointAddress"/> writes it.</param>
/// <param name="Name">What that server calls it.</param>
public sealed partial record RemoteModel(string Id, string Url, string Name)
{
    const int MostCharacters = 100;

    /// <summary>The environment variable of this program that holds the key; null = none.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>A key is kept in the data folder. It is sent to the server and never shown.</summary>
    public bool KeepsKey { get; init; }

    /// <summary>What stands where a model of this machine has the hash of its weights.</summary>
    public string Identity => $"unknown: {Name} of {Url}";

    /// <summary>A model as people name it.</summary>
    /// <param name="url">As <see cref="EndpointAddress.Parse"/> reads it.</param>
    /// <param name="name">What the server calls it.</param>
    /// <param name="id">Null or empty = made of <paramref name="name"/>.</param>
    /// <param name="keyVariable">Null or empty = none.</param>
    /// <exception cref="EndpointException">It is no address.</exception>
    /// <exception cref="RequestException">A name cannot be used.</exception>
    public static RemoteModel Of(string url, string name, string? id = null, string? keyVariable = null)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new RequestException("the model has no name; give the one that its server lists", "the model's name");
        id = string.IsNullOrWhiteSpace(id) ? IdOf(name) : id.Trim();
        if (id.Length > MostCharacters || id.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || "/\\:*?\"<>|".Contains(letter, StringComparison.Ordinal)) || id is "." or "..")
            throw new RequestException($"'{id}' cannot be what the model is called here: it names folders of runs, so it has at most {MostCharacters} characters, no blanks and none of / \\ : * ? \" < > |", "the name here");
        return new RemoteModel(id, EndpointAddress.Parse(url).ToString(), name.Trim()) { KeyVariable = Variable(keyVariable) };
    }

    /// <summary>A folder's name: <c>owner/name</c> as downloads have it, whatever else a folder cannot be called as <c>_</c>.</summary>
    static string IdOf(string name)
    {
        string id = string.Concat(name.Trim().Replace("/", "--", StringComparison.Ordinal).Select(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || "\\:*?\"<>|".Contains(letter, StringComparison.Ordinal) ? '_' : letter));
        return id is "." or ".." ? "_" : id;
    }

    /// <summary>Whoever may add a model could otherwise have any secret of the environment sent to any address.</summary>
    static string? Variable(string? name) => string.IsNullOrWhiteSpace(name) ? null
        : VariableName().IsMatch(name.Trim()) ? name.Trim()
        : throw new RequestException($"'{name.Trim()}' cannot be the variable of a key: expected a name that ends in _API_KEY or begins with JUXTA_, such as OPENAI_API_KEY", "the key's variable");

    [GeneratedRegex(@"^(JUXTA_[A-Za-z0-9_]+|[A-Za-z_][A-Za-z0-9_]*_API_KEY)$")]
    private static partial Regex VariableName();
}
