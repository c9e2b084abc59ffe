using Juxta.Workbench;
using Juxta.Workbench.Chat;

namespace Juxta.WorkbenchTests.Chat;

/// <summary>An open page: reads the conversation again whenever it is told of a change.</summary>
sealed class Page
{
    readonly Lock _gate = new();
    Task _reading = Task.CompletedTask;

    public Page(Conversations conversations, Guid id) => conversations.Changed += changed =>
    {
        if (changed != id) return;
        lock (_gate) _reading = ReadAfterAsync(_reading, conversations, id);
    };

    public Conversation? Shown { get; private set; }

    async Task ReadAfterAsync(Task earlier, Conversations conversations, Guid id)
    {
        await earlier;
        try
        {
            Shown = await conversations.GetAsync(id);
        }
        catch (NotFoundException)
        {
            Shown = null;
        }
    }
}
