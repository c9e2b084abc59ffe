using Juxta.Engine;
using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.People;

/// <summary>What an open invitation leads to.</summary>
public sealed record Invitation(Role Role, Guid? Study, DateTimeOffset Expires);

/// <summary>Who may use a shared server. How a password is proven is the host's matter: this keeps the proof and never sees a password.</summary>
public sealed class PeopleRegister
{
    const int LongestName = 60;

    static readonly TimeSpan Validity = TimeSpan.FromDays(14);

    readonly Store _store;
    readonly TimeProvider _time;

    internal PeopleRegister(Store store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Everybody who was not shut out, by name.</summary>
    public Task<IReadOnlyList<Person>> ListAsync() => _store.ReadAsync<IReadOnlyList<Person>>(
        async db => [.. (await db.People.Where(row => row.Ended == null).OrderBy(row => row.Name).ToListAsync()).Select(Read)]);

    /// <summary>Names of people, those shut out too.</summary>
    public Task<IReadOnlyDictionary<Guid, string>> NamesAsync() => _store.ReadAsync<IReadOnlyDictionary<Guid, string>>(async db =>
    {
        Dictionary<Guid, string> names = await db.People.ToDictionaryAsync(row => row.Id, row => row.Name);
        names[Person.Local.Id] = Person.Local.Name;
        return names;
    });

    /// <summary>Null when there is nobody with that id, or they were shut out.</summary>
    public Task<Person?> FindAsync(Guid id) => _store.ReadAsync(async db => await db.People.SingleOrDefaultAsync(row => row.Id == id && row.Ended == null) is { } row ? Read(row) : null);

    /// <summary>Somebody and the proof of their password; null when there is nobody with that name.</summary>
    public Task<(Person Person, string Proof)?> FindAsync(string name) => _store.ReadAsync<(Person, string)?>(
        async db => await db.People.SingleOrDefaultAsync(row => row.Name == name && row.Ended == null) is { } row ? (Read(row), row.Proof) : null);

    /// <summary>Makes an invitation for one person, valid for two weeks.</summary>
    /// <param name="role">What they may do.</param>
    /// <param name="study">The study an annotator is assigned with it.</param>
    /// <returns>Its code, which is kept nowhere.</returns>
    public async Task<string> InviteAsync(Role role, Guid? study = null)
    {
        string code = LinkCode.New();
        await _store.WriteAsync(db =>
        {
            db.Invitations.Add(new InvitationRow { CodeHash = LinkCode.Hash(code), Role = role, StudyId = study, Expires = _time.GetUtcNow() + Validity });
            return Task.CompletedTask;
        });
        return code;
    }

    /// <summary>Null when it was used, has expired or never was.</summary>
    public Task<Invitation?> FindInvitationAsync(string code) => _store.ReadAsync(async db => await OpenAsync(db, code) is { } row ? new Invitation(row.Role, row.StudyId, row.Expires) : null);

    /// <summary>Takes an invitation.</summary>
    /// <param name="code">As <see cref="InviteAsync"/> gave it.</param>
    /// <param name="name">How they want to be called; nobody else may be called so.</param>
    /// <param name="prove">Makes the proof of the password for the new person.</param>
    /// <exception cref="NotFoundException">The invitation was used, has expired or never was.</exception>
    /// <exception cref="RequestException">The name is empty, too long or taken.</exception>
    public async Task<Person> JoinAsync(string code, string name, Func<Person, string> prove)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl)) throw new RequestException($"a name has 1 to {LongestName} characters", "name");
        Person? person = null;
        await _store.WriteAsync(async db =>
        {
            InvitationRow invitation = await OpenAsync(db, code) ?? throw new NotFoundException("this invitation was used, has expired or never was; ask for another");
            if (await db.People.AnyAsync(row => row.Name == name)) throw new RequestException($"somebody is called {name}; choose another name", "name");
            person = new Person(Guid.NewGuid(), name, invitation.Role);
            db.People.Add(new PersonRow { Id = person.Id, Name = name, Role = person.Role, Proof = prove(person), Created = _time.GetUtcNow() });
            invitation.UsedBy = person.Id;
            if (invitation.StudyId is Guid study) db.StudyMembers.Add(new StudyMemberRow { StudyId = study, PersonId = person.Id });
        });
        return person!;
    }

    /// <summary>Shuts somebody out from their next step on; their votes stay.</summary>
    /// <exception cref="NotFoundException">There is nobody with that id.</exception>
    /// <exception cref="RequestException">They are the last admin.</exception>
    public Task EndAsync(Guid id) => _store.WriteAsync(async db =>
    {
        PersonRow row = await db.People.SingleOrDefaultAsync(row => row.Id == id && row.Ended == null) ?? throw new NotFoundException("there is nobody with that id");
        if (row.Role is Role.Admin && await db.People.CountAsync(other => other.Role == Role.Admin && other.Ended == null) == 1)
            throw new RequestException($"{row.Name} is the last administrator; invite another one first");
        row.Ended = _time.GetUtcNow();
    });

    Task<InvitationRow?> OpenAsync(JuxtaDb db, string code)
    {
        string hash = LinkCode.Hash(code);
        DateTimeOffset now = _time.GetUtcNow();
        return db.Invitations.SingleOrDefaultAsync(row => row.CodeHash == hash && row.UsedBy == null && row.Expires > now);
    }

    internal static Person Read(PersonRow row) => new(row.Id, row.Name, row.Role) { Passwords = row.Passwords };
}
