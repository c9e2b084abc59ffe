using Juxta.Workbench;
using Juxta.Workbench.People;

namespace Juxta.CliTests;

/// <summary><c>juxta people</c>: an administrator who is locked out gets in again.</summary>
public sealed class PeopleTests : IDisposable
{
    readonly string _data = Directory.CreateTempSubdirectory("juxta-people-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task A_link_is_made_for_whoever_is_named_and_mistakes_are_told()
    {
        Juxta.Refuses(["people", "reset", "Root", "--data", Path.Combine(_data, "none")], "no server has kept anything", "--data DIR");
        await using (JuxtaWorkbench workbench = Open())
        {
            await workbench.People.JoinAsync(await workbench.People.InviteAsync(Role.Admin), "Root", _ => "first");
            Juxta.Refuses(["people", "reset", "Root", "--data", _data], "in use by another juxta", "Stop that one");
        }
        Juxta.Refuses(["people", "reset", "Rot", "--data", _data], "nobody is called Rot", "Root (administrator)");
        Juxta.Refuses(["people", "reset", "Root", "--data", _data, "--url", "example"], "--url example is no address");
        Assert.Equal("administrator", Juxta.Run("people", "list", "--data", _data, "--json").Json.GetProperty("role").GetString());

        Juxta.Result made = Juxta.Run("people", "reset", "Root", "--data", _data, "--url", "https://juxta.example.org", "--json");
        Assert.True(made.Code == 0, made.Error);
        Assert.Contains("once, until", made.Error);
        var link = new Uri(made.Json.GetProperty("url").GetString()!);
        Assert.Equal("juxta.example.org", link.Host);
        await using JuxtaWorkbench after = Open();
        Assert.Equal("Root", (await after.PasswordResets.UseAsync(link.Segments[^1], _ => "second")).Name);
        Assert.Equal((null, ResetState.Used), (await after.PasswordResets.ListAsync()).Select(reset => (reset.MadeBy, reset.State)).Single());
    }

    JuxtaWorkbench Open() => JuxtaWorkbench.Open(new WorkbenchOptions { DataFolder = _data, OpenAtStart = false });
}
