using System.CommandLine;
using System.Globalization;
using Juxta.Engine;
using Juxta.Eval.Metrics;
using Juxta.Training.Corpora;
using Juxta.Training.Samples;
using Juxta.Workbench;
using Juxta.Workbench.Scoring;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta score</c>: masked loss of given texts.</summary>
internal static class ScoreCommand
{
    const string Teaching = """
        Masked loss of given texts under a model and its adapters: how likely it finds the tokens that carry loss.

        A line of the file is {"ids":[…],"label_mask":[…]} (1 = this token carries loss, given all before it; without a mask all do) or
        {"messages":[{"role","content"}…],"tools":[…]} (the assistant's answers with their ends carry loss, as in training).
        With --json each is answered by {"line","nats","tokens","bytes","loss"}, in order, and the last line is the total:
        {"total":true,"lines","nats","tokens","bytes","loss","perplexity","bits_per_byte"}. nats are the sum of -ln p, loss is nats/tokens,
        bytes are those of the text that the tokens stand for in UTF-8 (null without a tokenizer).
        """;

    public static Command Create()
    {
        var model = new ModelArguments();
        var jsonl = new Option<string>("--jsonl") { Description = "File of texts ('-' = stdin); it is read whole before anything is scored", Required = true, HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "Print a JSON line for each text, then one with the total" };
        var command = new Command("score", Teaching) { jsonl, json };
        model.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            JsonField[] lines = [.. Lines(parsed.GetValue(jsonl)!)];
            if (lines.Length == 0) throw new InputException($"{parsed.GetValue(jsonl)}: there is no line in it to score");
            // Every text is asked for whole: nothing of one begins another's, as in chat.
            await using LoadedModel loaded = await model.OpenAsync(parsed, new EngineOptions { SharePrefixes = false }, cancel);
            var reader = new ScoreLine(loaded.Model);
            (JsonField Line, IReadOnlyList<TrainingSample> Texts)[] texts = [.. lines.Select(line => (line, reader.Read(line)))];
            bool printsJson = parsed.GetValue(json);
            TextLoss total = await ScoreAsync(loaded, texts, printsJson, cancel);
            if (printsJson) JsonLines.Write(new { total = true, lines = lines.Length, total.Nats, total.Tokens, total.Bytes, loss = Metric("loss", total), perplexity = Metric("perplexity", total), bits_per_byte = Metric("bits-per-byte", total) });
            else Print(lines.Length, total);
            return 0;
        });
        return command;
    }

    static IEnumerable<JsonField> Lines(string path)
    {
        if (path != "-" && !File.Exists(path)) throw new InputException($"--jsonl {path}: no such file");
        using Stream stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        foreach (JsonField line in JsonRecords.Read(path == "-" ? "stdin" : Path.GetFileName(path), stream)) yield return line;
    }

    static async Task<TextLoss> ScoreAsync(LoadedModel loaded, (JsonField Line, IReadOnlyList<TrainingSample> Texts)[] texts, bool json, CancellationToken cancel)
    {
        if (Console.IsErrorRedirected) return await ScoreAsync(loaded, texts, json, null, cancel);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await stderr.Progress().AutoClear(true).HideCompleted(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => ScoreAsync(loaded, texts, json, context.AddTask("scoring", maxValue: texts.Sum(t => t.Texts.Sum(s => (double)s.Length))), cancel));
    }

    /// <summary>Asks for every text at once and prints each as soon as those before it are there.</summary>
    static async Task<TextLoss> ScoreAsync(LoadedModel loaded, (JsonField Line, IReadOnlyList<TrainingSample> Texts)[] texts, bool json, ProgressTask? progress, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var scorer = new LossScorer(loaded.Engine, loaded.Adapters, loaded.Model.Tokenizer);
        Task<TextLoss[]>[] asked = [.. texts.Select(text => Task.WhenAll(text.Texts.Select(sample => scorer.ScoreAsync(sample, stop.Token))))];
        TextLoss total = TextLoss.Zero;
        try
        {
            for (int i = 0; i < asked.Length; i++)
            {
                JsonField line = texts[i].Line;
                TextLoss loss = (await Of(line, asked[i])).Aggregate(TextLoss.Zero, (a, b) => a + b);
                if (json) JsonLines.Write(Answer(line, loss));
                total += loss;
                progress?.Increment(texts[i].Texts.Sum(sample => sample.Length));
            }
            return total;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asked).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            scorer.Dispose();
        }
    }

    static async Task<TextLoss[]> Of(JsonField line, Task<TextLoss[]> losses)
    {
        try
        {
            return await losses;
        }
        catch (Exception error) when (error is RequestException or WorkbenchException)
        {
            throw line.Bad(error.Message);
        }
    }

    /// <summary>A line's own id goes with its answer.</summary>
    static Dictionary<string, object?> Answer(JsonField line, TextLoss loss)
    {
        var answer = new Dictionary<string, object?> { ["line"] = line.RecordLine };
        if (line.Find("id") is { } id) answer["id"] = id.Element;
        (answer["nats"], answer["tokens"], answer["bytes"], answer["loss"]) = (loss.Nats, loss.Tokens, loss.Bytes, Metric("loss", loss));
        return answer;
    }

    /// <summary>What a metric makes of a loss; null where it divides by nothing.</summary>
    static double? Metric(string name, TextLoss loss) =>
        loss.Tokens == 0 || (name == "bits-per-byte" && loss.Bytes is null or 0) ? null : MetricTable.Create(name, new Dictionary<string, object?>()).Score([loss.Nats, loss.Tokens, loss.Bytes ?? 0]);

    static void Print(int lines, TextLoss total)
    {
        if (total.Tokens == 0) Console.WriteLine($"no token of {lines} texts carries loss");
        else Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loss {Metric("loss", total):F6} nats/token, perplexity {Metric("perplexity", total):G6}, {BitsPerByte(total)}over {total.Tokens:N0} tokens of {lines:N0} texts"));
    }

    static string BitsPerByte(TextLoss total) => Metric("bits-per-byte", total) is { } bits ? string.Create(CultureInfo.InvariantCulture, $"{bits:F6} bits/byte, ") : "";
}
