using System.CommandLine;
using Juxta.Workbench.Models;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta models</c>: models that other servers run, offered here beside those of this machine.</summary>
internal static class ModelsCommand
{
    const string Teaching = """
        Offer models that other servers run: vLLM, llama.cpp, Ollama, another Juxta, whatever speaks the OpenAI chat API.

        They stand on the pages beside the models of this machine (a running server sees them when "Look again" is pressed), and commands ask them with --remote NAME:
          juxta models add --endpoint http://localhost:8000/v1
          juxta models add --endpoint https://api.example.com/v1 --endpoint-model big-one --name big --key-variable EXAMPLE_API_KEY
          juxta eval run --remote big --set evalsets/stop-behaviour --out runs
        What needs weights or tokens (losses, receipts, masks, the doctor, replay) they cannot give.
        """;

    public static Command Create() => new("models", Teaching) { Add(), List(), Remove() };

    static Command Add()
    {
        var endpoint = new Option<string>("--endpoint") { Description = "Address of the server's API, such as http://localhost:8000/v1", Required = true, HelpName = "URL" };
        var model = new Option<string?>("--endpoint-model") { Description = "What that server calls the model; default: the only one that it lists", HelpName = "NAME" };
        var name = new Option<string?>("--name") { Description = "What it is to be called here; default: as its server calls it", HelpName = "NAME" };
        var variable = new Option<string?>("--key-variable") { Description = "Environment variable that holds the server's key whenever it is asked", HelpName = "NAME" };
        var stdin = new Option<bool>("--key-stdin") { Description = "Read the key from stdin and keep it in the data folder, which only its owner can read" };
        var uncheckedOption = new Option<bool>("--no-check") { Description = "Do not ask the server whether it is there and has the model" };
        Option<string?> data = RemoteArguments.DataOption();
        Option<bool> json = Json();
        var command = new Command("add", "Offer a model of another server. Asks that server first whether it has it.") { endpoint, model, name, variable, stdin, uncheckedOption, data, json };
        command.SetAction(async (parsed, cancel) =>
        {
            string url = parsed.GetValue(endpoint)!;
            string? key = parsed.GetValue(stdin) ? Console.In.ReadLine() ?? throw new InputException("models add: --key-stdin was given, and stdin is empty") : null;
            string? asked = parsed.GetValue(model);
            if (!parsed.GetValue(uncheckedOption)) asked = Choose(url, await ModelShelf.ListRemoteAsync(url, parsed.GetValue(variable), key, cancel), asked);
            RemoteModel remote = RemoteModel.Of(url, asked ?? throw new InputException("models add: --no-check needs --endpoint-model NAME"), parsed.GetValue(name), parsed.GetValue(variable));
            RemoteArguments.Open(parsed.GetValue(data)).Add(remote, key);
            if (parsed.GetValue(json)) JsonLines.Write(Shown(remote with { KeepsKey = key is not null }));
            else Terminal.WriteLine($"{remote.Id}: {remote.Name} of {remote.Url}");
            return 0;
        });
        return command;
    }

    static string Choose(string url, IReadOnlyList<string> offered, string? asked)
    {
        string list = offered.Count == 0 ? "no model" : string.Join(", ", offered);
        if (asked is null) return offered is [var only] ? only : throw new InputException($"models add: {url} offers {list}; say which with --endpoint-model NAME");
        return offered.Contains(asked) ? asked : throw new InputException($"models add: {url} offers {list} and not {asked}; --no-check adds it all the same");
    }

    static Command List()
    {
        Option<string?> data = RemoteArguments.DataOption();
        Option<bool> json = Json();
        var command = new Command("list", "Show the models of other servers that are offered here.") { data, json };
        command.SetAction(parsed =>
        {
            IReadOnlyList<RemoteModel> all = RemoteArguments.Open(parsed.GetValue(data)).All;
            foreach (RemoteModel model in all)
            {
                if (parsed.GetValue(json)) JsonLines.Write(Shown(model));
                else Terminal.WriteLine($"{model.Id}: {model.Name} of {model.Url}{(model.KeepsKey ? ", with a key kept here" : model.KeyVariable is { } variable ? $", with the key of {variable}" : "")}");
            }
            if (all.Count == 0 && !parsed.GetValue(json)) Console.Error.WriteLine("none; add one with juxta models add --endpoint URL");
            return 0;
        });
        return command;
    }

    static Command Remove()
    {
        var name = new Argument<string>("NAME") { Description = "What the model is called here" };
        Option<string?> data = RemoteArguments.DataOption();
        var command = new Command("remove", "Offer a model of another server no longer; its key goes with it, its answers stay.") { name, data };
        command.SetAction(parsed => RemoteArguments.Open(parsed.GetValue(data)).Remove(parsed.GetValue(name)!) ? 0 : throw new InputException($"models remove: no model of another server is called {parsed.GetValue(name)}"));
        return command;
    }

    static Option<bool> Json() => new("--json") { Description = "Print a JSON line for each model" };

    static object Shown(RemoteModel model) => new { model.Id, model.Url, endpoint_model = model.Name, key_variable = model.KeyVariable, keeps_key = model.KeepsKey };
}
