using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Tests;
using Juxta.Web.Chat;
using Juxta.Workbench;
using Juxta.Workbench.Chat;

namespace Juxta.WebTests.Chat;

/// <summary>Chat pages, as the plain objects they are, over a real workbench with the trained model stories260k.</summary>
public abstract class Sessions : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;
    TypedAhead? _ahead;

    protected JuxtaWorkbench Workbench => _workbench!;

    public ValueTask InitializeAsync()
    {
        string broken = Directory.CreateDirectory(Path.Combine(_folder, "broken")).FullName;
        File.WriteAllText(Path.Combine(broken, "config.json"), "{\"architectures\":[\"NobodyKnows\"]}");
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions
        {
            Models = [Fixtures.Require("models", "stories260k"), LongStories.In(_folder), broken],
            DataFolder = Path.Combine(_folder, "data"),
            OpenAtStart = false,
            Engine = new EngineOptions { Threads = 1 },
        });
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        _ahead?.Dispose();
        if (_workbench is not null) await _workbench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected static ConversationSettings Short { get; } = new() { Sampling = SamplingOptions.Greedy, MaxTokens = 8, Stop = new StopOptions { IgnoreEos = true } };

    protected static ConversationSettings Long { get; } = new() { Model = LongStories.Name, Stop = new StopOptions { IgnoreEos = true } };

    protected async Task<ChatSession> OpenAsync(Guid? id = null)
    {
        var session = new ChatSession(Workbench.Models, Workbench.Conversations, Workbench.Generations, TimeProvider.System, _ahead ??= new TypedAhead(Workbench.Conversations));
        await session.OpenAsync(id);
        return session;
    }

    protected static Task EndedAsync(ChatSession session) => UntilAsync(() => !session.Answering && session.Current?.Messages is [.., { Answer.Running: false }]);

    protected static async Task UntilAsync(Func<bool> happened, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(happened))] string what = "")
    {
        for (int tries = 0; !happened(); tries++)
        {
            Assert.True(tries < 3000, $"in 30 s it did not come about: {what}");
            await Task.Delay(10);
        }
    }
}
