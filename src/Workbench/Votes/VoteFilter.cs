namespace Juxta.Workbench.Votes;

/// <summary>Which votes are looked at; null = all.</summary>
public sealed record VoteFilter
{
    public Guid? Study { get; init; }

    /// <summary>Id of an eval set.</summary>
    public string? Suite { get; init; }

    public string? Tag { get; init; }

    public string? Language { get; init; }

    /// <summary>Their name.</summary>
    public string? Annotator { get; init; }

    public IEnumerable<JudgedVote> Of(IEnumerable<JudgedVote> votes) => votes.Where(vote =>
        (Study is null || vote.Study.Id == Study) && (Suite is null || vote.Item.Suite == Suite) && (Tag is null || vote.Item.Tags.Contains(Tag))
        && (Language is null || vote.Item.Language == Language) && (Annotator is null || vote.Annotator == Annotator));
}
