using Juxta.Web.Chat;
using Juxta.Workbench.People;
using Juxta.Workbench.Studies;

namespace Juxta.Web.People;

/// <summary>What the People page shows: who there is, and the invitation that was just made. For administrators of a shared server.</summary>
public sealed class PeopleSession(PeopleRegister people, StudyShelf studies, Visitor visitor)
{
    /// <summary>Something changed.</summary>
    public event Action? Changed;

    public bool Shared => visitor.Shared;

    public IReadOnlyList<Person> People { get; private set; } = [];

    public IReadOnlyList<Study> Studies { get; private set; } = [];

    /// <summary>The code of the invitation just made; it is told once.</summary>
    public string? Code { get; private set; }

    public Notice? Notice { get; private set; }

    public Task OpenAsync() => ChangeAsync(() => Task.CompletedTask);

    public Task InviteAsync(Role role, Guid? study) => ChangeAsync(async () => Code = await people.InviteAsync(role, role is Role.Annotator ? study : null));

    public Task EndAsync(Guid person) => ChangeAsync(() => people.EndAsync(person));

    public Task AssignAsync(Guid study, Guid person) => ChangeAsync(() => studies.AssignAsync(study, person));

    public void Dismiss()
    {
        Notice = null;
        Changed?.Invoke();
    }

    async Task ChangeAsync(Func<Task> change)
    {
        try
        {
            (Notice, Code) = (null, null);
            if ((await visitor.WhoAsync()).Role is not Role.Admin) throw new Workbench.WorkbenchException("only administrators see who there is");
            await change();
            (People, Studies) = (await people.ListAsync(), await studies.ListAsync());
        }
        catch (Exception e)
        {
            Notice = Notices.Of(e);
        }
        Changed?.Invoke();
    }
}
