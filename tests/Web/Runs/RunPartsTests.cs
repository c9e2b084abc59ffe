using Juxta.Eval.Comparison;
using Juxta.Eval.Differences;
using Juxta.Eval.Runs;
using Juxta.Eval.Suites;
using Juxta.Tests;
using Juxta.Web.Runs;
using Juxta.Workbench;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Juxta.WebTests.Runs;

/// <summary>Components as the HTML they become.</summary>
public sealed class RunPartsTests : IDisposable
{
    readonly WrittenRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Fact]
    public async Task A_sample_is_shown_with_prompt_reference_answer_and_scores_and_an_answer_is_never_markup()
    {
        _runs.Write("one", (_, i) => ("**red** <script>alert(1)</script>", "stop_id:7"), samples: 2);
        using var session = new RunSession(_runs.Library, TimeProvider.System);
        await session.OpenAsync("one", 0);
        string html = await RenderAsync<SampleView>(new() { ["Session"] = session, ["Row"] = session.Find("s1") });
        foreach (string shown in (string[])["Sample s1", "Question 1", "red ball 1", "<strong>red</strong> &lt;script&gt;", "stopped (stop_id:7)", "<dd>0.0000</dd>"])
            Assert.Contains(shown, html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_that_was_cut_is_shown_as_the_model_got_it()
    {
        _runs.Write("one", (_, _) => ("red", "eos:2"), samples: 2);
        using var session = new RunSession(_runs.Library, TimeProvider.System);
        await session.OpenAsync("one", 0);
        SampleRow whole = session.Find("s1")!;
        SampleRow cut = whole with { Result = whole.Result! with { Prompt = [new(EvalMessage.User, "Quest")], CutTokens = 3 } };
        string html = await RenderAsync<SampleView>(new() { ["Session"] = session, ["Row"] = cut });
        Assert.Contains("<div class=\"verbatim\">Quest</div>", html, StringComparison.Ordinal);
        Assert.Contains("3 tokens of the set’s prompt were cut", System.Net.WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("were cut", await RenderAsync<SampleView>(new() { ["Session"] = session, ["Row"] = whole }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_and_its_interval_are_rounded_alike() =>
        Assert.Equal(("12.35", "0.52"), ScoreText.WithInterval(12.3456, new(12.3, 0.5234)));

    [Fact]
    public async Task Scores_stand_with_interval_samples_and_signature()
    {
        _runs.Write("one", (_, i) => ($"red ball {i % 2}", "eos:2"), samples: 4);
        RunScores scores = await _runs.Library.ScoresAsync("one");
        string html = await RenderAsync<ScoreTable>(new() { ["Scores"] = scores.Settings[0] });
        MetricScore chrf = scores.Settings[0].Find("chrf")!;
        foreach (string shown in (string[])[ScoreText.Of(chrf.Score), ScoreText.Of(chrf.Interval.Low), chrf.Signature, "higher is better", "lower is better"])
            Assert.Contains(shown, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bar_says_what_it_shows_and_its_parts_fill_it()
    {
        _runs.Write("one", (setting, i) => i == 3 ? (null, "") : ("x", i == 0 ? "length" : "eos:2"), samples: 4);
        RunRecord run = await _runs.Library.OpenAsync("one");
        string html = await RenderAsync<ShareBar>(new() { ["Parts"] = ShareBar.Of(4, run.Of(0)), ["Legend"] = true });
        Assert.Contains("aria-label=\"2 stopped, 1 cut for length, 1 not answered\"", html, StringComparison.Ordinal);
        Assert.Contains("x=\"500\" y=\"0\" width=\"250\"", html, StringComparison.Ordinal);
        Assert.Contains("25 %", html, StringComparison.Ordinal);
        Assert.Contains("aria-label=\"nothing yet\"", await RenderAsync<ShareBar>(new() { ["Parts"] = ShareBar.Of(0, []) }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interval_is_drawn_around_zero_and_said()
    {
        string html = await RenderAsync<IntervalMark>(new() { ["Value"] = 1.0, ["Low"] = -0.5, ["High"] = 2.0 });
        Assert.Contains("aria-label=\"difference &#x2B;1.0000, 95 % interval &#x2212;0.5000 to &#x2B;2.000\"", html, StringComparison.Ordinal);
        Assert.Contains("x1=\"-23.5\" y1=\"12\" x2=\"94\"", html, StringComparison.Ordinal);
        Assert.Contains("cx=\"47\"", html, StringComparison.Ordinal);
        Assert.Contains("cx=\"0\"", await RenderAsync<IntervalMark>(new() { ["Value"] = 0.0, ["Low"] = 0.0, ["High"] = 0.0 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pair_shows_what_each_says_alone_where_their_tokens_part_and_who_scores_better()
    {
        _runs.Write("base", (_, i) => ($"red ball {i}", "eos:2"), samples: 4);
        _runs.Write("other", (_, i) => ($"red <b>cube</b> {i}", "length"), samples: 4);
        await using JuxtaWorkbench workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true, OpenAtStart = false });
        var session = new RunComparisonSession(_runs.Library, workbench.Models);
        await session.OpenAsync(["base", "other"], 0, 1);
        string pair = await RenderAsync<AnswerPair>(new() { ["Session"] = session, ["Pair"] = session.Find("s2") });
        foreach (string shown in (string[])["<del>ball</del>", "&lt;b&gt;", "First different token: no. 5.", "cut for length (length)", "worse"])
            Assert.Contains(shown, pair, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", pair, StringComparison.Ordinal);
        string facts = await RenderAsync<FactTable>(new() { ["Comparison"] = session.Comparison });
        Assert.Contains("differs", facts, StringComparison.Ordinal);
        Assert.DoesNotContain("and should not", facts, StringComparison.Ordinal);
        string differences = await RenderAsync<DifferenceTable>(new() { ["Differences"] = session.Differences });
        Assert.Contains("aria-label=\"4 worse\"", differences, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_shortens_hashes_and_keeps_them_whole_beside()
    {
        _runs.Write("one", (_, _) => ("x", "eos:2"), samples: 2);
        ManifestFact[] facts = [.. ManifestFact.Of((await _runs.Library.OpenAsync("one")).Manifest)];
        ManifestFact weights = facts.Single(fact => fact.Name == "Weights");
        Assert.Equal((13, 64), (weights.Value.Length, weights.Whole!.Length));
        Assert.Contains(facts, fact => fact is { Name: "Settings", Value: "target ≤ 4 · target ≤ 16" });
        Assert.Contains(facts, fact => fact is { Name: "temperature", Value: "0" });
    }

    [Fact]
    public void Answers_are_compared_by_characters_where_that_is_asked_for()
    {
        TextDiff diff = TextDiff.Compare("colour", "color", characters: true);
        Assert.Equal("colo[u]r", string.Concat(diff.Left.Select(span => span.Kind is DiffKind.Same ? span.Text : $"[{span.Text}]")));
        Assert.Equal("color", string.Concat(diff.Right.Select(span => span.Text)));
        Assert.Equal("colour", TextDiff.Compare("colour", "color").Left.Single(span => span.Kind is DiffKind.OnlyLeft).Text);
    }

    static async Task<string> RenderAsync<T>(Dictionary<string, object?> parameters) where T : IComponent
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<ILoggerFactory>());
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(parameters))).ToHtmlString());
    }
}
