using System.CommandLine;
using System.Text;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Microsoft.Extensions.AI;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta chat</c>: a conversation in the terminal, with <c>clear</c> and <c>stop</c> as the ChatGLM demo has them.</summary>
internal static class ChatCommand
{
    public static Command Create()
    {
        var model = new ModelArguments { Model = { Required = false } };
        var remote = new RemoteArguments("Model of another server to chat with, in place of --model: the name that juxta models add gave it");
        var sampling = new SamplingArguments();
        var system = new Option<string?>("--system") { Description = "System prompt", HelpName = "T" };
        var json = new Option<bool>("--json") { Description = "Print a {\"text\",\"outcome\",\"prompt_tokens\",\"completion_tokens\"} line per answer" };
        var command = new Command("chat", "Chat in the terminal. 'clear' forgets the conversation, 'stop' ends it; Ctrl-C cuts an answer short.") { system, json };
        model.AddTo(command);
        remote.AddTo(command);
        sampling.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (remote.Read(parsed) is { Count: > 0 } far)
            {
                if (far.Count > 1 || parsed.GetValue(model.Model) is not null || parsed.GetValue(model.Adapter) is { Length: > 0 }) throw new InputException("chat: one model at a time; give --model DIR with its adapters, or --remote NAME once");
                ChatOptions options = sampling.Options(parsed);
                options.Instructions = parsed.GetValue(system);
                return await RemoteChat.RunAsync(far[0].Model, far[0].Client, options, parsed.GetValue(json), cancel);
            }
            if (parsed.GetValue(model.Model) is null) throw new InputException("chat: there is no model to chat with; give --model DIR, or --remote NAME");
            await using LoadedModel loaded = await model.OpenAsync(parsed, new EngineOptions { MaxSequences = 1 }, cancel);
            var history = new List<PromptMessage>();
            string? systemPrompt = parsed.GetValue(system);
            bool quiet = parsed.GetValue(json), warned = false;
            if (!quiet) Console.Error.WriteLine($"{Path.GetFileName(Path.TrimEndingDirectorySeparator(loaded.Model.Folder))}: type a message; 'clear' starts anew, 'stop' ends.");
            using var interrupt = new Interrupt();
            while (true)
            {
                if (!quiet && !Console.IsInputRedirected) Console.Error.Write("\n> ");
                if (Console.In.ReadLine() is not { } line || line.Trim() == "stop") return 0;
                if (line.Trim().Length == 0) continue;
                if (line.Trim() == "clear")
                {
                    history.Clear();
                    if (!quiet) Console.Error.WriteLine("(conversation cleared)");
                    continue;
                }
                history.Add(new PromptMessage("user", line));
                PromptMessage[] messages = string.IsNullOrEmpty(systemPrompt) ? [.. history] : [new PromptMessage("system", systemPrompt), .. history];
                try
                {
                    RenderedPrompt prompt = PromptRenderer.Render(loaded.Model, new ChatPrompt { Messages = messages }, TimeProvider.System.GetLocalNow());
                    if (!warned) foreach (string warning in prompt.Warnings) Console.Error.WriteLine($"juxta: {warning}");
                    warned = true;
                    string answer = await AnswerAsync(loaded, sampling.Request(parsed, loaded.Model, prompt.Ids, loaded.Adapters), interrupt, quiet);
                    history.Add(new PromptMessage("assistant", answer));
                }
                catch (RequestException error)
                {
                    history.RemoveAt(history.Count - 1);
                    Console.Error.WriteLine($"juxta: {error.Message} ('clear' starts anew)");
                }
            }
        });
        return command;
    }

    static async Task<string> AnswerAsync(LoadedModel loaded, GenerationRequest request, Interrupt interrupt, bool quiet)
    {
        RunningGeneration generation = loaded.Engine.Submit(request);
        using IDisposable watching = interrupt.Watch(generation.Cancel);
        long start = TimeProvider.System.GetTimestamp();
        var text = new StringBuilder();
        int count = 0;
        Outcome outcome = Outcome.Cancelled;
        await foreach (GeneratedToken token in generation.ReadAsync())
        {
            if (token.Id is not null) count++;
            text.Append(token.Text);
            if (!quiet) Console.Out.Write(token.Text);
            outcome = token.Outcome ?? outcome;
        }
        if (quiet)
        {
            JsonLines.Write(new { text = text.ToString(), outcome = outcome.ToString(), prompt_tokens = request.PromptIds.Count, completion_tokens = count });
        }
        else
        {
            Console.Out.WriteLine();
            double seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
            Console.Error.WriteLine($"[{OutcomeText.Describe(outcome, null, loaded.Model)} · {count} tokens · {count / seconds:0.0} tokens/s]");
        }
        return text.ToString();
    }

    /// <summary>Ctrl-C while an answer is written cuts that answer; at the prompt it ends the program as usual.</summary>
    sealed class Interrupt : IDisposable
    {
        Action? _cut;

        public Interrupt() => Console.CancelKeyPress += OnKey;

        public IDisposable Watch(Action cut)
        {
            _cut = cut;
            return new Watching(this);
        }

        public void Dispose() => Console.CancelKeyPress -= OnKey;

        void OnKey(object? sender, ConsoleCancelEventArgs key)
        {
            if (_cut is not { } cut) return;
            key.Cancel = true;
            cut();
        }

        sealed class Watching(Interrupt owner) : IDisposable
        {
            public void Dispose() => owner._cut = null;
        }
    }
}
