using Juxta.Engine.Chat;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Models;
using Microsoft.Extensions.AI;

namespace Juxta.Cli;

/// <summary>A conversation in the terminal with a model of another server.</summary>
internal static class RemoteChat
{
    /// <param name="model">Which.</param>
    /// <param name="client">Asks it.</param>
    /// <param name="options">As the command line says; what it leaves open is as the server likes.</param>
    /// <param name="json">A line of JSON for each answer.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<int> RunAsync(RemoteModel model, IChatClient client, ChatOptions options, bool json, CancellationToken cancel)
    {
        if (!json) Console.Error.WriteLine($"{model.Id} ({model.Name} of {model.Url}): type a message; 'clear' starts anew, 'stop' ends.");
        List<ChatMessage> history = [];
        while (true)
        {
            if (!json && !Console.IsInputRedirected) Console.Error.Write("\n> ");
            if (Console.In.ReadLine() is not { } line || line.Trim() == "stop") return 0;
            if (line.Trim().Length == 0) continue;
            if (line.Trim() == "clear")
            {
                history.Clear();
                continue;
            }
            history.Add(new ChatMessage(ChatRole.User, line));
            try
            {
                ChatResponse answer = await AnswerAsync(client, history, options, json, cancel);
                history.AddRange(answer.Messages);
            }
            catch (EndpointException error) when (!json)
            {
                history.RemoveAt(history.Count - 1);
                Console.Error.WriteLine($"juxta: {error.Message}");
            }
        }
    }

    static async Task<ChatResponse> AnswerAsync(IChatClient client, List<ChatMessage> history, ChatOptions options, bool json, CancellationToken cancel)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync(history, options, cancel))
        {
            updates.Add(update);
            if (!json) Console.Out.Write(update.Text);
        }
        ChatResponse answer = updates.ToChatResponse();
        string outcome = updates.Select(update => update.AdditionalProperties?.GetValueOrDefault("outcome") as string).LastOrDefault(said => said is not null) ?? answer.FinishReason?.Value ?? "unknown";
        if (json) JsonLines.Write(new { text = answer.Text, outcome, prompt_tokens = answer.Usage?.InputTokenCount, completion_tokens = answer.Usage?.OutputTokenCount });
        else
        {
            foreach (FunctionCallContent call in answer.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()) Console.Out.Write(ToolCallText.Line(call));
            Console.Out.WriteLine();
            Console.Error.WriteLine($"[ended: {outcome} · {answer.Usage?.OutputTokenCount?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "unknown count of"} tokens]");
        }
        return answer;
    }
}
