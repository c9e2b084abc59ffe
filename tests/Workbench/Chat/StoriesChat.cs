using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>A workbench with stories260k on its shelf, which tests talk with.</summary>
public abstract class StoriesChat : IAsyncDisposable
{
    protected const string Story = "Once upon a time";

    protected StoriesChat() => Start();

    private protected TemporaryFolder Folder { get; } = new();

    protected JuxtaWorkbench Workbench { get; private set; } = null!;

    protected Conversations Conversations => Workbench.Conversations;

    protected static ConversationSettings Short { get; } = new() { Sampling = SamplingOptions.Greedy, MaxTokens = 12, Seed = 1 };

    protected static ConversationSettings Endless { get; } = Short with { MaxTokens = null, Stop = new StopOptions { IgnoreEos = true } };

    public async ValueTask DisposeAsync()
    {
        await Workbench.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads an answer to its end.</summary>
    protected async Task<string> Follow(Guid generation)
    {
        string text = "";
        await foreach (GenerationStep step in Workbench.Generations.FollowAsync(generation)) text += step.Token.Text;
        return text;
    }

    /// <summary>Says something and waits for the whole answer.</summary>
    protected async Task<SentMessage> Ask(Guid id, string text)
    {
        SentMessage sent = await Conversations.SendAsync(id, text);
        await Follow(sent.GenerationId);
        return sent;
    }

    protected async Task<IReadOnlyList<string>> Shown(Guid id) => [.. (await Conversations.GetAsync(id)).Messages.Select(message => message.Content)];

    protected async Task Restart()
    {
        await Workbench.DisposeAsync();
        Start();
    }

    protected void Start() => Workbench = JuxtaWorkbench.Open(new WorkbenchOptions
    {
        DataFolder = Folder.File("data"),
        Models = [LongStories.CopyTo(Folder.FullPath)],
        Engine = new EngineOptions { Threads = 1, CacheTokens = 32768 },
    });

    protected static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition()) await Task.Delay(10, patience.Token);
    }
}
