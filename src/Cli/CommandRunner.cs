using System.CommandLine;
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

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine($"juxta: {Words(error.Message)}");
            Console.Error.WriteLine($"juxta: see '{CommandPath(parsed.CommandResult)} --help'");
            return UserError;
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (Expected(error))
        {
            Console.Error.WriteLine($"juxta: {error.Message}");
            return UserError;
        }
        catch (OperationCanceledException)
        {
            return 130; // as a shell reports Ctrl-C
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
