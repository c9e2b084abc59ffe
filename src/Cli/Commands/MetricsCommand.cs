using System.CommandLine;
using Juxta.Eval.Chinese;
using Juxta.Eval.Metrics;
using Juxta.Eval.Significance;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary><c>juxta metrics</c>: scores of answers that were made elsewhere, with intervals and paired tests.</summary>
internal static class MetricsCommand
{
    const string Teaching = """
        Score answers against references; files have one answer a line (.jsonl: one JSON string a line, null = no reference).

          juxta metrics --metric bleu --hyp answers.txt --ref refs.txt
          juxta metrics --metric bleu --tokenize zh --hyp base.txt --paired tuned.txt --ref refs.txt --json
          juxta metrics --jsonl many.jsonl --json     {"metric":"chrf","options":{"word_order":2},"hypotheses":[…],"references":[[…],[…]]} per line
          juxta metrics --list                        all metrics with their options
        """;

    public static Command Create()
    {
        var metric = new Option<string?>("--metric") { Description = "Which metric; --list shows them", HelpName = "NAME" };
        var hypotheses = new Option<FileInfo?>("--hyp") { Description = "File of answers; in a paired test those of the baseline", HelpName = "FILE" };
        var references = new Option<FileInfo[]>("--ref") { Description = "Files of references, line for line with --hyp", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var paired = new Option<FileInfo[]>("--paired") { Description = "Files of other systems' answers to compare with --hyp", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var test = new Option<string>("--test") { Description = "Paired test: bs (bootstrap) or ar (approximate randomisation)", DefaultValueFactory = _ => "bs", HelpName = "bs|ar" };
        var samples = new Option<int?>("--samples") { Description = "Resamples (1000) or trials of ar (10000)" };
        var seed = new Option<ulong>("--seed") { Description = "Of the random stream, which is numpy's", DefaultValueFactory = _ => Bootstrap.DefaultSeed };
        var confidence = new Option<bool>("--confidence") { Description = "Add a 95 % bootstrap interval" };
        var sentences = new Option<bool>("--sentence-level") { Description = "Add the score of every answer" };
        var jsonl = new Option<string?>("--jsonl") { Description = "File of {\"metric\",\"options\",\"hypotheses\",\"references\"} lines ('-' = stdin); answers {\"score\",\"signature\",…} lines", HelpName = "FILE" };
        var list = new Option<bool>("--list") { Description = "Show all metrics with their options and end" };
        var install = new Option<bool>("--install-jieba") { Description = "Fetch the Chinese dictionary that some metrics need (npm) and end; the first use does so too" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document a line" };
        var options = new MetricsOptions();
        var command = new Command("metrics", Teaching) { metric, hypotheses, references, paired, test, samples, seed, confidence, sentences, jsonl, list, install, json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(list))
            {
                MetricsReport.List(parsed.GetValue(json));
                return 0;
            }
            if (parsed.GetValue(install))
            {
                await JiebaPackages.InstallAsync(cancel);
                Console.Error.WriteLine($"jieba's dictionary is in {JiebaData.Folder}");
                return 0;
            }
            if (parsed.GetValue(jsonl) is { } file)
            {
                await ScoreLinesAsync(file, cancel);
                return 0;
            }
            string name = parsed.GetValue(metric) ?? throw new InputException("metrics: give --metric NAME with --hyp and --ref, or --jsonl FILE; --list shows all metrics");
            FileInfo answers = parsed.GetValue(hypotheses) ?? throw new InputException("metrics: give the answers with --hyp FILE");
            IMetric made = await CreateAsync(name, options.Given(parsed), cancel);
            FileInfo[] others = parsed.GetValue(paired) ?? [];
            var question = new MetricsQuestion(
                made, MetricsFiles.Read(made, [answers, .. others], parsed.GetValue(references) ?? []), parsed.GetValue(sentences),
                MetricsResampling.Of(parsed.GetValue(test)!, others.Length > 0, parsed.GetValue(confidence), parsed.GetValue(samples), parsed.GetValue(seed)));
            MetricsWarnings.Write(question);
            MetricsAnswer answer = Progress(question, cancel);
            if (parsed.GetValue(json)) JsonLines.Write(answer.ToJson(name));
            else MetricsReport.Print(answer, [answers.Name, .. others.Select(o => o.Name)]);
            return 0;
        });
        return command;
    }

    /// <summary>A metric by name; fetches jieba's data the first time that a metric wants it.</summary>
    static async Task<IMetric> CreateAsync(string name, IReadOnlyDictionary<string, object?> options, CancellationToken cancel)
    {
        try
        {
            return MetricTable.Create(name, options);
        }
        catch (JiebaMissingException)
        {
            Console.Error.WriteLine($"juxta: fetching the Chinese dictionary once (npm {JiebaPackages.Dictionary} and {JiebaPackages.Model}, 12 MB, MIT) into {JiebaData.Folder}");
            await JiebaPackages.InstallAsync(cancel);
            return MetricTable.Create(name, options);
        }
    }

    static async Task ScoreLinesAsync(string file, CancellationToken cancel)
    {
        foreach (JsonLine line in JsonLines.Read(file))
        {
            try
            {
                string name = line.Text("metric");
                IMetric metric = await CreateAsync(name, MetricsLine.Options(line), cancel);
                MetricsQuestion question = MetricsLine.Read(line, metric);
                MetricsWarnings.Write(question);
                JsonLines.Write(Progress(question, cancel).ToJson(name));
            }
            catch (MetricException error)
            {
                throw line.Error(error.Message);
            }
        }
    }

    /// <summary>Answers the question, on a terminal with a bar where there is much to do.</summary>
    static MetricsAnswer Progress(MetricsQuestion question, CancellationToken cancel)
    {
        const int worthABar = 2000;
        int answers = question.Systems.Sum(s => s.Length);
        if (Console.IsErrorRedirected || answers < worthABar) return question.Answer(null, cancel);
        IAnsiConsole stderr = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return stderr.Progress().AutoClear(true).Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(question.Metric.Name), maxValue: answers);
            return question.Answer(new Bar(task), cancel);
        });
    }

    sealed class Bar(ProgressTask task) : IProgress<int>
    {
        public void Report(int value) => task.Value = value;
    }
}
