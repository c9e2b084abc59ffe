namespace Juxta.Engine.Generation;

/// <summary>A generation under way: read its steps once, in order; cancel it; learn its usage.</summary>
public sealed class RunningGeneration
{
    /// <summary>The steps of the answer, the last with its outcome. Reading is for one reader; not reading does not stall the engine.</summary>
    public IAsyncEnumerable<GeneratedToken> ReadAsync(CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>Scores of the prompt's tokens, when asked for; complete before the first step arrives.</summary>
    public IReadOnlyList<TokenScore> PromptScores => throw new NotImplementedException();

    /// <summary>Ends it at the next step with the outcome <c>cancelled</c> and frees its cache blocks.</summary>
    public void Cancel() => throw new NotImplementedException();
}
