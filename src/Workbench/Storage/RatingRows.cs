using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;

namespace Juxta.Workbench.Storage;

/// <summary>Somebody who signs in.</summary>
internal sealed class PersonRow
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required Role Role { get; set; }

    /// <summary>What the host made of the password; it alone can check one against it.</summary>
    public required string Proof { get; set; }

    /// <summary>Counts the passwords that were chosen after the first.</summary>
    public int Passwords { get; set; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>When they were shut out; their votes stay.</summary>
    public DateTimeOffset? Ended { get; set; }
}

/// <summary>A link with which one person can join. Only a hash of its code is kept.</summary>
internal sealed class InvitationRow
{
    public required string CodeHash { get; init; }

    public required Role Role { get; init; }

    /// <summary>The study that an annotator is assigned with it.</summary>
    public Guid? StudyId { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public Guid? UsedBy { get; set; }
}

/// <summary>A link with which one person can choose a new password. Only a hash of its code is kept, and it is never deleted.</summary>
internal sealed class PasswordResetRow
{
    /// <summary>Counts up.</summary>
    public long Sequence { get; init; }

    public required string CodeHash { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>The administrator; null = at the command line.</summary>
    public Guid? MadeBy { get; init; }

    public required DateTimeOffset Made { get; init; }

    public required DateTimeOffset Expires { get; init; }

    public DateTimeOffset? Used { get; set; }
}

/// <summary>A study. Never changed but for its end.</summary>
internal sealed class StudyRow
{
    public required Guid Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string Title { get; init; }

    public required StudyPlan Plan { get; init; }

    /// <summary>When its lead ended it.</summary>
    public DateTimeOffset? Ended { get; set; }
}

/// <summary>An annotator's assignment to a study.</summary>
internal sealed class StudyMemberRow
{
    public required Guid StudyId { get; init; }

    public required Guid PersonId { get; init; }
}

/// <summary>An item of a study. Never changed.</summary>
internal sealed class StudyItemRow
{
    public required Guid StudyId { get; init; }

    /// <summary>0 for the first.</summary>
    public required int Number { get; init; }

    /// <summary>Numbers of the models with an answer, as JSON: a draw need not read the texts.</summary>
    public required string Answered { get; init; }

    public required bool Gold { get; init; }

    public required StudyItem Value { get; init; }
}

/// <summary>A prompt that an annotator of a live study wrote, while and after it is answered.</summary>
internal sealed class LivePromptRow
{
    public required Guid ComparisonId { get; init; }

    public required Guid StudyId { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>The number of the item it becomes.</summary>
    public required int Item { get; init; }

    public required int First { get; init; }

    public required int Second { get; init; }

    public required bool FirstIsLeft { get; init; }

    /// <summary>The messages that the prompt goes on from, as JSON.</summary>
    public required string Earlier { get; init; }

    /// <summary>It has become an item, or never will.</summary>
    public bool Settled { get; set; }
}

/// <summary>A pair of answers that an annotator is shown, and on which sides. Never changed.</summary>
internal sealed class ShowingRow
{
    /// <summary>Drawn by lot: it tells nothing about what is shown.</summary>
    public required Guid Id { get; init; }

    public required Guid StudyId { get; init; }

    public required Guid PersonId { get; init; }

    /// <summary>0 for the annotator's first in the study.</summary>
    public required int Number { get; init; }

    public required int Item { get; init; }

    public required int First { get; init; }

    public required int Second { get; init; }

    public required bool FirstIsLeft { get; init; }

    public required ShowingKind Kind { get; init; }

    public Guid? Of { get; init; }

    public required DateTimeOffset Drawn { get; init; }
}

/// <summary>A vote, its correction or its undoing. Never changed.</summary>
internal sealed class VoteRow
{
    /// <summary>Counts up.</summary>
    public long Sequence { get; init; }

    /// <summary>Chosen by whoever sent it: sent again it is the same event.</summary>
    public required Guid Id { get; init; }

    public required Guid ShowingId { get; init; }

    public required VoteKind Kind { get; init; }

    /// <summary>Of the ballot; null when the vote was undone.</summary>
    public Judgement? Verdict { get; init; }

    public Ballot? Ballot { get; init; }

    public required ShownHashes Shown { get; init; }

    /// <summary>By the server's clock; the ballot has the annotator's.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>It came sooner than the study's minimum reading time.</summary>
    public bool Hasty { get; init; }
}

/// <summary>What an annotator has filled in and not sent.</summary>
internal sealed class DraftRow
{
    public required Guid ShowingId { get; init; }

    public required Draft Value { get; set; }
}
