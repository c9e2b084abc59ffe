using System.Globalization;
using Spectre.Console;

namespace Juxta.Cli;

/// <summary>
/// Where commands print for people. On a terminal lines are wrapped between words; in a file or a pipe they stay whole and without colours. COLUMNS sets the width in both.
/// </summary>
internal static class Terminal
{
    const int NoBound = 100_000;

    /// <summary>Stdout.</summary>
    public static IAnsiConsole Out { get; } = Open();

    static IAnsiConsole Open()
    {
        bool redirected = Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Out),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
        });
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 0) console.Profile.Width = columns;
        else if (redirected) console.Profile.Width = NoBound;
        return console;
    }

    /// <summary>A line of plain text.</summary>
    public static void WriteLine(string text = "") => Out.WriteLine(text);
}
