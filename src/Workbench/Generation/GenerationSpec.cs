using Juxta.Engine.Generation;

namespace Juxta.Workbench.Generation;

/// <summary>What to generate, and with which model.</summary>
public sealed record GenerationSpec
{
    /// <summary>Id of the base model.</summary>
    public required string Model { get; init; }

    /// <summary>Prompt, adapters, sampling, stops, limits, seed.</summary>
    public required GenerationRequest Request { get; init; }

    /// <summary>Remarks of whoever made the prompt (no chat template …), kept with the answer.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The chat template opened a thought, and the answer begins in it (<see cref="Thinking"/>).</summary>
    public bool OpensThought { get; init; }

    /// <summary>Not null: another server answers, which is asked this; the request then has no prompt ids.</summary>
    public RemotePrompt? Remote { get; init; }
}

/// <summary>Everything that decided an answer (design D4): what was asked, of which weights, by which engine.</summary>
/// <param name="Spec">What was asked.</param>
/// <param name="WeightsHash">Of the base; of a model that another server runs, that they are unknown, and its name and address.</param>
/// <param name="AdapterHashes">Of each adapter in the spec, in its order.</param>
/// <param name="EngineVersion">The program that answered.</param>
public sealed record GenerationValue(GenerationSpec Spec, string WeightsHash, IReadOnlyList<string> AdapterHashes, string EngineVersion);

/// <summary>One step of an answer and when it came.</summary>
/// <param name="Index">Counts from 0 without gaps.</param>
/// <param name="Token">What the engine said.</param>
/// <param name="At">Time since the generation was asked for.</param>
public sealed record GenerationStep(int Index, GeneratedToken Token, TimeSpan At)
{
    /// <summary>What another server said besides; null where this machine answered, or it said no more.</summary>
    public RemoteStep? Remote { get; init; }
}

/// <summary>A generation as it is now: running or ended.</summary>
public sealed record GenerationRecord
{
    public required Guid Id { get; init; }

    public required GenerationValue Value { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>All steps so far.</summary>
    public required IReadOnlyList<GenerationStep> Steps { get; init; }

    /// <summary>Scores of the prompt's tokens when the request asked for them.</summary>
    public IReadOnlyList<TokenScore> PromptScores { get; init; } = [];

    /// <summary>How it ended; null while it runs.</summary>
    public Outcome? Outcome => Steps.Count == 0 ? null : Steps[^1].Token.Outcome;

    public bool Running => Outcome is null;

    /// <summary>The ids drawn so far, end-of-sequence id included.</summary>
    public IReadOnlyList<int> Ids => [.. Steps.Where(step => step.Token.Id is not null).Select(step => step.Token.Id!.Value)];

    /// <summary>The text so far.</summary>
    public string Text => string.Concat(Steps.Select(step => step.Token.Text));

    public GenerationUsage Usage => GenerationUsage.Of(Value.Spec.Request.PromptIds.Count, Steps);

    /// <summary>Why the newest steps are not on disk yet; null when the store works.</summary>
    public string? StoreError { get; init; }
}

/// <summary>What a generation cost.</summary>
/// <param name="PromptTokens">Ids of the prompt; null where another server counts them and has not said.</param>
/// <param name="CompletionTokens">Ids drawn, end-of-sequence id included; null as for the prompt.</param>
/// <param name="TimeToFirstToken">From the request to the first id, or the first text of another server; null before it.</param>
/// <param name="Duration">From the request to the last step.</param>
/// <param name="TokensPerSecond">Of the ids after the first; null before the second.</param>
public sealed record GenerationUsage(int? PromptTokens, int? CompletionTokens, TimeSpan? TimeToFirstToken, TimeSpan Duration, double? TokensPerSecond)
{
    /// <summary>Counts the steps of an answer.</summary>
    /// <param name="promptTokens">Ids of the prompt; 0 = another server has the prompt.</param>
    /// <param name="steps">All so far.</param>
    public static GenerationUsage Of(int promptTokens, IReadOnlyList<GenerationStep> steps)
    {
        // Twenty times a second while a page watches: one pass, nothing kept.
        (int ids, TimeSpan? first, TimeSpan last) = (0, null, TimeSpan.Zero);
        for (int i = 0; i < steps.Count; i++)
        {
            bool drawn = steps[i].Token.Id is not null;
            if (drawn) ids++;
            if (drawn || (promptTokens == 0 && steps[i].Token.Text.Length > 0)) (first, last) = (first ?? steps[i].At, steps[i].At);
        }
        RemoteStep? said = promptTokens == 0 && steps.Count > 0 ? steps[^1].Remote : null;
        int? count = promptTokens == 0 ? said?.CompletionTokens : ids;
        TimeSpan between = last - (first ?? last);
        return new GenerationUsage(
            promptTokens == 0 ? said?.PromptTokens : promptTokens, count, first, steps.Count > 0 ? steps[^1].At : TimeSpan.Zero,
            between > TimeSpan.Zero && count > 1 ? (count - 1) / between.TotalSeconds : null);
    }
}
