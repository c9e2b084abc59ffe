using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Eval.Metrics;
using Juxta.Eval.Preferences;
using Juxta.Eval.Suites;
using Juxta.Training;
using Juxta.Training.Runs;
using Juxta.Workbench;

namespace Juxta.Cli;

/// <summary>
/// Runs a command and turns what can go wrong into one clear line on stderr. Exit codes: 0 success, 1 a negative verdict, 2 a mistake of the user's or an
/// unusable file.
/// </summary>
internal static partial class CommandRunner
{
    public const int UserError = 2;

    /// <summary>Ctrl-C is theirs: a conversation goes on, a server answers what it was asked, a step of training is finished and saved, a download keeps what has arrived.</summary>
    static readonly string[] EndThemselves = ["chat", "serve", "train", "pull"];

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine($"juxta: {Words(error.Message)}");
            Console.Error.WriteLine($"juxta: see '{CommandPath(parsed.CommandResult)} --help'");
            return UserError;
        }
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        using Interruption? interruption = EndThemselves.Contains(parsed.CommandResult.Command.Name) ? null : new Interruption(hears: parsed.Action is AsynchronousCommandLineAction);
        if (interruption is not null) configuration.ProcessTerminationTimeout = null;
        try
        {
            return await parsed.InvokeAsync(configuration, interruption?.Token ?? default);
        }
        catch (Exception error) when (Expected(error))
        {
            Console.Error.WriteLine($"juxta: {error.Message}");
            return UserError;
        }
        catch (OperationCanceledException stopped)
        {
            if (stopped is StoppedException || interruption is not null) Interruption.Say((stopped as StoppedException)?.Message);
            return Interruption.ExitCode;
        }
    }

    /// <summary>The parser's message, with what a person can write in place of the name of a type.</summary>
    static string Words(string message) => TypeName().Replace(message, name => name.Groups[1].Value switch
    {
        "Double" or "Single" => "; expected a number",
        "Int32" or "Int64" => "; expected a whole number",
        "UInt64" => "; expected a whole number of 0 or more",
        _ => name.Value,
    });

    [GeneratedRegex(@" as expected type '(?:System\.Nullable`1\[)?System\.(\w+)\]?'\.$")]
    private static partial Regex TypeName();

    /// <summary>Errors whose message is written for the user; anything else is a fault of ours and keeps its stack trace.</summary>
    static bool Expected(Exception error) => error
        is ModelFormatException or RequestException or SampleException or ChatTemplateException or WorkbenchException or EngineBusyException or InputException or IOException
        or UnauthorizedAccessException or MetricException or SuiteException or VoteException or TrainingException or BackendException;

    static string CommandPath(CommandResult? result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent) names.Insert(0, command.Command is RootCommand ? "juxta" : command.Command.Name);
        return string.Join(' ', names);
    }
}

/// <summary>An input file or argument that cannot be used as it stands.</summary>
internal sealed class InputException(string message) : Exception(message);
