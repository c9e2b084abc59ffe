using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Juxta.Eval.Comparison;
using Juxta.Eval.Preferences;
using Juxta.Eval.Ratings;
using Juxta.Eval.Reports;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;
using static Juxta.EvalTests.Comparison.Experiment;
using Experiment = Juxta.Eval.Reports.Experiment;

namespace Juxta.EvalTests.Reports;

public sealed partial class ReportTests
{
    static readonly ComparisonOptions Quick = new() { Resamples = 200, Trials = 500 };

    static readonly string[] Nouns = ["river", "stone", "lamp", "garden", "window", "冬天的河", "letter", "harbour"];

    static readonly (string Id, string Reference, string Tags)[] Sixty =
        [.. Enumerable.Range(0, 60).Select(i => ($"q{i:00}", $"the {Nouns[i % 8]} number {i} is as old as the house on the hill {(i % 3 == 0 ? "and older than the road" : "")}".Trim(), i % 2 == 0 ? "even" : "odd"))];

    static EvalTests.Comparison.Experiment Set() => new(Sixty, ["chrf", "exact-match", "length-ratio"], new { max_target_length = new[] { 16, 64 } });

    /// <summary>Says the reference, and now and then something else; the long one does it better and forgets to stop.</summary>
    static RunRecord Model(EvalTests.Comparison.Experiment set, string name, int wrongEvery, int endlessEvery, double nats) => set.Run(name, (setting, i) =>
    {
        string text = i % wrongEvery == 0 ? Sixty[i].Reference.Replace("old", "new", StringComparison.Ordinal).Replace("the hill", "a plain", StringComparison.Ordinal) : Sixty[i].Reference;
        bool endless = setting == 0 && i % endlessEvery == 0;
        return Said(endless ? text + " and so on and so on" : text, endless ? "length" : "eos:2") with { Nats = nats + i % 5, LossTokens = 10, LossBytes = 40, CompletionTokens = endless ? 16 : 12 };
    });

    static void Train(RunRecord run, double from, double rate)
    {
        string folder = Directory.CreateDirectory(Path.Combine(run.Folder, "training", $"0-{run.Manifest.Model.Adapters[0].Name}")).FullName;
        File.WriteAllText(Path.Combine(folder, "trainer_state.json"), JsonSerializer.Serialize(new
        {
            log_history = Enumerable.Range(1, 40).Select(step => (object)new { step = step * 10, loss = from * Math.Exp(-step * rate) + 0.8 + 0.05 * Math.Sin(step * 1.7) })
                .Concat(Enumerable.Range(1, 4).Select(k => (object)new { step = k * 100, eval_loss = from * Math.Exp(-k * 10 * rate) + 1.0 })),
        }));
    }

