namespace Juxta.Engine.Generation;

/// <summary>One step of an answer as it streams.</summary>
public sealed record GeneratedToken
{
    /// <summary>The token drawn; null on a closing step that only releases held-back text or reports the outcome.</summary>
    public int? Id { get; init; }

    /// <summary>Text that became visible with this step: may be empty while a character or a possible stop string is held back.</summary>
    public string Text { get; init; } = "";

    /// <summary>Natural log of the token's probability before temperature and penalties; null when not asked for.</summary>
    public float? LogProb { get; init; }

    /// <summary>The likeliest tokens at this step, in falling order; empty when not asked for.</summary>
    public IReadOnlyList<TokenLogProb> Top { get; init; } = [];

    /// <summary>How the answer ended; set on its last step only. An end-of-sequence or stop id has its own step, without text.</summary>
    public Outcome? Outcome { get; init; }
}

/// <summary>A token and the natural log of its probability.</summary>
public readonly record struct TokenLogProb(int Id, float LogProb);

/// <summary>The score of one prompt token given all before it; null log-probability for the first.</summary>
public sealed record TokenScore(int Id, float? LogProb, IReadOnlyList<TokenLogProb> Top);
