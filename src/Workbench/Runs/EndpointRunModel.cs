using Juxta.Engine.Chat;
using Juxta.Eval.Runs;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Models;
using Microsoft.Extensions.AI;

namespace Juxta.Workbench.Runs;

/// <summary>A model of another server as a run asks it: answers alone. It has no ids, no losses, and prompts are not cut to a count of tokens.</summary>
public static class EndpointRunModel
{
    /// <summary>Samples to have under way: servers batch by themselves.</summary>
    public const int AtOnce = 16;

    /// <param name="url">The API's address.</param>
    /// <param name="model">What the server calls the model.</param>
    /// <param name="key">Sent as bearer token; null = none.</param>
    /// <exception cref="EndpointException">It is no address.</exception>
    public static RunModel Of(string url, string model, string? key) => Of(RemoteModel.Of(url, model), new EndpointChatClient(url, model, key));

    /// <param name="remote">Which model; runs are kept under its id.</param>
    /// <param name="client">Asks it.</param>
    public static RunModel Of(RemoteModel remote, IChatClient client)
    {
        ArgumentNullException.ThrowIfNull(remote);
        return new RunModel(new ModelIdentity(remote.Id) { Endpoint = remote.Url, EndpointModel = remote.Name }, new CallsAsText(client)) { TakesTools = true };
    }

    /// <summary>A run keeps texts: calls of tools stand behind an answer's text, a line of JSON each.</summary>
    sealed class CallsAsText(IChatClient inner) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            ChatResponse response = await base.GetResponseAsync(messages, options, cancellationToken);
            string[] calls = [.. response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().Select(ToolCallText.Line)];
            if (calls.Length > 0) response.Messages = [new ChatMessage(ChatRole.Assistant, string.Join('\n', new[] { response.Text }.Where(text => text.Length > 0).Concat(calls)))];
            return response;
        }
    }
}
