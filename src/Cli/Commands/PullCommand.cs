using System.CommandLine;
using System.Runtime.InteropServices;
using Juxta.Workbench.Hub;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta pull</c>: a checkpoint or an adapter from the Hugging Face Hub into a folder of models.</summary>
internal static class PullCommand
{
    const int Declined = 1;

    public static Command Create()
    {
        var model = new Argument<string>("model") { Description = "OWNER/NAME of the Hugging Face Hub, with @REVISION (branch, tag or commit) where it is not main", HelpName = "OWNER/NAME[@REV]" };
        var to = new Option<string?>("--to") { Description = $"Folder of models, as of serve --models; the model goes to DIR/OWNER--NAME. Default {PulledModels.Folder}", HelpName = "DIR" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Download without asking" };
        var offline = new Option<bool>("--offline") { Description = "Ask nothing of the network (as HF_HUB_OFFLINE=1)" };
        var json = new Option<bool>("--json") { Description = "Print what was brought as one JSON document" };
        var command = new Command("pull", "Download a model of the Hugging Face Hub: configuration, tokenizer and weights, never code. HF_TOKEN opens private ones, HF_ENDPOINT names a mirror. Run it again to go on with an interrupted one.")
        {
            model, to, yes, offline, json,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            HubId id = HubId.Parse(parsed.GetValue(model)!);
            using var client = new HubClient(HubOptions.FromEnvironment(parsed.GetValue(offline)));
            HubModel found = await client.FindAsync(id, cancel);
            HubDownload download = client.Download(found, parsed.GetValue(to) ?? PulledModels.Folder);
            Describe(found, download);
            if (!parsed.GetValue(yes) && !Agreed(download)) return Declined;
            await RunUntilInterruptedAsync(download, cancel);
            if (parsed.GetValue(json)) JsonLines.Write(new { Model = $"{id.Owner}/{id.Name}", id.Revision, found.Commit, download.Folder, Bytes = found.TotalBytes, found.Files });
            else Console.Out.WriteLine(download.Folder);
            return 0;
        });
        return command;
    }

    static void Describe(HubModel model, HubDownload download)
    {
        Console.Error.WriteLine($"{model.Id} at commit {model.Commit[..12]}: {model.Files.Count} files, {ByteSize.Format(model.TotalBytes)} ({model.OtherFiles} other files stay where they are)");
        foreach (HubFile file in model.Files) Console.Error.WriteLine($"  {ByteSize.Format(file.Bytes),10}  {file.Name}");
        Console.Error.WriteLine($"to {download.Folder}{(download.BytesHere > 0 ? $", where {ByteSize.Format(download.BytesHere)} are already" : "")}");
    }

    /// <summary>Asks on stderr; whoever cannot answer says --yes.</summary>
    static bool Agreed(HubDownload download)
    {
        Console.Error.Write("Download? [y/N] ");
        string answer = Console.In.ReadLine() ?? throw new InputException($"nobody answered, so nothing was downloaded to {download.Folder}; say --yes to download without being asked");
        if (answer.Trim().ToUpperInvariant() is "Y" or "YES") return true;
        Console.Error.WriteLine("nothing was downloaded");
        return false;
    }

    /// <summary>Ctrl-C ends the download in order and says that nothing is lost.</summary>
    static async Task RunUntilInterruptedAsync(HubDownload download, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            _ = stop.CancelAsync(); // what waits goes on elsewhere, not inside the signal's handler
        }
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop), terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await RunAsync(download, stop.Token);
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException($"stopped; what has arrived is kept in {download.Folder}: run the same again to go on");
        }
    }

    static async Task RunAsync(HubDownload download, CancellationToken cancel)
    {
        if (Console.IsErrorRedirected)
        {
            await download.RunAsync(cancel: cancel);
            return;
        }
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await stderr.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async context =>
            {
                ProgressTask task = context.AddTask("checking what is there", maxValue: 1);
                await download.RunAsync(new Shown(task), cancel);
            });
    }

    /// <summary>The bar and, before it, which file, how much, how fast and how long.</summary>
    sealed class Shown(ProgressTask task) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            task.MaxValue = Math.Max(1, value.TotalBytes);
            task.Value = value.Bytes;
            string left = value.Left is { } time ? $", {(int)time.TotalHours}:{time:mm\\:ss} left" : "";
            task.Description = Markup.Escape(
                $"{value.Number}/{value.Count} {value.File}  {ByteSize.Format(value.Bytes)} of {ByteSize.Format(value.TotalBytes)}, {ByteSize.Format(value.BytesPerSecond)}/s{left}");
        }
    }
}
