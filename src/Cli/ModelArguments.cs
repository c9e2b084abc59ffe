using System.CommandLine;
using System.Globalization;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;
using Juxta.Workbench.Hub;
using Spectre.Console;

namespace Juxta.Cli;

/// <summary>The options by which commands name a model, its adapters and the engine's size; and opening them with a progress bar.</summary>
internal sealed class ModelArguments
{
    public Option<string> Model { get; } = new("--model", "-m")
    {
        Description = "Checkpoint folder (Hugging Face layout), or OWNER/NAME that juxta pull has brought",
        Required = true,
        HelpName = "DIR|OWNER/NAME",
    };

    public Option<string[]> Adapter { get; } = new("--adapter", "-a")
    {
        Description = "PEFT adapter folder, with an optional scale: DIR or DIR=0.5; may be given several times",
        HelpName = "DIR[=scale]",
    };

    public Option<int> Threads { get; } = new("--threads") { Description = "Threads of a model step; 0 = all processors" };

    public BackendArguments Backend { get; } = new();

    public WeightsArgument Weights { get; } = new();

    public CacheArgument Cache { get; } = new();

    public void AddTo(Command command)
    {
        command.Add(Model);
        command.Add(Adapter);
        command.Add(Threads);
        Backend.AddTo(command);
        command.Add(Weights.Option);
        command.Add(Cache.Option);
    }

    /// <summary>Opens the model and loads the adapters, telling on stderr how far it is.</summary>
    public async Task<LoadedModel> OpenAsync(ParseResult parsed, EngineOptions? options = null, CancellationToken cancel = default)
    {
        int threads = parsed.GetValue(Threads);
        LanguageModel model = await ModelProgress.OpenAsync(Path.GetFullPath(PulledModels.Locate(parsed.GetValue(Model)!)), threads, Backend.Read(parsed), Weights.Of(parsed), Cache.Of(parsed));
        var engine = new InferenceEngine(model, (options ?? new EngineOptions()) with { Threads = threads });
        var uses = new List<AdapterUse>();
        foreach (string argument in parsed.GetValue(Adapter) ?? [])
        {
            (string folder, float scale) = ParseAdapter(argument);
            string name = $"{uses.Count}:{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}";
            LoraAdapter adapter = await engine.LoadAdapterAsync(folder, name, cancel: cancel);
            foreach (string warning in adapter.Receipt.Warnings) Console.Error.WriteLine($"juxta: {folder}: {warning}");
            uses.Add(new AdapterUse(name, scale));
        }
        return new LoadedModel(model, engine, uses);
    }

    /// <summary>Splits DIR=scale. A folder whose own name holds '=' wins when it exists.</summary>
    internal static (string Folder, float Scale) ParseAdapter(string argument)
    {
        int equals = argument.LastIndexOf('=');
        if (equals < 0 || Directory.Exists(argument)) return (argument, 1);
        if (!float.TryParse(argument.AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out float scale) || !float.IsFinite(scale))
            throw new InputException($"--adapter {argument}: '{argument[(equals + 1)..]}' is not a scale; expected DIR or DIR=number, such as adapters/poet=0.5");
        return (argument[..equals], scale);
    }
}

/// <summary>A model with its engine and the adapters that a command line named.</summary>
internal sealed record LoadedModel(LanguageModel Model, InferenceEngine Engine, IReadOnlyList<AdapterUse> Adapters) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        ModelProgress.Close(Model);
    }
}

/// <summary>Opens a model behind a progress bar on stderr (none when stderr is no terminal).</summary>
internal static class ModelProgress
{
    public static async Task<LanguageModel> OpenAsync(string folder, int threads, BackendChoice? backend = null, WeightStorage? weights = null, CacheStorage? cache = null)
    {
        LanguageModel model = await OpenQuietlyAsync(folder, threads, backend, weights, cache);
        if (model.NotKept is { } why) Console.Error.WriteLine($"juxta: {why}");
        return model;
    }

    /// <summary>Closes a model, and says so where that waits for its packed weights.</summary>
    public static void Close(LanguageModel model)
    {
        if (!model.Keeping.IsCompleted) Console.Error.WriteLine("juxta: keeping the packed weights, so that the model opens faster next time (Ctrl-C leaves it)");
        model.Dispose();
    }

    static async Task<LanguageModel> OpenQuietlyAsync(string folder, int threads, BackendChoice? backend, WeightStorage? weights, CacheStorage? cache)
    {
        if (Console.IsErrorRedirected) return LanguageModel.Open(folder, threads, backend: backend, weights: weights, cache: cache);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await stderr.Progress().AutoClear(true).HideCompleted(true).StartAsync(async context =>
        {
            ProgressTask task = context.AddTask($"loading {Markup.Escape(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)))}", maxValue: 1);
            return await Task.Run(() => LanguageModel.Open(folder, threads, new Progress<double>(share => task.Value = share), backend, weights, cache));
        });
    }
}
