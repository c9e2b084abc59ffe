using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Juxta.WorkbenchTests;

public sealed class JuxtaWorkbenchTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_host_opens_it_at_start_and_lets_go_of_the_data_folder_when_it_stops()
    {
        string data = _folder.File("data");
        using (IHost host = Host(data))
        {
            await host.StartAsync();
            var workbench = host.Services.GetRequiredService<JuxtaWorkbench>();
            Assert.Same(workbench.Models, host.Services.GetRequiredService<ModelShelf>());
            Assert.Same(workbench.Generations, host.Services.GetRequiredService<Generations>());
            Assert.Same(workbench.Conversations, host.Services.GetRequiredService<Conversations>());
            Assert.Equal(data, workbench.DataFolder);
            await host.StopAsync();
        }
        await using var again = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
    }

    [Fact]
    public async Task A_host_whose_data_folder_is_taken_does_not_start()
    {
        string data = _folder.File("data");
        await using var first = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
        using IHost host = Host(data);
        Assert.Contains("in use", (await Assert.ThrowsAsync<WorkbenchException>(() => host.StartAsync())).Message);
    }

    [Fact]
    public async Task A_host_that_stops_ends_running_answers_and_keeps_them()
    {
        string data = _folder.File("data");
        var engine = new ScriptedEngine();
        Guid id;
        using (IHost host = Host(data))
        {
            await host.StartAsync();
            id = await host.Services.GetRequiredService<Generations>().StartAsync(ScriptedEngine.Value, engine.Stream, null);
            engine.Say(1, "half");
            await host.StopAsync();
        }
        Assert.True(engine.Cancelled);
        await using var again = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data });
        GenerationRecord record = await again.Generations.GetAsync(id);
        Assert.Equal("half", record.Text);
        Assert.Equal("cancelled", record.Outcome!.ToString());
    }

    [Fact]
    public async Task An_ephemeral_one_leaves_nothing()
    {
        string data;
        await using (var workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true }))
        {
            data = workbench.DataFolder;
            Assert.True(File.Exists(Path.Combine(data, "juxta.db")));
        }
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public void A_model_folder_that_does_not_exist_leaves_the_data_folder_free()
    {
        string data = _folder.File("data");
        Assert.Throws<WorkbenchException>(() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = data, Models = [_folder.File("none")] }));
        Assert.False(Directory.Exists(data));
    }

    static IHost Host(string data) =>
        new HostBuilder().ConfigureServices(services => services.AddWorkbench(new WorkbenchOptions { DataFolder = data })).Build();
}
