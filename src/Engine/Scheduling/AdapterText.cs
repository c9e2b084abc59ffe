using Juxta.Engine.Generation;
using Juxta.Engine.Sampling;

namespace Juxta.Engine.Scheduling;

/// <summary>What an adapter's own tokenizer gives to its rows.</summary>
/// <param name="Text">Reads and writes text in place of the base's tokenizer; null = the base's stays.</param>
/// <param name="Stops">Ids that end an answer besides the base's.</param>
internal sealed record AdapterText(TextVocabulary? Text, StopIds Stops)
{
    public static AdapterText None { get; } = new(null, StopIds.None);
}
