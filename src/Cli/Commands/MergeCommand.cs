using System.CommandLine;
using Juxta.Engine.Lora;
using Juxta.Engine.Memory;
using Juxta.Engine.Merging;
using Juxta.Workbench.Hub;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta merge</c>: an adapter written into a copy of its base.</summary>
internal static class MergeCommand
{
    static readonly Dictionary<string, DType> Types = new(StringComparer.OrdinalIgnoreCase) { ["f32"] = DType.F32, ["f16"] = DType.F16, ["bf16"] = DType.BF16 };

    public static Command Create()
    {
        var model = new Option<DirectoryInfo>("--model", "-m") { Description = "Checkpoint folder (Hugging Face layout)", Required = true, HelpName = "DIR" };
        var adapter = new Option<DirectoryInfo>("--adapter", "-a") { Description = "PEFT adapter folder", Required = true, HelpName = "DIR" };
        var scale = new Option<float>("--scale") { Description = "How much of the low-rank change is taken", DefaultValueFactory = _ => 1 };
        var output = new Option<DirectoryInfo>("--out", "-o") { Description = "Folder to make; it must not exist", Required = true, HelpName = "DIR" };
        var type = new Option<string?>("--dtype") { Description = "Store all weights as bf16, f16 or f32; by default each keeps its type", HelpName = "TYPE" };
        var json = new Option<bool>("--json") { Description = "Print what was done as one JSON document" };
        var command = new Command("merge", "Write an adapter into a copy of its base: a new checkpoint folder that answers as both did. Nothing is overwritten.") { model, adapter, scale, output, type, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var request = new MergeRequest(parsed.GetValue(model)!.FullName, parsed.GetValue(adapter)!.FullName, parsed.GetValue(output)!.FullName)
            {
                Scale = parsed.GetValue(scale),
                Type = parsed.GetValue(type) is not { } name ? null : Types.TryGetValue(name, out DType known) ? known : throw new InputException($"--dtype {name}: expected {string.Join(", ", Types.Keys)}"),
            };
            MergeReport report = await RunAsync(request, cancel);
            if (parsed.GetValue(json)) JsonLines.Write(report);
            else Print(report);
            return 0;
        });
        return command;
    }

    static async Task<MergeReport> RunAsync(MergeRequest request, CancellationToken cancel)
    {
        try
        {
            return await MergeAsync(request, cancel);
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException($"stopped; nothing of {request.Out} is left");
        }
    }

    static async Task<MergeReport> MergeAsync(MergeRequest request, CancellationToken cancel)
    {
        if (Console.IsErrorRedirected) return AdapterMerge.Run(request, cancel: cancel);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await stderr.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask("merging", maxValue: 1);
            return await Task.Run(() => AdapterMerge.Run(request, new Progress<double>(share => task.Value = share), cancel), cancel);
        });
    }

    static void Print(MergeReport report)
    {
        AdapterReceipt receipt = report.Receipt;
        Line($"{report.Folder}: {report.TensorsMerged} tensors merged, {report.TensorsCopied} as they were, {ByteSize.Format(report.Bytes)} in {string.Join(", ", report.WeightFiles)}");
        Line($"adapter {receipt.Folder}: {receipt.Method}, {receipt.Parameters:N0} parameters in {receipt.Modules.Count} modules, scale {report.Scale}");
        foreach (ModuleReceipt module in receipt.Modules) Line($"  {module.Path}: {module.Change}, ‖ΔW‖ {module.DeltaNorm:0.####} ({module.DeltaNorm / module.BaseNorm:P2} of ‖W‖)");
        if (report.LargestRoundingIn is null) Line($"nothing was rounded");
        else Line($"largest rounding {report.LargestRounding:0.##e0}, in {report.LargestRoundingIn}");
        foreach (string change in report.ConfigChanges) Line($"config.json: {change}");
        foreach (IGrouping<string, CopiedFile> files in report.Copied.GroupBy(file => file.From)) Line($"copied from the {files.Key}: {string.Join(", ", files.Select(file => file.Name))}");
        foreach (string left in report.LeftOut) Line($"not copied: {left}");
        foreach (string warning in receipt.Warnings) Line($"warning: {warning}");

        static void Line(FormattableString text) => Console.Out.WriteLine(FormattableString.Invariant(text));
    }
}
