using Juxta.Workbench.Generation;

namespace Juxta.Workbench.Chat;

/// <summary>
/// People's conversations with models. Every change is on disk when its method returns, and <see cref="Changed"/> tells all open pages.
/// </summary>
public sealed class Conversations
{
    /// <summary>
    /// A conversation was made, changed, deleted, or its answer began or ended; read it again. Answers in between are followed with
    /// <see cref="Generations.FollowAsync"/>. Raised on any thread.
    /// </summary>
    public event Action<Guid>? Changed;

    internal void Announce(Guid id) => Changed?.Invoke(id);

    /// <summary>All conversations, the last used first.</summary>
    public Task<IReadOnlyList<ConversationSummary>> ListAsync(CancellationToken cancel = default) => throw new NotImplementedException();

    /// <exception cref="NotFoundException">There is none with that id (any more).</exception>
    public Task<Conversation> GetAsync(Guid id, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>A new, empty conversation. Without a title it takes one from its first message.</summary>
    public Task<Conversation> CreateAsync(ConversationSettings settings, string? title = null) => throw new NotImplementedException();

    public Task RenameAsync(Guid id, string title) => throw new NotImplementedException();

    /// <summary>Holds for the answers to come.</summary>
    public Task ChangeSettingsAsync(Guid id, ConversationSettings settings) => throw new NotImplementedException();

    /// <summary>Deletes it with its messages and their generations; a running answer is cancelled.</summary>
    public Task DeleteAsync(Guid id) => throw new NotImplementedException();

    /// <summary>
    /// Appends a user message and starts the answer. Both are stored together or, when this throws, neither is.
    /// Opens the model and loads its adapters where that is still to be done.
    /// </summary>
    /// <exception cref="WorkbenchException">The last answer is still being written.</exception>
    /// <exception cref="Juxta.Engine.RequestException">The prompt does not fit the context, or a setting is out of range.</exception>
    /// <exception cref="Juxta.Engine.EngineBusyException">The engine's queue is full.</exception>
    public Task<SentMessage> SendAsync(Guid id, string text) => throw new NotImplementedException();

    /// <summary>Answers the last user message once more, with the settings of now. The earlier answer stays stored as an alternative.</summary>
    public Task<SentMessage> RegenerateAsync(Guid id) => throw new NotImplementedException();

    /// <summary>Cancels the running answer; what is written stays. False when none runs.</summary>
    public Task<bool> StopAsync(Guid id) => throw new NotImplementedException();
}
