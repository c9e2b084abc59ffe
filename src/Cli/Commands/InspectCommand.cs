using System.CommandLine;
using Juxta.Engine;
using Juxta.Engine.Chat;
using Juxta.Engine.Generation;
using Juxta.Engine.Lora;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta inspect</c>: what a checkpoint is, where its stops come from, what its adapters do.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var json = new Option<bool>("--json") { Description = "Print one JSON document" };
        var command = new Command("inspect", "Show a checkpoint's family, sizes, stop ids and template, and its adapters' receipts.") { json };
        model.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            await using LoadedModel loaded = await model.OpenAsync(parsed, new EngineOptions { MaxSequences = 1 }, cancel);
            LoraAdapter[] adapters = [.. loaded.Adapters.Select(use => loaded.Engine.Adapters.First(a => a.Name == use.Name))];
            StopIds stops = loaded.Engine.StopIdsOf(loaded.Adapters);
            if (parsed.GetValue(json)) WriteJson(loaded.Model, adapters, stops);
            else Print(loaded.Model, adapters, stops);
            return 0;
        });
        return command;
    }

    /// <summary>Null where there is nothing to compare; a template that does not parse is a warning already.</summary>
    static TemplateComparison? Comparison(LanguageModel model) => model is { Tokenizer: { } tokenizer, ChatTemplate: not null } ? TemplateComparison.Of(tokenizer) : null;

    static void WriteJson(LanguageModel model, LoraAdapter[] adapters, StopIds stops) => JsonLines.Write(new
    {
        model.Folder,
        model.Description,
        model.WeightsHash,
        cache = model.Cache.Name,
        model.CacheTokenBytes,
        stop_ids = stops.Entries,
        generation_defaults = model.GenerationDefaults,
        tokenizer = model.Tokenizer is { } t ? new { vocabulary = t.VocabularySize, t.BosId, t.EosId, t.PadId, t.UnkId } : null,
        chat_template = model.ChatTemplate is not null,
        built_in_format = model.Tokenizer is { } tokenizer ? BuiltInFormat.For(tokenizer)?.Name : null,
        template_differences = Comparison(model)?.Differences,
        warnings = model.Warnings,
        adapters = adapters.Select(a => a.Receipt),
    });

    static void Print(LanguageModel model, LoraAdapter[] adapters, StopIds stops)
    {
        ModelDescription d = model.Description;
        var rows = new List<(DataCell, DataCell)>();
        Row("folder", model.Folder);
        Row("family", $"{d.Family} ({d.Architecture})");
        Row("weights", $"{d.Parameters:N0} parameters in {d.WeightType}{(d.RoundedTo is { } rounding ? $" rounded to {rounding}" : "")}, {d.WeightBytes / 1e6:N0} MB in memory");
        Row("shape", $"{d.Layers} layers, hidden {d.Hidden}, {d.Heads} heads over {d.KvHeads} key/value heads of {d.HeadDim}, vocabulary {d.Vocabulary:N0}, context {d.ContextLength:N0}");
        Row("cache", $"{model.Cache}, {model.CacheTokenBytes / 1e3:N1} kB a token");
        Row("hash", model.WeightsHash);
        Row("tokenizer", model.Tokenizer is { } t ? $"{t.VocabularySize:N0} ids" : "none: only token ids can be given");
        Row("chat template", model.ChatTemplate is null ? "none" : model.Tokenizer?.ChatTemplate is not null ? "the folder's" : $"built in: {BuiltInFormat.For(model.Tokenizer!)!.Name}");
        if (Comparison(model) is { } comparison) Row("", ComparisonText.Summary(comparison));
        foreach (StopId stop in stops.Entries) Row("stop id", $"{stop.Id} {model.Tokenizer?.TokenOf(stop.Id)} from {string.Join(", ", stop.Sources)}");
        foreach (string warning in model.Warnings) Row("warning", warning);
        DataTable.WriteNamed(Terminal.Out, 0, rows);

        foreach (LoraAdapter adapter in adapters)
        {
            AdapterReceipt r = adapter.Receipt;
            Terminal.WriteLine();
            Terminal.WriteLine($"adapter {r.Folder}: {r.Method}, {r.Parameters:N0} parameters; on the probe text it moves a logit by up to {r.ProbeMaxLogitDifference:0.###} and changes the likeliest token at {r.ProbeTopTokenChanged:P0} of positions");
            var modules = new DataTable("module", "change", "rank", "scale", "‖ΔW‖", "‖ΔW‖/‖W‖") { Words = ["change"] };
            foreach (ModuleReceipt m in r.Modules)
                modules.Add(m.Path, m.Change, $"{m.Rank}", $"{m.Scale:0.###}", $"{m.DeltaNorm:0.####}", m.BaseNorm > 0 ? $"{m.DeltaNorm / m.BaseNorm:P2}" : "–");
            modules.Write(Terminal.Out);
        }

        void Row(string name, string value) => rows.Add((name, value));
    }
}
