using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.People;

namespace Juxta.WorkbenchTests.People;

public sealed class PeopleRegisterTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Clock _time = new();
    readonly JuxtaWorkbench _workbench;

    public PeopleRegisterTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") }, _time);

    PeopleRegister People => _workbench.People;

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_invitation_is_for_one_person_and_two_weeks()
    {
        string code = await People.InviteAsync(Role.Lead), late = await People.InviteAsync(Role.Annotator);
        Person ann = await People.JoinAsync(code, " Ann ", person => "proof of " + person.Name);
        Assert.Equal(("Ann", Role.Lead), (ann.Name, ann.Role));
        Assert.Equal((ann, "proof of Ann"), await People.FindAsync("Ann"));
        Assert.Null(await People.FindInvitationAsync(code));
        Assert.Contains("was used", (await Assert.ThrowsAsync<NotFoundException>(() => People.JoinAsync(code, "Bob", _ => ""))).Message, StringComparison.Ordinal);
        _time.Now += TimeSpan.FromDays(15);
        await Assert.ThrowsAsync<NotFoundException>(() => People.JoinAsync(late, "Bob", _ => ""));
        Assert.Equal([ann], await People.ListAsync());
    }

    [Fact]
    public async Task A_name_is_one_persons_and_can_be_read()
    {
        await People.JoinAsync(await People.InviteAsync(Role.Annotator), "Ann", _ => "");
        string code = await People.InviteAsync(Role.Annotator);
        Assert.Contains("is called Ann", (await Assert.ThrowsAsync<RequestException>(() => People.JoinAsync(code, "Ann", _ => ""))).Message, StringComparison.Ordinal);
        foreach (string name in (string[])["", "  ", "a\nb", new string('x', 61)]) await Assert.ThrowsAsync<RequestException>(() => People.JoinAsync(code, name, _ => ""));
        Assert.NotNull(await People.FindInvitationAsync(code));
    }

    [Fact]
    public async Task Who_is_shut_out_is_found_no_more_and_the_last_administrator_stays()
    {
        Person admin = await People.JoinAsync(await People.InviteAsync(Role.Admin), "Root", _ => ""), ann = await People.JoinAsync(await People.InviteAsync(Role.Annotator), "Ann", _ => "");
        await People.EndAsync(ann.Id);
        Assert.Null(await People.FindAsync(ann.Id));
        Assert.Null(await People.FindAsync("Ann"));
        Assert.Equal("Ann", (await People.NamesAsync())[ann.Id]);
        Assert.Contains("last administrator", (await Assert.ThrowsAsync<RequestException>(() => People.EndAsync(admin.Id))).Message, StringComparison.Ordinal);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
