namespace Juxta.Web.Chat;

/// <summary>A message that the server has not stored yet.</summary>
/// <param name="Conversation">Null for the first of a new one.</param>
/// <param name="Text">What it says.</param>
public sealed record Outgoing(Guid? Conversation, string Text);
