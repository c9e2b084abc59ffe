using Juxta.Eval.Suites;
using Juxta.Web.People;
using Juxta.Web.Studies;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;
using Juxta.Workbench.Votes;
using Microsoft.AspNetCore.Components.Authorization;

namespace Juxta.WebTests.Studies;

/// <summary>A lead's page of studies as the plain object it is.</summary>
public sealed class StudiesSessionTests : IAsyncLifetime
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;
    JuxtaWorkbench? _workbench;

    JuxtaWorkbench Workbench => _workbench!;

    public ValueTask InitializeAsync()
    {
        _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = Path.Combine(_folder, "data"), OpenAtStart = false });
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await Workbench.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task While_agreement_is_worked_out_the_study_is_shown_and_says_so()
    {
        Guid study = await StudyAsync("One"), other = await StudyAsync("Two");
        using StudiesSession session = Session();
        var shown = new List<string>();
        session.Changed += () => shown.Add($"{session.Current?.Title} of {session.Progress?.Votes} votes, {(session.Measuring ? "measuring" : session.Quality is null ? "nothing" : "measured")}");
        await session.OpenAsync(study);
        await session.OpenAsync(other);
        Assert.Equal(["One of 1 votes, measuring", "One of 1 votes, measured", "Two of 1 votes, measuring", "Two of 1 votes, measured"], shown);
        shown.Clear();
        await session.OpenAsync(Guid.NewGuid());
        Assert.Equal([" of  votes, nothing"], shown);
        Assert.Contains("no such study", session.Notice!.Text, StringComparison.Ordinal);
    }

    async Task<Guid> StudyAsync(string title)
    {
        StudyItem item = new("s0", [new EvalMessage(EvalMessage.User, "q")], [new StudyAnswer("alpha", "eos:2"), new StudyAnswer("beta", "eos:2")]);
        Guid study = await Workbench.Studies.CreateAsync(title, new StudyPlan { Kind = StudyKind.Runs, Models = ["A1", "B2"] }, [item]);
        ShownPair shown = (await Workbench.Votes.NextAsync(Person.Local, study))!;
        await Workbench.Votes.CastAsync(Person.Local, shown.Showing, Guid.NewGuid(), new Ballot(Judgement.A) { Spent = TimeSpan.FromSeconds(4) });
        return study;
    }

    StudiesSession Session() => new(
        Workbench.Studies, Workbench.Results, Workbench.Votes, Workbench.VoteExports, Workbench.VoteImports, Workbench.People, Workbench.StudyRuns, Workbench.Models,
        new Visitor(new Sharing(false), Workbench.People, new Nobody()));

    /// <summary>Where people do not sign in, nobody is asked who they are.</summary>
    sealed class Nobody : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => throw new InvalidOperationException("asked who somebody is");
    }
}
