using Juxta.Eval.Endpoints;
using Juxta.Eval.Runs;

namespace Juxta.Cli;

/// <summary>A model that another server runs, by the OpenAI API.</summary>
internal static class RemoteModel
{
    /// <summary>Samples to have under way: servers batch by themselves.</summary>
    public const int AtOnce = 16;

    /// <param name="url">The API's address.</param>
    /// <param name="model">What the server calls the model.</param>
    /// <exception cref="EndpointException">It is no address.</exception>
    public static RunModel Of(string url, string model)
    {
        var identity = new ModelIdentity(NameOf(model)) { Endpoint = url, EndpointModel = model };
        return new RunModel(identity, new EndpointChatClient(url, model, Environment.GetEnvironmentVariable(EndpointChatClient.KeyVariable))) { TakesTools = true };
    }

    /// <summary>A folder's name: <c>owner/name</c> as downloads have it, whatever else a folder cannot be called as <c>_</c>.</summary>
    static string NameOf(string model)
    {
        string name = string.Concat(model.Replace("/", "--", StringComparison.Ordinal).Select(letter => char.IsControl(letter) || "\\:*?\"<>|".Contains(letter, StringComparison.Ordinal) ? '_' : letter));
        return name is "." or ".." ? "_" : name;
    }
}
