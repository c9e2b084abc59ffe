using System.Diagnostics;
using Juxta.Workbench;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.WorkbenchTests.Generation;

public sealed class KilledProcessTests : IDisposable
{
    const string DataVariable = "JUXTA_TEST_KILLED_DATA";

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Kill_dash_9_in_mid_stream_leaves_what_had_been_written()
    {
        var start = new ProcessStartInfo("dotnet",
            [typeof(KilledProcessTests).Assembly.Location, "--explicit", "only", "--filter-method", $"{typeof(KilledProcessTests).FullName}.{nameof(Victim)}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[DataVariable] = _folder.FullPath;
        using Process victim = Process.Start(start)!;
        _ = victim.StandardOutput.ReadToEndAsync();
        _ = victim.StandardError.ReadToEndAsync();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (StepsOnDisk() < 2 * StepWriter.Batch)
            {
                Assert.False(victim.HasExited, "the process that was to be killed ended by itself");
                await Task.Delay(20, patience.Token);
            }
            var taken = Assert.Throws<WorkbenchException>(() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.FullPath }));
            Assert.Contains("in use by another juxta", taken.Message);
        }
        finally
        {
            victim.Kill();
            await victim.WaitForExitAsync();
        }

        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.FullPath });
        Guid id = Guid.Parse(await File.ReadAllTextAsync(_folder.File("id")));
        GenerationRecord record = await workbench.Generations.GetAsync(id);
        Assert.Equal("cancelled:server stopped", record.Outcome!.ToString());
        Assert.True(record.Ids.Count >= 2 * StepWriter.Batch);
        Assert.Equal(Enumerable.Range(0, record.Ids.Count), record.Ids);
        Assert.Equal(string.Concat(record.Ids.Select(Word)), record.Text);
    }

    /// <summary>The process that is killed: writes an answer that never ends.</summary>
    [Fact(Explicit = true)]
    public async Task Victim()
    {
        string data = Environment.GetEnvironmentVariable(DataVariable) ?? throw new InvalidOperationException("not to be run by hand");
        await using var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
        var engine = new ScriptedEngine();
        Guid id = await workbench.Generations.StartAsync(ScriptedEngine.Value, engine.Stream, null);
        await File.WriteAllTextAsync(Path.Combine(data, "id"), id.ToString());
        for (int i = 0; ; i++)
        {
            engine.Say(i, Word(i));
            await Task.Delay(5);
        }
    }

    int StepsOnDisk()
    {
        if (!File.Exists(_folder.File("id"))) return 0;
        using var db = new SqliteDb(SqliteDb.OptionsFor(_folder.File("juxta.db")));
        return db.Steps.AsNoTracking().AsEnumerable().Sum(row => StoredJson.ReadSteps(row.Steps, row.Start).Count());
    }

    static string Word(int i) => $"{i} ";
}
