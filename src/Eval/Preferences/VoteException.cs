namespace Juxta.Eval.Preferences;

/// <summary>Votes that cannot be used as they stand; the message says where, what was found and what to do.</summary>
public sealed class VoteException(string message, Exception? inner = null) : Exception(message, inner);
