using Juxta.Web.Chat;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;

namespace Juxta.Web.People;

/// <summary>A link that was just made; it is told once.</summary>
/// <param name="Path">Its address on this server.</param>
/// <param name="About">Whom it is for, and for how long.</param>
public sealed record MadeLink(string Path, string About);

/// <summary>What the People page shows: who there is, and the link that was just made. For administrators of a shared server.</summary>
public sealed class PeopleSession(PeopleRegister people, PasswordResets resets, StudyShelf studies, Visitor visitor)
{
    /// <summary>Something changed.</summary>
    public event Action? Changed;

    public bool Shared => visitor.Shared;

    public IReadOnlyList<Person> People { get; private set; } = [];

    public IReadOnlyList<Study> Studies { get; private set; } = [];

    /// <summary>Links to choose a new password, the newest first.</summary>
    public IReadOnlyList<PasswordReset> Resets { get; private set; } = [];

    public MadeLink? Link { get; private set; }

    public Notice? Notice { get; private set; }

    public Task OpenAsync() => ChangeAsync(_ => Task.CompletedTask);

    public Task InviteAsync(Role role, Guid? study) => ChangeAsync(async _ => Link = new($"join/{await people.InviteAsync(role, role is Role.Annotator ? study : null)}", "For one person, valid for two weeks"));

    /// <summary>Makes a link with which somebody chooses a new password.</summary>
    public Task ResetAsync(Person person) => ChangeAsync(async by => Link = new($"reset/{(await resets.MakeAsync(person.Id, by)).Code}", $"With it {person.Name} chooses a new password; it works once, for one day"));

    public Task EndAsync(Guid person) => ChangeAsync(_ => people.EndAsync(person));

    public Task AssignAsync(Guid study, Guid person) => ChangeAsync(_ => studies.AssignAsync(study, person));

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    async Task ChangeAsync(Func<Person, Task> change)
    {
        try
        {
            (Notice, Link) = (null, null);
            Person administrator = await visitor.WhoAsync();
            if (administrator.Role is not Role.Admin) throw new Workbench.WorkbenchException("only administrators see who there is");
            await change(administrator);
            (People, Resets, Studies) = (await people.ListAsync(), await resets.ListAsync(), await studies.ListAsync());
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        Changed?.Invoke();
    }
}
