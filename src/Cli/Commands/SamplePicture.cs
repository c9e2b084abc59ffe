using Juxta.Engine.Tokenization;
using Juxta.Training.Preview;
using Juxta.Training.Samples;
using Spectre.Console;

namespace Juxta.Cli.Commands;

/// <summary>Samples in the terminal: text coloured by its author, underlined where it carries loss. Where there are no colours, ⟦…⟧ stands around that.</summary>
internal sealed class SamplePicture(Tokenizer tokenizer, bool json, int show) : IDisposable
{
    static readonly (string Author, Color Color)[] Inks =
    [
        ("system", Color.Purple), ("user", Color.Blue), ("assistant", Color.Green), ("tool", Color.Olive), ("observation", Color.Olive), (PaintedToken.Template, Color.Grey),
        (PaintedToken.Data, Color.Teal), (PaintedToken.Added, Color.Maroon), (PaintedToken.PlainText, Color.Green),
    ];

    readonly IAnsiConsole _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
    readonly HashSet<string> _seen = [];
    int _shown;

    bool Colours => _console.Profile.Capabilities.Ansi && !Console.IsOutputRedirected;

    public void Show(SampledRecord record)
    {
        if (record.Refusal is { } refusal)
        {
            if (json) JsonLines.Write(new { record.Record.File, record.Record.Line, Error = refusal });
            else Console.Out.WriteLine($"{record.Record.Place}: refused: {refusal}\n");
        }
        for (int i = 0; i < record.Samples.Count; i++)
        {
            if (json) Write(record, i);
            else if (_shown++ < show) Paint(record, record.Samples[i]);
        }
    }

    public void Show(string file, SampleTotals totals, Packs? packs)
    {
        if (json)
        {
            JsonLines.Write(new
            {
                File = file,
                Totals = new { totals.Records, totals.Refused, totals.Samples, totals.Tokens, totals.LossTokens, totals.Longest, totals.Shortened, totals.Cuts, Packs = packs },
            });
            return;
        }
        if (_seen.Count > 0) Legend();
        Console.Out.WriteLine($"{file}: {totals.Records} records, {totals.Samples} samples, {totals.Tokens} tokens, {totals.LossTokens} with loss{Share(totals.LossTokens, totals.Tokens)}, longest {totals.Longest}");
        if (totals.Refused > 0) Console.Out.WriteLine($"  refused: {totals.Refused} of {totals.Records} records");
        if (totals.Shortened > 0) Console.Out.WriteLine($"  cut: {totals.Shortened} of {totals.Samples} samples, {Cut(totals.Cuts)}");
        if (packs is not null) Console.Out.WriteLine($"  packed: {packs.Count} samples of {packs.Length} tokens, {Percent(totals.Tokens, (long)packs.Count * packs.Length)} filled");
        Console.Out.WriteLine();
    }

    public void Dispose() => Console.Out.Flush();

    static void Write(SampledRecord record, int index)
    {
        TrainingSample sample = record.Samples[index];
        JsonLines.Write(new
        {
            record.Record.File,
            record.Record.Line,
            Sample = index,
            sample.Ids,
            sample.Labels,
            Authors = sample.Authors.Select(author => PaintedToken.AuthorName(author, record.Record.Dialogue)),
            Messages = sample.Authors,
            sample.PrefixLength,
            Position = sample.TwoDimensional?.Position,
            Block = sample.TwoDimensional?.Block,
            Tokens = sample.Length,
            sample.LossTokens,
            sample.Cuts,
            sample.Remarks,
        });
    }

    void Paint(SampledRecord record, TrainingSample sample)
    {
        Console.Out.WriteLine($"{record.Record.Place}: {sample.Length} tokens, {sample.LossTokens} with loss{Share(sample.LossTokens, sample.Length)}{(sample.PrefixLength > 0 ? $", {sample.PrefixLength} seen both ways" : "")}");
        if (sample.Cuts.Any) Console.Out.WriteLine($"  cut: {Cut(sample.Cuts)}");
        foreach (string remark in sample.Remarks) Console.Out.WriteLine($"  {remark}");
        foreach ((string text, string author, bool loss) in PaintedToken.Stretches(PaintedToken.Of(tokenizer, record.Record, sample)))
        {
            _seen.Add(author);
            // Escape sequences in a corpus must not reach the terminal.
            string plain = string.Concat(text.Select(unit => char.IsControl(unit) && unit is not ('\n' or '\t') ? '\uFFFD' : unit));
            if (Colours) _console.Write(new Text(plain, Ink(author, loss)));
            else Console.Out.Write(loss ? $"⟦{plain}⟧" : plain);
        }
        Console.Out.WriteLine("\n");
    }

    void Legend()
    {
        if (!Colours)
        {
            Console.Out.WriteLine("⟦…⟧ carries loss");
            return;
        }
        foreach ((string author, _) in Inks.Where(ink => _seen.Contains(ink.Author)))
        {
            _console.Write(new Text(author, Ink(author, loss: false)));
            Console.Out.Write("  ");
        }
        _console.Write(new Text("carries loss", new Style(decoration: Decoration.Bold | Decoration.Underline)));
        Console.Out.WriteLine();
    }

    static Style Ink(string author, bool loss) => new(
        Inks.Where(ink => ink.Author == author).Select(ink => (Color?)ink.Color).FirstOrDefault(), decoration: loss ? Decoration.Bold | Decoration.Underline : Decoration.None);

    static string Cut(SampleCuts cuts) =>
        $"{cuts.SourceTokens} tokens before answers, {cuts.AnswerTokens} of answers, {cuts.Answers} answers whole, {cuts.EndTokens} end tokens";

    static string Share(long part, long whole) => whole == 0 ? "" : $" ({Percent(part, whole)})";

    static string Percent(long part, long whole) => whole == 0 ? "0 %" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.#} %");
}
