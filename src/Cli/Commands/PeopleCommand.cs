using System.CommandLine;
using Juxta.Server;
using Juxta.Workbench;
using Juxta.Workbench.People;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta people</c>: the people of a shared server, for whoever owns its machine and cannot sign in.</summary>
internal static class PeopleCommand
{
    const string Teaching = """
        Help people of a shared server (juxta serve --shared) who cannot sign in. Administrators do this on the page People; this is for an administrator who is locked out.

        It works on the data folder while the server is stopped:
          juxta people list
          juxta people reset Ann
        """;

    public static Command Create() => new("people", Teaching) { List(), Reset() };

    static Command List()
    {
        (Option<string?> data, Option<bool> json) = (Data(), Json());
        var command = new Command("list", "Show who may sign in, with their roles.") { data, json };
        command.SetAction(async (parsed, _) =>
        {
            await using JuxtaWorkbench workbench = Open(parsed.GetValue(data));
            IReadOnlyList<Person> people = await workbench.People.ListAsync();
            foreach (Person person in people)
            {
                if (parsed.GetValue(json)) JsonLines.Write(new { person.Name, role = person.Role.Word() });
                else Console.WriteLine($"{person.Name}: {person.Role.Word()}");
            }
            if (people.Count == 0 && !parsed.GetValue(json)) Console.Error.WriteLine("nobody yet; juxta serve --shared prints a link for its first administrator");
            return 0;
        });
        return command;
    }

    static Command Reset()
    {
        var name = new Argument<string>("NAME") { Description = "As they sign in" };
        (Option<string?> data, Option<bool> json) = (Data(), Json());
        var url = new Option<string>("--url") { Description = "Address that people reach the server at", HelpName = "URL", DefaultValueFactory = _ => ServerOptions.DefaultUrl };
        var command = new Command("reset", "Make a link with which somebody chooses a new password: once, within a day. Their password goes on until then.") { name, data, url, json };
        command.SetAction(async (parsed, _) =>
        {
            string wanted = parsed.GetValue(name)!.Trim(), address = parsed.GetValue(url)!;
            if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? server) || server.Scheme is not ("http" or "https")) throw new InputException($"people reset: --url {address} is no address of a server; give one such as {ServerOptions.DefaultUrl}");
            await using JuxtaWorkbench workbench = Open(parsed.GetValue(data));
            IReadOnlyList<Person> people = await workbench.People.ListAsync();
            Person person = people.FirstOrDefault(one => one.Name == wanted)
                ?? throw new InputException($"people reset: nobody is called {wanted}; there {(people.Count == 0 ? "is nobody yet: juxta serve --shared prints a link for its first administrator" : $"are {string.Join(", ", people.Select(one => $"{one.Name} ({one.Role.Word()})"))}")}");
            (string code, DateTimeOffset expires) = await workbench.PasswordResets.MakeAsync(person.Id, by: null);
            string link = new Uri(server, $"/reset/{code}").ToString();
            if (parsed.GetValue(json)) JsonLines.Write(new { person.Name, url = link, expires });
            else Console.WriteLine(link);
            Console.Error.WriteLine($"With this {person.Name} chooses a new password, once, until {UtcText.Of(expires)}. Start the server and open it in a browser");
            return 0;
        });
        return command;
    }

    static JuxtaWorkbench Open(string? data)
    {
        string folder = data ?? WorkbenchOptions.DefaultDataFolder;
        return File.Exists(Path.Combine(folder, "juxta.db")) ? JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = folder, OpenAtStart = false })
            : throw new InputException($"people: no server has kept anything in {folder}; say with --data DIR where yours does");
    }

    static Option<string?> Data() => new("--data") { Description = $"The server's data folder; default {WorkbenchOptions.DefaultDataFolder}", HelpName = "DIR" };

    static Option<bool> Json() => new("--json") { Description = "Print JSON" };
}
