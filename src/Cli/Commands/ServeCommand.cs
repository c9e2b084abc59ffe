using System.CommandLine;
using Juxta.Engine;
using Juxta.Server;
using Juxta.Workbench;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta serve</c>: the web page and the HTTP API.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var models = new Option<string[]>("--model", "-m") { Description = "Checkpoint folder to offer and open at start, or OWNER/NAME of the Hugging Face Hub: downloaded where it is not here yet. May be given several times. Without this and --models the demo model is offered", HelpName = "DIR|OWNER/NAME" };
        var modelFolders = new Option<string[]>("--models", "--models-dir") { Description = "Folder of checkpoint folders, opened when first asked for; may be given several times. Downloads go into the first; without one, into the data folder's models/, which is always looked at", HelpName = "DIR" };
        var adapterFolders = new Option<string[]>("--adapters-dir") { Description = "Folder of PEFT adapter folders, besides each model's own adapters/; may be given several times", HelpName = "DIR" };
        var sets = new Option<string[]>("--evalsets") { Description = "Folder of eval sets to offer on the Runs page, besides the data folder's evalsets/; may be given several times. Without this those that come with Juxta are offered", HelpName = "DIR" };
        var urls = new Option<string[]>("--urls") { Description = $"Addresses to listen on; default {ServerOptions.DefaultUrl}. Others than loopback need --shared or ${ServerOptions.ApiKeyVariable}", HelpName = "URL" };
        var shared = new Option<bool>("--shared") { Description = "People sign in, with roles: administrators, leads, annotators. The first start prints a link for the first administrator" };
        var hosts = new Option<string[]>("--allowed-host") { Description = "Further name that browsers reach this server by; may be given several times", HelpName = "NAME" };
        var data = new Option<string?>("--data") { Description = $"Folder for conversations and results; default {WorkbenchOptions.DefaultDataFolder}", HelpName = "DIR" };
        var offline = new Option<bool>("--offline") { Description = "Ask nothing of the Hugging Face Hub (as HF_HUB_OFFLINE=1)" };
        var threads = new Option<int>("--threads") { Description = "Threads of a model step; 0 = all processors" };
        var backend = new BackendArguments();
        var weights = new WeightsArgument();
        var cache = new CacheArgument();
        var cacheTokens = new Option<int>("--cache-tokens") { Description = "Tokens that all running conversations of a model may hold together; 0 = chosen by memory" };
        var maxSequences = new Option<int>("--max-sequences") { Description = "Answers written at the same time", DefaultValueFactory = _ => new EngineOptions().MaxSequences };
        var queue = new Option<int>("--queue") { Description = "Requests that may wait; one more is told to come back later (429)", DefaultValueFactory = _ => new EngineOptions().QueueLength };
        var command = new Command("serve", "Start the web page and the OpenAI-compatible HTTP API; prints the address.")
        {
            models, modelFolders, adapterFolders, sets, urls, shared, hosts, data, offline, threads, weights.Option, cache.Option, cacheTokens, maxSequences, queue,
        };
        backend.AddTo(command);
        command.SetAction((parsed, cancel) => JuxtaServer.RunAsync(
            new ServerOptions
            {
                Urls = parsed.GetValue(urls) is { Length: > 0 } given ? given : [ServerOptions.DefaultUrl],
                Shared = parsed.GetValue(shared),
                AllowedHosts = parsed.GetValue(hosts) ?? [],
                Workbench = new WorkbenchOptions
                {
                    Models = Named(parsed.GetValue(models), parsed.GetValue(modelFolders)),
                    ModelFolders = parsed.GetValue(modelFolders) ?? [],
                    AdapterFolders = parsed.GetValue(adapterFolders) ?? [],
                    SetFolders = parsed.GetValue(sets) is { Length: > 0 } named ? named : [.. new[] { Shipped.Folder("evalsets") }.OfType<string>()],
                    DataFolder = parsed.GetValue(data),
                    Offline = parsed.GetValue(offline),
                    Weights = weights.Of(parsed),
                    Cache = cache.Of(parsed),
                    Engine = new EngineOptions
                    {
                        Threads = parsed.GetValue(threads),
                        Backend = backend.Read(parsed),
                        CacheTokens = parsed.GetValue(cacheTokens),
                        MaxSequences = parsed.GetValue(maxSequences),
                        QueueLength = parsed.GetValue(queue),
                    },
                },
            },
            cancel));
        return command;
    }

    /// <summary>The demo model where no model is named: the first start has something to talk to.</summary>
    static string[] Named(string[]? models, string[]? folders) => models is { Length: > 0 } ? models : folders is not { Length: > 0 } && DemoModel.Folder is { } demo ? [demo] : [];
}
