using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.Storage;

/// <summary>Keys and links of the tables for people, studies and votes. Nothing with votes can be deleted.</summary>
internal static class RatingModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<PersonRow>(person =>
        {
            person.Property(row => row.Id).ValueGeneratedNever();
            person.HasIndex(row => row.Name).IsUnique();
        });
        model.Entity<InvitationRow>().HasKey(row => row.CodeHash);
        model.Entity<PasswordResetRow>(reset =>
        {
            reset.HasKey(row => row.Sequence);
            reset.HasIndex(row => row.CodeHash).IsUnique();
            reset.HasOne<PersonRow>().WithMany().HasForeignKey(row => row.PersonId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<StudyRow>().Property(row => row.Id).ValueGeneratedNever();
        model.Entity<StudyMemberRow>(member =>
        {
            member.HasKey(row => new { row.StudyId, row.PersonId });
            member.HasOne<StudyRow>().WithMany().HasForeignKey(row => row.StudyId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<StudyItemRow>(item =>
        {
            item.HasKey(row => new { row.StudyId, row.Number });
            item.HasOne<StudyRow>().WithMany().HasForeignKey(row => row.StudyId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<LivePromptRow>(prompt =>
        {
            prompt.HasKey(row => row.ComparisonId);
            prompt.Property(row => row.ComparisonId).ValueGeneratedNever();
            prompt.HasIndex(row => new { row.StudyId, row.Item }).IsUnique();
        });
        model.Entity<ShowingRow>(showing =>
        {
            showing.Property(row => row.Id).ValueGeneratedNever();
            showing.HasIndex(row => new { row.StudyId, row.PersonId, row.Number }).IsUnique();
            showing.HasOne<StudyItemRow>().WithMany().HasForeignKey(row => new { row.StudyId, row.Item }).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<VoteRow>(vote =>
        {
            vote.HasKey(row => row.Sequence);
            vote.HasIndex(row => row.Id).IsUnique();
            vote.HasOne<ShowingRow>().WithMany().HasForeignKey(row => row.ShowingId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<DraftRow>(draft =>
        {
            draft.HasKey(row => row.ShowingId);
            draft.Property(row => row.ShowingId).ValueGeneratedNever();
            draft.HasOne<ShowingRow>().WithMany().HasForeignKey(row => row.ShowingId).OnDelete(DeleteBehavior.Restrict);
        });
    }
}
