using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Models;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Juxta.WorkbenchTests.Chat;

namespace Juxta.WorkbenchTests.Studies;

/// <summary>Live studies over the real engine with stories260k and its adapters.</summary>
public sealed class LiveRoundTests : StoriesChat
{
    static readonly ModelChoice Base = new("stories260k", []), Adapted = new("stories260k", [new AdapterUse("lora-toy-chat")]);

    Task<Guid> Create(params ModelChoice[] choices) => Workbench.Studies.CreateAsync("Live",
        new StudyPlan { Kind = StudyKind.Live, Models = [.. choices.Select((_, i) => $"m{i}")], Choices = choices, Settings = Short, Seed = 1, Reveal = true }, []);

    [Fact]
    public async Task A_prompt_becomes_a_pair_once_both_have_answered_and_is_in_no_list_of_comparisons()
    {
        Guid study = await Create(Base, Adapted);
        Assert.Null(await Workbench.Votes.NextAsync(Person.Local, study));
        await Workbench.LiveRounds.BeginAsync(Person.Local, study, Story);
        Assert.Contains("one at a time", (await Assert.ThrowsAsync<RequestException>(() => Workbench.LiveRounds.BeginAsync(Person.Local, study, Story))).Message, StringComparison.Ordinal);
        await Workbench.LiveRounds.SettleAsync(Person.Local, study);
        ShownPair shown = (await Workbench.Votes.NextAsync(Person.Local, study))!;
        Assert.Equal(Story, shown.Messages[^1].Content);
        Assert.NotEqual(shown.Left, shown.Right);
        Assert.Empty(await Workbench.Comparisons.ListAsync());
        await Workbench.Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A));
        Revealed names = (await Workbench.Votes.RevealAsync(Person.Local, shown.Showing))!;
        Assert.Equal(["m0", "m1"], new[] { names.Left, names.Right }.Order());
        Assert.False(await Workbench.LiveRounds.AnsweringAsync(Person.Local, study));
        await Workbench.LiveRounds.BeginAsync(Person.Local, study, Story);
    }

    [Fact]
    public async Task After_the_vote_the_conversation_goes_on_from_the_better_answer_through_a_restart()
    {
        Guid study = await Create(Base, Adapted);
        Assert.Null(await Workbench.LiveRounds.ThreadAsync(Person.Local, study));
        await Workbench.LiveRounds.BeginAsync(Person.Local, study, Story);
        await Workbench.LiveRounds.SettleAsync(Person.Local, study);
        ShownPair first = (await Workbench.Votes.NextAsync(Person.Local, study))!;
        Assert.Null(await Workbench.LiveRounds.ThreadAsync(Person.Local, study));
        await Workbench.Votes.CastAsync(Person.Local, first.Showing, Guid.NewGuid(), new Ballot(Judgement.B));
        LiveThread thread = (await Workbench.LiveRounds.ThreadAsync(Person.Local, study))!;
        Assert.Equal([Story, first.Right], thread.Messages.Select(message => message.Content));

        await Workbench.LiveRounds.BeginAsync(Person.Local, study, "And then?", thread.Showing);
        await Workbench.LiveRounds.SettleAsync(Person.Local, study);
        await Restart();
        ShownPair second = (await Workbench.Votes.NextAsync(Person.Local, study))!;
        Assert.Equal(["user", "assistant", "user"], second.Messages.Select(message => message.Role));
        Assert.Equal([Story, first.Right, "And then?"], second.Messages.Select(message => message.Content));
        await Workbench.Votes.CastAsync(Person.Local, second.Showing, Guid.NewGuid(), new Ballot(Judgement.Skip));
        Assert.Null(await Workbench.LiveRounds.ThreadAsync(Person.Local, study));
        Assert.Contains("cannot go on", (await Assert.ThrowsAsync<RequestException>(() => Workbench.LiveRounds.BeginAsync(Person.Local, study, "More", thread.Showing))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_before_both_have_ended_makes_no_pair_and_the_next_prompt_does()
    {
        Guid study = await Create(Base, new ModelChoice("nothing", []));
        await Workbench.LiveRounds.BeginAsync(Person.Local, study, Story);
        await Restart();
        Assert.True(await Workbench.LiveRounds.AnsweringAsync(Person.Local, study));
        Assert.Contains("nothing to judge", (await Assert.ThrowsAsync<WorkbenchException>(() => Workbench.LiveRounds.SettleAsync(Person.Local, study))).Message, StringComparison.Ordinal);
        Assert.Null(await Workbench.Votes.NextAsync(Person.Local, study));
        Assert.False(await Workbench.LiveRounds.AnsweringAsync(Person.Local, study));
    }
}
