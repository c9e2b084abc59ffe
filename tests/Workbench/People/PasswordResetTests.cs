using Juxta.Workbench;
using Juxta.Workbench.People;

namespace Juxta.WorkbenchTests.People;

/// <summary>Links with which people choose a new password.</summary>
public sealed class PasswordResetTests : IAsyncDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Clock _time = new();
    readonly JuxtaWorkbench _workbench;

    public PasswordResetTests() => _workbench = JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _folder.File("data") }, _time);

    PasswordResets Resets => _workbench.PasswordResets;

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_link_works_once_changes_the_proof_and_counts_the_password()
    {
        Person root = await JoinAsync("Root", Role.Admin), ann = await JoinAsync("Ann", Role.Annotator);
        (string code, DateTimeOffset expires) = await Resets.MakeAsync(ann.Id, root);
        Assert.Equal(_time.Now + TimeSpan.FromDays(1), expires);
        Assert.Equal((ann, "first"), await _workbench.People.FindAsync("Ann"));
        Assert.Equal(ann, await Resets.FindAsync(code));
        Person after = await Resets.UseAsync(code, person => "second of " + person.Name);
        Assert.Equal((ann.Id, 1), (after.Id, after.Passwords));
        Assert.Equal((after, "second of Ann"), await _workbench.People.FindAsync("Ann"));
        await RefusesAsync(code, "was used at 2030-01-02 03:04 UTC");
        // Only a hash of the code is on the disk.
        foreach (string file in Directory.GetFiles(_folder.File("data"), "juxta.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(code)) < 0, $"{file} holds the code");
        }
    }

    [Fact]
    public async Task A_link_that_cannot_be_used_says_why()
    {
        Person ann = await JoinAsync("Ann", Role.Annotator);
        await RefusesAsync("0123", "made no such link");
        string replaced = (await Resets.MakeAsync(ann.Id, null)).Code, late = (await Resets.MakeAsync(ann.Id, null)).Code;
        await RefusesAsync(replaced, "a newer link was made");
        _time.Now += TimeSpan.FromDays(1);
        await RefusesAsync(late, "worked until 2030-01-03 03:04 UTC");
        string last = (await Resets.MakeAsync(ann.Id, null)).Code;
        await _workbench.People.EndAsync(ann.Id);
        await RefusesAsync(last, "was shut out");
        Assert.Contains("nobody with that id", (await Assert.ThrowsAsync<NotFoundException>(() => Resets.MakeAsync(ann.Id, null))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_made_a_link_and_what_became_of_it_can_be_read_later()
    {
        Person root = await JoinAsync("Root", Role.Admin), ann = await JoinAsync("Ann", Role.Annotator);
        string used = (await Resets.MakeAsync(root.Id, null)).Code;
        await Resets.UseAsync(used, _ => "second");
        await Resets.MakeAsync(ann.Id, root);
        await Resets.MakeAsync(ann.Id, Person.Local);
        Assert.Equal([("Ann", "the API key's holder", ResetState.Open), ("Ann", "Root", ResetState.Replaced), ("Root", null, ResetState.Used)],
            (await Resets.ListAsync()).Select(reset => (reset.Name, reset.MadeBy, reset.State)));
        _time.Now += TimeSpan.FromDays(2);
        Assert.Equal([ResetState.Expired, ResetState.Replaced, ResetState.Used], (await Resets.ListAsync()).Select(reset => reset.State));
    }

    async Task<Person> JoinAsync(string name, Role role) => await _workbench.People.JoinAsync(await _workbench.People.InviteAsync(role), name, _ => "first");

    async Task RefusesAsync(string code, string says)
    {
        Assert.Contains(says, (await Assert.ThrowsAsync<NotFoundException>(() => Resets.FindAsync(code))).Message, StringComparison.Ordinal);
        Assert.Contains(says, (await Assert.ThrowsAsync<NotFoundException>(() => Resets.UseAsync(code, _ => "third"))).Message, StringComparison.Ordinal);
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2030, 1, 2, 3, 4, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
