using Juxta.Workbench.Chat;
using Juxta.Workbench.Models;

namespace Juxta.Workbench.Studies;

/// <summary>Where a study's answers come from.</summary>
public enum StudyKind
{
    /// <summary>From finished runs of one eval set.</summary>
    Runs,

    /// <summary>The annotator writes the prompt, and two models answer at once.</summary>
    Live,

    /// <summary>Its votes were given elsewhere and came in a file; it takes no others.</summary>
    File,
}

/// <summary>Which pair an annotator is shown next.</summary>
public enum PairSampling
{
    /// <summary>Every pair of answers is as likely as any other.</summary>
    Uniform,

    /// <summary>Of the two models that were compared least.</summary>
    Balanced,

    /// <summary>Of the two models whose order a vote would tell most about (<see cref="PairInformation"/>).</summary>
    Informative,
}

/// <summary>Whether an annotator says why.</summary>
public enum ReasonRule
{
    /// <summary>There is no field for it.</summary>
    None,

    /// <summary>There is a field for it.</summary>
    Optional,

    /// <summary>A vote without a reason is not taken.</summary>
    Required,
}

/// <summary>All that decides what the annotators of a study see. Never changed once the study exists.</summary>
public sealed record StudyPlan
{
    public const int MostCriteria = 9, MostOverlap = 100;

    public required StudyKind Kind { get; init; }

    /// <summary>Names of the models; their place here is their number. Annotators never see them.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Who answers in a live study, in the order of <see cref="Models"/>; empty in others.</summary>
    public IReadOnlyList<ModelChoice> Choices { get; init; } = [];

    /// <summary>How live answers are made; their model and adapters count for nothing here.</summary>
    public ConversationSettings Settings { get; init; } = new();

    public PairSampling Sampling { get; init; } = PairSampling.Balanced;

    /// <summary>Annotators that judge each pair of answers.</summary>
    public int Overlap { get; init; } = 1;

    /// <summary>The study is over with so many votes; null = when every pair has its overlap.</summary>
    public int? Votes { get; init; }

    /// <summary>Most votes of one annotator; null = no limit.</summary>
    public int? MostPerPerson { get; init; }

    /// <summary>Each so-manieth pair is one that the annotator has judged, with its sides exchanged; 0 = none.</summary>
    public int RepeatEvery { get; init; }

    /// <summary>Each so-manieth pair is an attention check: a good answer beside one to another question; 0 = none.</summary>
    public int GoldEvery { get; init; }

    /// <summary>What is judged besides the whole (helpful, correct …), at most <see cref="MostCriteria"/>.</summary>
    public IReadOnlyList<string> Criteria { get; init; } = [];

    public ReasonRule Reason { get; init; } = ReasonRule.Optional;

    /// <summary>Ask how much better the better one is.</summary>
    public bool Strength { get; init; }

    /// <summary>A vote that came sooner is marked, and taken all the same.</summary>
    public TimeSpan LeastReading { get; init; }

    /// <summary>Where an adjudicator gave a verdict, it stands for all votes on its pair; else it is kept and counts for nothing.</summary>
    public bool AdjudicatorDecides { get; init; }

    /// <summary>Decides order and sides.</summary>
    public ulong Seed { get; init; }

    /// <summary>The annotator is told after the vote which model was which.</summary>
    public bool Reveal { get; init; }

    /// <exception cref="Engine.RequestException">Something in it cannot be; the message says what.</exception>
    internal void Check()
    {
        Require(Models.Count >= 2, "models", $"a study compares two models or more, and {Models.Count} {(Models.Count == 1 ? "was" : "were")} given");
        Require(Models.Distinct(StringComparer.Ordinal).Count() == Models.Count, "models", "a model is named twice; a study compares different ones");
        Require(Overlap is >= 1 and <= MostOverlap, "overlap", $"{Overlap} annotators per pair are not possible; give 1 to {MostOverlap}");
        Require(Votes is null or > 0, "votes", $"a study of {Votes} votes is none; give 1 or more, or nothing");
        Require(MostPerPerson is null or > 0, "votes of one annotator", $"{MostPerPerson} is no number of votes; give 1 or more, or nothing");
        Require(RepeatEvery is 0 or >= 2, "repeats", $"every {RepeatEvery}. pair cannot be a repeat; give 2 or more, or 0 for none");
        Require(GoldEvery is 0 or >= 2, "attention checks", $"every {GoldEvery}. pair cannot be a check; give 2 or more, or 0 for none");
        Require(Criteria.Count <= MostCriteria, "criteria", $"{Criteria.Count} criteria are too many to judge; give at most {MostCriteria}");
        Require(Criteria.All(criterion => !string.IsNullOrWhiteSpace(criterion)) && Criteria.Distinct(StringComparer.Ordinal).Count() == Criteria.Count, "criteria", "each criterion needs a name of its own");
        Require(Kind is not StudyKind.Live || Choices.Count == Models.Count, "models", "a live study needs a model on the shelf for each name");
    }

    static void Require(bool holds, string parameter, string message)
    {
        if (!holds) throw new Engine.RequestException(message, parameter);
    }
}
