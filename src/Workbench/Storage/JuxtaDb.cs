using Juxta.Workbench.Chat;
using Juxta.Workbench.Generation;
using Juxta.Workbench.Models;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Juxta.Workbench.Storage;

/// <summary>What the workbench keeps. One model for every database; a derived context per database brings its provider and its migrations.</summary>
internal abstract class JuxtaDb(DbContextOptions options) : DbContext(options)
{
    public DbSet<GenerationRow> Generations => Set<GenerationRow>();

    public DbSet<StepsRow> Steps => Set<StepsRow>();

    public DbSet<ConversationRow> Conversations => Set<ConversationRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<EarlierPartRow> EarlierParts => Set<EarlierPartRow>();

    public DbSet<PresetRow> Presets => Set<PresetRow>();

    public DbSet<AliasRow> Aliases => Set<AliasRow>();

    public DbSet<ComparisonRow> Comparisons => Set<ComparisonRow>();

    public DbSet<ContestantRow> Contestants => Set<ContestantRow>();

    public DbSet<PersonRow> People => Set<PersonRow>();

    public DbSet<InvitationRow> Invitations => Set<InvitationRow>();

    public DbSet<PasswordResetRow> PasswordResets => Set<PasswordResetRow>();

    public DbSet<StudyRow> Studies => Set<StudyRow>();

    public DbSet<StudyMemberRow> StudyMembers => Set<StudyMemberRow>();

    public DbSet<StudyItemRow> StudyItems => Set<StudyItemRow>();

    public DbSet<LivePromptRow> LivePrompts => Set<LivePromptRow>();

    public DbSet<ShowingRow> Showings => Set<ShowingRow>();

    public DbSet<VoteRow> Votes => Set<VoteRow>();

    public DbSet<DraftRow> Drafts => Set<DraftRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        // Ticks of UTC: SQLite has no type of its own for a time that could be ordered.
        conventions.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        conventions.Properties<GenerationValue>().HaveConversion<JsonText<GenerationValue>>();
        conventions.Properties<GenerationSummary>().HaveConversion<JsonText<GenerationSummary>>();
        conventions.Properties<ConversationSettings>().HaveConversion<JsonText<ConversationSettings>>();
        conventions.Properties<ModelChoice>().HaveConversion<JsonText<ModelChoice>>();
        conventions.Properties<StudyPlan>().HaveConversion<JsonText<StudyPlan>>();
        conventions.Properties<StudyItem>().HaveConversion<JsonText<StudyItem>>();
        conventions.Properties<Ballot>().HaveConversion<JsonText<Ballot>>();
        conventions.Properties<Draft>().HaveConversion<JsonText<Draft>>();
        conventions.Properties<ShownHashes>().HaveConversion<JsonText<ShownHashes>>();
        conventions.Properties<Enum>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<GenerationRow>(generation =>
        {
            generation.HasIndex(row => row.Outcome);
            generation.HasIndex(row => row.Created);
            Generated(generation.Property(row => row.Id));
        });
        model.Entity<StepsRow>(steps =>
        {
            steps.HasKey(row => new { row.GenerationId, row.Start });
            steps.HasOne<GenerationRow>().WithMany().HasForeignKey(row => row.GenerationId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<ConversationRow>(conversation =>
        {
            conversation.HasIndex(row => row.Updated);
            Generated(conversation.Property(row => row.Id));
        });
        model.Entity<MessageRow>(message =>
        {
            Generated(message.Property(row => row.Id));
            message.HasOne<ConversationRow>().WithMany().HasForeignKey(row => row.ConversationId).OnDelete(DeleteBehavior.Cascade);
            message.HasOne<GenerationRow>().WithMany().HasForeignKey(row => row.GenerationId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<EarlierPartRow>(part =>
        {
            part.HasKey(row => new { row.MessageId, row.Part });
            part.HasOne<MessageRow>().WithMany().HasForeignKey(row => row.MessageId).OnDelete(DeleteBehavior.Cascade);
            part.HasOne<GenerationRow>().WithMany().HasForeignKey(row => row.GenerationId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<PresetRow>().HasKey(row => row.Name);
        model.Entity<AliasRow>().HasKey(row => row.Name);
        model.Entity<ComparisonRow>(comparison =>
        {
            comparison.HasIndex(row => row.Created);
            Generated(comparison.Property(row => row.Id));
        });
        model.Entity<ContestantRow>(contestant =>
        {
            contestant.HasKey(row => new { row.ComparisonId, row.Place });
            contestant.HasOne<ComparisonRow>().WithMany().HasForeignKey(row => row.ComparisonId).OnDelete(DeleteBehavior.Cascade);
            contestant.HasOne<GenerationRow>().WithMany().HasForeignKey(row => row.GenerationId).OnDelete(DeleteBehavior.Restrict);
        });
        RatingModel.Configure(model);
        static void Generated(PropertyBuilder<Guid> id) => id.ValueGeneratedNever();
    }
}
