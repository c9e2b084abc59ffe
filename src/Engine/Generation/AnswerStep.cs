namespace Juxta.Engine.Generation;

/// <summary>A step of an answer as the engine thread hands it over: a value, so that the thread allocates nothing for it. Its reader makes the object.</summary>
/// <param name="Top">Null = not asked for.</param>
internal readonly record struct AnswerStep(int? Id, string Text, float? LogProb = null, IReadOnlyList<TokenLogProb>? Top = null, Outcome? Outcome = null)
{
    public GeneratedToken ToToken() => new() { Id = Id, Text = Text, LogProb = LogProb, Top = Top ?? [], Outcome = Outcome };
}
