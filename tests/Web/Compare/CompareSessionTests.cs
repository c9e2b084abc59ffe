using System.Text.Json.Nodes;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Web.Compare;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.WebTests.Compare;

/// <summary>The Compare page's state over a real workbench with stories260k, without a browser.</summary>
public sealed class CompareSessionTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;

    JuxtaWorkbench Workbench => _workbench!;

    public ValueTask InitializeAsync()
    {
        string broken = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        File.WriteAllText(Path.Combine(broken, "config.json"), "{\"architectures\":[\"NobodyKnows\"]}");
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Fixtures.Require("models", "stories260k"), LongStories.In(_folder), broken, OtherVocabulary()],
            DataFolder = Path.Combine(_folder, "data"),
            OpenAtStart = false,
            Engine = new EngineOptions { Threads = 1 },
        });
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        if (_workbench is not null) await _workbench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task It_begins_with_a_base_and_its_first_adapter_and_says_where_the_answers_part()
    {
        await using CompareSession session = await OpenAsync();
        Assert.Equal([0, 1], session.Columns.Select(column => column.Choice.Adapters.Count));
        await session.ChangeSettingsAsync(_ => Short);
        Guid? id = await session.CompareAsync("Once upon a time");
        Assert.Equal(id, session.Current!.Id);
        await EndedAsync(session);
        Assert.Equal(OutcomeKind.Length, session.Columns[0].Live!.Outcome!.Kind);
        PairView pair = Pair(session, 1);
        Assert.Matches("^(First different token: no. |Token by token the same as A)", pair.Remark);
        Assert.Null(Pair(session, 0).Remark);

        session.Look(AnswerView.Diff);
        for (int column = 0; column < 2; column++)
            Assert.Equal(session.Columns[column].Live!.Text, string.Concat(Pair(session, column).Pieces!.Select(piece => piece.Text)));
        session.MeasureBy(session.Columns[1].Key);
        Assert.Null(Pair(session, 1).Remark);
        Assert.Contains(" B", Pair(session, 0).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_weights_under_another_name_are_compared_token_by_token_too()
    {
        await using CompareSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.ChooseAsync(session.Columns[1].Key, _ => new ModelChoice(LongStories.Name, []));
        await session.CompareAsync("Once upon a time");
        await EndedAsync(session);
        Assert.Equal("Token by token the same as A.", Pair(session, 1).Remark);
    }

    [Fact]
    public async Task Answers_over_other_vocabularies_are_compared_by_their_texts_only()
    {
        await using CompareSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.ChooseAsync(session.Columns[1].Key, _ => new ModelChoice("other", []));
        await session.CompareAsync("Once upon a time");
        await EndedAsync(session);
        session.Look(AnswerView.Diff);
        PairView pair = Pair(session, 1);
        Assert.Equal("Its vocabulary is not that of A: token by token the two cannot be compared.", pair.Remark);
        Assert.DoesNotContain(pair.Pieces!, piece => piece.Fork);
        Assert.Contains(pair.Pieces!, piece => piece.Differs);
    }

    [Fact]
    public async Task A_page_that_comes_back_shows_the_answers_from_their_beginnings_and_stops_them()
    {
        CompareSession left = await OpenAsync();
        foreach (Column column in left.Columns) await left.ChooseAsync(column.Key, _ => new ModelChoice(LongStories.Name, []));
        await left.ChangeSettingsAsync(_ => new ConversationSettings { Stop = new StopOptions { IgnoreEos = true } });
        Guid id = (await left.CompareAsync("Once upon a time"))!.Value;
        Assert.Null(await left.CompareAsync("Once more, too early"));
        await UntilAsync(() => left.Columns.All(column => column.Live?.Text.Length > 50));
        string[] seen = [.. left.Columns.Select(column => column.Live!.Text)];
        await left.DisposeAsync();

        await using CompareSession session = await OpenAsync(id);
        Assert.True(session.Running);
        await UntilAsync(() => session.Columns.Index().All(column => column.Item.Live?.Text.Length > seen[column.Index].Length));
        Assert.All(session.Columns.Index(), column => Assert.StartsWith(seen[column.Index], column.Item.Live!.Text, StringComparison.Ordinal));
        await session.StopAsync();
        await EndedAsync(session);
        Assert.All(session.Columns, column => Assert.Equal(Outcome.Cancelled, column.Live!.Outcome));
    }

    [Fact]
    public async Task A_model_that_cannot_be_read_fails_in_its_column_only()
    {
        await using CompareSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        await session.AddColumnAsync();
        await session.ChooseAsync(session.Columns[2].Key, _ => new ModelChoice("broken", []));
        await session.CompareAsync("Once upon a time");
        await EndedAsync(session);
        Assert.Contains("NobodyKnows", session.Columns[2].Contestant!.Error, StringComparison.Ordinal);
        Assert.NotEmpty(session.Columns[0].Live!.Text);
        Assert.Null(session.Notice);
    }

    [Fact]
    public async Task There_are_two_columns_at_least_and_eight_at_most()
    {
        await using CompareSession session = await OpenAsync();
        for (int i = 0; i < 12; i++) await session.AddColumnAsync();
        Assert.Equal(8, session.Columns.Count);
        Assert.Equal(8, session.Columns.Select(column => column.Key).Distinct().Count());
        session.MeasureBy(session.Columns[^1].Key);
        foreach (Column column in session.Columns) await session.RemoveColumnAsync(column.Key);
        Assert.Equal(2, session.Columns.Count);
        Assert.Null(await session.CompareAsync("  "));
    }

    [Fact]
    public async Task A_comparison_that_is_deleted_elsewhere_leaves_its_columns_without_answers()
    {
        await using CompareSession session = await OpenAsync();
        await session.ChangeSettingsAsync(_ => Short);
        Guid id = (await session.CompareAsync("Once upon a time"))!.Value;
        await EndedAsync(session);
        await Workbench.Comparisons.DeleteAsync(id);
        await UntilAsync(() => session.Current is null && session.List.Count == 0);
        Assert.All(session.Columns, column => Assert.Null(column.Live));
        await session.OpenAsync(id);
        Assert.Equal("Not found", session.Notice!.Title);
        Assert.Equal(2, session.Columns.Count);
    }

    static ConversationSettings Short { get; } = new() { Sampling = SamplingOptions.Greedy, MaxTokens = 8, Stop = new StopOptions { IgnoreEos = true } };

    /// <summary>The same weights, in whose vocabulary two words have changed places.</summary>
    string OtherVocabulary()
    {
        string copy = Path.Combine(_folder, "other");
        Directory.Move(LongStories.In(Directory.CreateDirectory(Path.Combine(_folder, "aside")).FullName), copy);
        string file = Path.Combine(copy, "tokenizer.json");
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(file))!;
        JsonNode vocabulary = tokenizer["model"]!["vocab"]!;
        int there = (int)vocabulary["▁there"]!, was = (int)vocabulary["▁was"]!;
        (vocabulary["▁there"], vocabulary["▁was"]) = (was, there);
        File.WriteAllText(file, tokenizer.ToJsonString());
        return copy;
    }

    static PairView Pair(CompareSession session, int index)
    {
        var pair = new PairView();
        Column column = session.Columns[index];
        pair.Update(session, column, PairView.Partner(session, column), TimeProvider.System, redraw: true);
        return pair;
    }

    async Task<CompareSession> OpenAsync(Guid? id = null)
    {
        var session = new CompareSession(Workbench.Models, Workbench.Comparisons, Workbench.Generations, TimeProvider.System);
        await session.OpenAsync(id);
        return session;
    }

    static Task EndedAsync(CompareSession session) => UntilAsync(() => session.Current is not null && !session.Running && session.Columns.All(column => column.Contestant is not null));

    static async Task UntilAsync(Func<bool> happened, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(happened))] string what = "")
    {
        for (int tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 3000, $"in 30 s it did not come about: {what}");
            await Task.Delay(10);
        }
    }
}
