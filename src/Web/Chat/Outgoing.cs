namespace Juxta.Web.Chat;

/// <summary>A turn, or a wish for an answer, that the server has not stored yet.</summary>
/// <param name="Conversation">Null for the first of a new one.</param>
/// <param name="Text">What it says; null where an answer to what is there was asked for.</param>
public sealed record Outgoing(Guid? Conversation, string? Text);

/// <summary>A message typed while an answer was being written.</summary>
/// <param name="Id">To take it back by.</param>
/// <param name="Text">What it says.</param>
/// <param name="AnswerPrefix">Words that its answer is to start with.</param>
/// <param name="Leaving">It is being sent, so it is too late to take it back.</param>
public sealed record QueuedMessage(Guid Id, string Text, string? AnswerPrefix = null, bool Leaving = false);

/// <summary>Words that could not be sent: they belong into the message box again.</summary>
/// <param name="Conversation">Whose box; null for that of a new conversation.</param>
/// <param name="Text">The words.</param>
public sealed record Returned(Guid? Conversation, string Text);

/// <summary>A turn that is being changed in its place.</summary>
/// <param name="Message">The version that it starts from.</param>
/// <param name="Parent">The turn that it follows; null for the first.</param>
/// <param name="Role">Who says it.</param>
/// <param name="Text">What that version says.</param>
public sealed record TurnEdit(Guid Message, Guid? Parent, string Role, string Text);

/// <summary>What follows when an edit is saved.</summary>
public enum AfterEdit
{
    /// <summary>Nothing: the branch ends there.</summary>
    Nothing,

    /// <summary>The new version is answered.</summary>
    Answer,

    /// <summary>The model goes on with the new version, an answer.</summary>
    Continue,
}