    static Experiment Example(EvalTests.Comparison.Experiment set)
    {
        RunRecord shorter = Model(set, "short", 2, 7, 12), longer = Model(set, "long", 6, 5, 9);
        Train(shorter, 3, 0.08);
        Train(longer, 3, 0.12);
        Vote[] votes = [.. Enumerable.Range(0, 40).Select(i => new Vote("long", "short", i % 4 == 0 ? Verdict.B : i % 10 == 1 ? Verdict.Tie : Verdict.A) { Item = $"words/q{i:00}", Annotator = $"a{i % 3}" })];
        return Experiment.Of([shorter, longer], votes, Quick, cancel: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void The_same_runs_give_the_same_bytes_in_every_culture_and_every_form()
    {
        using EvalTests.Comparison.Experiment set = Set();
        Experiment one = Example(set);
        (string, string, string) Forms(Experiment experiment) => (HtmlReport.Of(experiment.ToReport()), MarkdownReport.Of(experiment.ToReport()), ReportJson.Of(experiment, experiment.ToReport()));
        var first = Forms(one);
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture.NumberFormat.NegativeSign = "~";
            Assert.Equal(first, Forms(Experiment.Of([.. one.Runs.Select(run => RunRecord.Open(run.Run.Folder))], [.. one.Votes.Select(v => new Vote(v.A, v.B, v.Verdict) { Item = v.Item, Annotator = v.Annotator })], Quick, cancel: TestContext.Current.CancellationToken)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void It_says_who_is_better_by_how_much_and_with_what_evidence()
    {
        using EvalTests.Comparison.Experiment set = Set();
        Experiment experiment = Example(set);
        // Exact match under 64: 30 of 60 and 50 of 60; 12 tests were made.
        Conclusion plain = experiment.Conclusions[1];
        Assert.Equal((Winner.CandidateBetter, "long is better than short with target ≤ 64."), (plain.Winner, plain.Text));
        Assert.Contains(plain.Evidence, e => e.StartsWith("exact-match: better, 50.00 → 83.33 (+33.33, 95 % interval +", StringComparison.Ordinal) && e.Contains("samples won, 0 lost", StringComparison.Ordinal));
        Assert.Equal(14, experiment.Comparison!.Differences.Count);
        Report report = experiment.ToReport("A title");
        Assert.Equal(["conclusion", "setting", "scores", "differences", "ends", "curves", "people", "correlation", "groups", "samples", "method"], report.Sections.Select(s => s.Id));
        ReportText people = Assert.IsType<ReportText>(report.Sections.Single(s => s.Id == "people").Blocks[0]);
        Assert.StartsWith("People prefer long: 26 of 36 decided votes went to long, 72.2 % (", people.Text);
        Assert.StartsWith("40 votes on 40 items by 3 named annotators. ", Assert.IsType<ReportText>(report.Sections.Single(s => s.Id == "people").Blocks[^1]).Text);
        // Every vote is on an answered sample: exact match is right for long on half of the even ones.
        PeopleCorrelation exact = experiment.Correlations.Single(c => c.Key == "exact-match");
        Assert.Equal((40, 40), (exact.Found.Items, exact.Found.Votes));
        Assert.InRange(exact.Found.Agreement.Value, exact.Found.Agreement.Low, exact.Found.Agreement.High);
        LineChart curves = Assert.IsType<LineChart>(report.Sections.Single(s => s.Id == "curves").Blocks[0]);
        Assert.Equal([("short, training", 40), ("short, validation", 4), ("long, training", 40), ("long, validation", 4)], curves.Series.Select(s => (s.Name, s.Points.Count)));
        ShareChart ends = Assert.IsType<ShareChart>(report.Sections.Single(s => s.Id == "ends").Blocks[0]);
        Assert.Equal(("short, target ≤ 16", 51L, 9L), (ends.Bars[0].Name, ends.Bars[0].Counts[0], ends.Bars[0].Counts[1]));
    }

    [Fact]
    public void One_vote_is_no_plural_and_decides_nothing()
    {
        using EvalTests.Comparison.Experiment set = Set();
        Experiment experiment = Experiment.Of([Model(set, "short", 2, 7, 12), Model(set, "long", 6, 5, 9)], [new Vote("long", "short", Verdict.A) { Item = "words/q01", Annotator = "a" }], Quick, cancel: TestContext.Current.CancellationToken);
        IReadOnlyList<ReportBlock> people = experiment.ToReport().Sections.Single(s => s.Id == "people").Blocks;
        Assert.StartsWith("The votes do not say which people prefer: 1 of 1 decided votes went to long", Assert.IsType<ReportText>(people[0]).Text);
        Assert.StartsWith("1 vote on 1 item by 1 named annotator. ", Assert.IsType<ReportText>(people[^1]).Text);
    }

    [Fact]
    public void Without_a_significant_difference_it_says_so_plainly()
    {
        using EvalTests.Comparison.Experiment set = Set();
        Experiment experiment = Experiment.Of([Model(set, "a", 4, 7, 9), Model(set, "b", 4, 9, 9)], null, Quick, cancel: TestContext.Current.CancellationToken);
        Conclusion conclusion = experiment.Conclusions[0];
        Assert.Equal(Winner.Undecided, conclusion.Winner);
        Assert.Equal("It cannot be told which of a and b is better with target ≤ 16: no difference is significant.", conclusion.Text);
        Assert.Contains(conclusion.Evidence, e => e.Contains("by chance", StringComparison.Ordinal));
        Assert.Contains(conclusion.Evidence, e => e.Contains("That is no proof that there is none", StringComparison.Ordinal));
        Assert.Equal("All scores are the same.", experiment.Conclusions[1].Evidence[0]);
    }

    [Fact]
    public void Better_by_one_metric_and_worse_by_another_is_mixed()
    {
        using EvalTests.Comparison.Experiment set = Set();
        RunRecord right = set.Run("right", (_, i) => Said(Sixty[i].Reference, "length")), wrong = set.Run("wrong", (_, i) => Said("no"));
        Conclusion conclusion = Experiment.Of([wrong, right], null, Quick, cancel: TestContext.Current.CancellationToken).Conclusions[0];
        Assert.Equal(Winner.Mixed, conclusion.Winner);
        Assert.StartsWith("right is better than wrong by chrf, exact-match and worse by did-not-stop", conclusion.Text);
    }

    [Fact]
    public void A_single_run_has_scores_ends_and_samples_but_no_conclusion()
    {
        using EvalTests.Comparison.Experiment set = Set();
        Report report = Experiment.Of([Model(set, "alone", 4, 7, 9)], null, Quick, cancel: TestContext.Current.CancellationToken).ToReport();
        Assert.Equal(["setting", "scores", "ends", "samples", "method"], report.Sections.Select(s => s.Id));
        Assert.Equal("alone on words", report.Title);
    }

    [Fact]
    public void The_page_is_whole_and_loads_nothing()
    {
        using EvalTests.Comparison.Experiment set = Set();
        string html = HtmlReport.Of(Example(set).ToReport());
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotMatch("(src|href)=\"(?!#)", html);
        Assert.DoesNotContain("NaN", html);
        // Void tags closed and the doctype taken off, it is well-formed XML: every element is closed where it should be.
        string xml = VoidTags().Replace(html[(html.IndexOf('\n') + 1)..], "<$1/>");
        XElement page = XElement.Parse(xml);
        Assert.Equal(11, page.Descendants("section").Count());
        Assert.Equal(4, page.Descendants("polyline").Count());
    }

    [Fact]
    public void What_models_and_people_wrote_is_text_and_nothing_else()
    {
        (string, string, string)[] bad = [.. Injections.Markup.Select((text, i) => ($"s{i}", text, $"t<b>{i % 2}"))];
        using var set = new EvalTests.Comparison.Experiment(bad, ["chrf"]);
        RunRecord Answering(string model, int skip) => set.Run(model, (_, i) => Said(Injections.Markup[(i + skip) % Injections.Markup.Count] + "\u202Eabc\u0007\n```\n# x"));
        Report report = Experiment.Of([Answering("a<i>", 0), Answering("b`|", 1)], null, Quick, cancel: TestContext.Current.CancellationToken).ToReport("<script>");
        string html = HtmlReport.Of(report), markdown = MarkdownReport.Of(report);
        string[] known = ["html", "head", "meta", "title", "style", "body", "header", "h1", "p", "nav", "a", "main", "section", "h2", "div", "ul", "li", "table", "caption", "thead", "tr", "th", "tbody", "td", "figure", "figcaption", "span", "svg", "line", "circle", "rect", "text", "article", "h3", "dl", "dt", "dd", "small", "del", "ins"];
        Assert.Empty(Tags().Matches(html).Select(m => m.Groups[1].Value).Distinct().Except(known));
        Assert.DoesNotMatch("<[^>]*\\son[a-z]+=", html);
        Assert.DoesNotContain('\u202E', html + markdown);
        Assert.DoesNotContain('\u0007', html + markdown);
        Assert.Contains("⟨U+202E⟩", html);
        Assert.DoesNotContain("\n# x\n```\n", markdown.Replace("````", "", StringComparison.Ordinal)); // the answer's own fence does not end the block
        Assert.Contains("# &lt;script>", markdown);
    }

    [Fact]
    public void Votes_on_other_models_are_refused_when_there_are_no_others()
    {
        using EvalTests.Comparison.Experiment set = Set();
        RunRecord[] runs = [Model(set, "a", 4, 7, 9), Model(set, "b", 4, 8, 9)];
        Assert.Contains("none of the 1 votes is between the models of the runs (a, b)", Assert.Throws<SuiteException>(() => Experiment.Of(runs, [new Vote("x", "y", Verdict.A)], Quick)).Message);
        Assert.Contains("needs a run", Assert.Throws<SuiteException>(() => Experiment.Of([])).Message);
    }

    [Fact]
    public void Figures_are_written_with_the_digits_that_tell_them_apart()
    {
        Assert.Equal((4, 3, 2), (ReportNumbers.Decimals(0.5, -1.2), ReportNumbers.Decimals(5), ReportNumbers.Decimals(5, 31)));
        Assert.Equal(("+0.50", "−0.50", "0.00", "0.00"), (ReportNumbers.Signed(0.5, 2), ReportNumbers.Signed(-0.5, 2), ReportNumbers.Signed(-0.001, 2), ReportNumbers.Signed(0, 2)));
        Assert.Equal(("< 0.0001", "0.0020", "0.050", "1.000"), (ReportNumbers.P(0.00009), ReportNumbers.P(0.002), ReportNumbers.P(0.05), ReportNumbers.P(1)));
        Assert.Equal("none", ReportNumbers.Score(double.NaN, 2));
        Assert.Equal([0.0, 100, 200, 300, 400], SvgLines.Ticks(0, 400, 6).Where(t => t % 100 == 0));
        Assert.Equal([0.8, 1.0, 1.2], SvgLines.Ticks(0.85, 1.15, 2));
    }

    [GeneratedRegex("<(meta [^>]*)>")]
    private static partial Regex VoidTags();

    [GeneratedRegex("<([a-zA-Z][a-zA-Z0-9]*)")]
    private static partial Regex Tags();
}
