using Juxta.Workbench.Chat;

namespace Juxta.Web.Chat;

/// <content>The turn that a search led to.</content>
public sealed partial class ChatSession
{
    Guid? _sought;

    /// <summary>The turn to bring into sight; null = none, or it is not on show any more.</summary>
    public Message? Sought => _sought is Guid id ? Current?.Messages.FirstOrDefault(message => message.Id == id) : null;

    /// <summary>Shows the branch that has a message of the conversation on show, to look at it. Null = nothing is looked for any more.</summary>
    public Task SeekAsync(Guid? message) => ChangeAsync(async () =>
    {
        _sought = message;
        if (message is not Guid wanted || Current is not { } conversation || Sought is not null) return;
        await _conversations.SelectAsync(conversation.Id, wanted);
        await ReadAsync(conversation.Id);
    }, keepNotice: true);
}
