using System.Diagnostics;
using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.WorkbenchTests.Generation;

/// <summary>A process is killed with SIGKILL in mid-stream; the next one finds what had been written.</summary>
public sealed class KilledProcessTests : IDisposable
{
    const string DataVariable = "JUXTA_TEST_KILLED_DATA";
    const int Together = 8;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_dash_9_in_mid_stream_leaves_what_had_been_written()
    {
        await KillOnceAsync(nameof(AnswerWithoutEnd), db => StepsOnDisk(db) >= 2 * StepWriter.Batch);

        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.FullPath });
        GenerationRecord record = await workbench.Generations.GetAsync(Guid.Parse(await File.ReadAllTextAsync(_folder.File("opened"))));
        Assert.Equal("cancelled:server stopped", record.Outcome!.ToString());
        Assert.True(record.Ids.Count >= 2 * StepWriter.Batch);
        Assert.Equal(Enumerable.Range(0, record.Ids.Count), record.Ids);
        Assert.Equal(string.Concat(record.Ids.Select(Word)), record.Text);
    }

    [Fact]
    public async Task Kill_dash_9_among_many_answers_of_a_real_model_leaves_each_as_far_as_it_was_written()
    {
        LongStories.CopyTo(_folder.FullPath);
        await KillOnceAsync(nameof(ManyConversations), db => db.Generations.ToList().Count == Together && StepsOnDisk(db) > 1000);

        await using var workbench = JuxtaWorkbench.Open(Options(_folder.FullPath));
        IReadOnlyList<ConversationSummary> conversations = await workbench.Conversations.ListAsync();
        Assert.Equal(Together, conversations.Count);
        List<GenerationRecord> records = [];
        foreach (ConversationSummary summary in conversations)
        {
            Message answer = (await workbench.Conversations.GetAsync(summary.Id)).Messages[1];
            Assert.Equal(GenerationArchive.ServerStopped, answer.Answer!.Outcome);
            records.Add(await workbench.Generations.GetAsync(answer.Answer.GenerationId));
            Assert.Equal(records[^1].Text, answer.Content);
        }
        GenerationRecord longest = records.MaxBy(record => record.Ids.Count)!;
        Assert.All(records, record => Assert.Equal(longest.Ids.Take(record.Ids.Count), record.Ids));
        Assert.Equal("same", (await workbench.Generations.ReplayAsync(longest.Id)).ToString());
    }

    [Fact]
    public async Task Kill_dash_9_loses_no_change_that_was_acknowledged()
    {
        string acknowledged = _folder.File("acknowledged");
        await KillOnceAsync(nameof(ChangesWithoutEnd), _ => File.Exists(acknowledged) && File.ReadAllLines(acknowledged).Length >= 40);

        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.FullPath });
        ConversationSummary summary = Assert.Single(await workbench.Conversations.ListAsync());
        // A line is written after its change; the change after the last line may be there or not.
        string[] lines = [.. File.ReadAllText(acknowledged).Split('\n').SkipLast(1)];
        HashSet<string> there = [.. (await workbench.Conversations.TreeAsync(summary.Id)).Select(node => node.Start)];
        HashSet<string> presets = [.. (await workbench.Presets.ListAsync()).Select(preset => preset.Name)];
        Assert.All(lines, line => Assert.True(line[0] == 'p' ? presets.Contains(line) : there.Contains(line), line));
        int round = lines.Count(line => line[0] == 's');
        string shown = (await workbench.Conversations.GetAsync(summary.Id)).Messages[^1].Content;
        Assert.Contains(shown, new[] { $"s{round - 1}", $"a{round}", $"e{round}", $"s{round}" });
    }

    /// <summary>The process that is killed: adds, edits, selects, saves presets, and notes each change when it is acknowledged.</summary>
    [Fact(Explicit = true)]
    public async Task ChangesWithoutEnd()
    {
        string data = Data();
        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
        Conversations conversations = workbench.Conversations;
        Guid id = (await conversations.CreateAsync(new ConversationSettings())).Id;
        await File.WriteAllTextAsync(Path.Combine(data, "opened"), "");
        for (int round = 0; ; round++)
        {
            Guid added = await conversations.AddAsync(id, Roles.User, $"a{round}");
            Note($"a{round}");
            await conversations.EditAsync(id, added, $"e{round}", answer: false);
            Note($"e{round}");
            await workbench.Presets.SaveAsync(new Preset { Name = $"p{round}" });
            Note($"p{round}");
            await conversations.SelectAsync(id, added);
            await conversations.AddAsync(id, Roles.Assistant, $"s{round}");
            Note($"s{round}");
        }

        void Note(string change) => File.AppendAllText(Path.Combine(data, "acknowledged"), change + "\n");
    }

    /// <summary>The process that is killed: writes an answer that never ends.</summary>
    [Fact(Explicit = true)]
    public async Task AnswerWithoutEnd()
    {
        string data = Data();
        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
        var engine = new ScriptedEngine();
        Guid id = await workbench.Generations.StartAsync(ScriptedEngine.Value, engine.Stream, null);
        await File.WriteAllTextAsync(Path.Combine(data, "opened"), id.ToString());
        for (int i = 0; ; i++)
        {
            engine.Say(i, Word(i));
            await Task.Delay(5);
        }
    }

    /// <summary>The process that is killed: several people talk with a model at the same time.</summary>
    [Fact(Explicit = true)]
    public async Task ManyConversations()
    {
        string data = Data();
        await using var workbench = JuxtaWorkbench.Open(Options(data));
        await File.WriteAllTextAsync(Path.Combine(data, "opened"), "");
        var settings = new ConversationSettings { Sampling = SamplingOptions.Greedy, Seed = 1, Stop = new StopOptions { IgnoreEos = true } };
        await Task.WhenAll(Enumerable.Range(0, Together).Select(async person =>
        {
            Guid id = (await workbench.Conversations.CreateAsync(settings, $"Person {person}")).Id;
            SentMessage sent = await workbench.Conversations.SendAsync(id, "Once upon a time");
            await foreach (GenerationStep _ in workbench.Generations.FollowAsync(sent.GenerationId)) { }
        }));
    }

    /// <summary>Runs one of the above in a process of its own and kills it when the database looks as wanted.</summary>
    async Task KillOnceAsync(string method, Func<JuxtaDb, bool> ready)
    {
        var start = new ProcessStartInfo("dotnet",
            [typeof(KilledProcessTests).Assembly.Location, "--explicit", "only", "--filter-method", $"{typeof(KilledProcessTests).FullName}.{method}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[DataVariable] = _folder.FullPath;
        using Process victim = Process.Start(start)!;
        Task<string> output = victim.StandardOutput.ReadToEndAsync();
        _ = victim.StandardError.ReadToEndAsync();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            while (!Ready())
            {
                if (victim.HasExited) Assert.Fail("the process that was to be killed ended by itself: " + await output);
                await Task.Delay(20, patience.Token);
            }
            Assert.Contains("in use by another juxta", Assert.Throws<WorkbenchException>(() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.FullPath })).Message);
        }
        finally
        {
            victim.Kill();
            await victim.WaitForExitAsync();
        }

        bool Ready()
        {
            if (!File.Exists(_folder.File("opened"))) return false;
            using var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("juxta.db")));
            return ready(db);
        }
    }

    static WorkbenchOptions Options(string data) =>
        new() { DataFolder = data, Models = [Path.Combine(data, "stories260k")], Engine = new EngineOptions { Threads = 1, CacheTokens = 16384 * Together } };

    static string Data() => Environment.GetEnvironmentVariable(DataVariable) ?? throw new InvalidOperationException("not to be run by hand");

    static int StepsOnDisk(JuxtaDb db) => db.Steps.AsNoTracking().AsEnumerable().Sum(row => StoredJson.ReadSteps(row.Steps, row.Start).Count());

    static string Word(int i) => $"{i} ";
}
