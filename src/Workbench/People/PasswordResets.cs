using Juxta.Workbench.Storage;
using Microsoft.EntityFrameworkCore;

namespace Juxta.Workbench.People;

/// <summary>
/// Links with which people who forgot their password choose another. Each works once and for one day, and only until a newer one is made for the same person;
/// none is ever deleted, so who made which can be read later.
/// </summary>
public sealed class PasswordResets
{
    const string Ask = "ask an administrator for another link";

    static readonly TimeSpan Validity = TimeSpan.FromDays(1);

    readonly Store _store;
    readonly TimeProvider _time;

    internal PasswordResets(Store store, TimeProvider time) => (_store, _time) = (store, time);

    /// <summary>Makes a link. The password that there is goes on until another is chosen.</summary>
    /// <param name="person">Whose password it is.</param>
    /// <param name="by">The administrator who makes it; null = somebody at the command line of this machine.</param>
    /// <returns>Its code, which is kept nowhere, and how long it works.</returns>
    /// <exception cref="NotFoundException">There is nobody with that id, or they were shut out.</exception>
    public async Task<(string Code, DateTimeOffset Expires)> MakeAsync(Guid person, Person? by)
    {
        string code = LinkCode.New();
        DateTimeOffset now = _time.GetUtcNow(), expires = now + Validity;
        await _store.WriteAsync(async db =>
        {
            if (!await db.People.AnyAsync(row => row.Id == person && row.Ended == null)) throw new NotFoundException("there is nobody with that id");
            db.PasswordResets.Add(new PasswordResetRow { CodeHash = LinkCode.Hash(code), PersonId = person, MadeBy = by?.Id, Made = now, Expires = expires });
        });
        return (code, expires);
    }

    /// <summary>Whose password can be chosen with a link.</summary>
    /// <exception cref="NotFoundException">It cannot be used; the message says why and what to do.</exception>
    public Task<Person> FindAsync(string code) => _store.ReadAsync(async db => PeopleRegister.Read((await OpenAsync(db, code)).Person));

    /// <summary>Takes a new password; whoever is signed in with the old one is so no more.</summary>
    /// <param name="code">As <see cref="MakeAsync"/> gave it.</param>
    /// <param name="prove">Makes the proof of the password.</param>
    /// <exception cref="NotFoundException">The link cannot be used; the message says why and what to do.</exception>
    public async Task<Person> UseAsync(string code, Func<Person, string> prove)
    {
        Person? person = null;
        await _store.WriteAsync(async db =>
        {
            (PasswordResetRow reset, PersonRow row) = await OpenAsync(db, code);
            row.Proof = prove(PeopleRegister.Read(row));
            row.Passwords++;
            reset.Used = _time.GetUtcNow();
            person = PeopleRegister.Read(row);
        });
        return person!;
    }

    /// <summary>All links that were ever made, the newest first.</summary>
    public Task<IReadOnlyList<PasswordReset>> ListAsync() => _store.ReadAsync<IReadOnlyList<PasswordReset>>(async db =>
    {
        List<PasswordResetRow> rows = await db.PasswordResets.OrderByDescending(row => row.Sequence).ToListAsync();
        Dictionary<Guid, string> names = await db.People.ToDictionaryAsync(row => row.Id, row => row.Name);
        names[Person.Local.Id] = "the API key's holder";
        Dictionary<Guid, long> newest = rows.GroupBy(row => row.PersonId).ToDictionary(group => group.Key, group => group.Max(row => row.Sequence));
        return [.. rows.Select(row => new PasswordReset(names[row.PersonId], row.MadeBy is Guid by ? names[by] : null, row.Made, row.Expires, row.Used, State(row, newest[row.PersonId])))];
    });

    async Task<(PasswordResetRow Reset, PersonRow Person)> OpenAsync(JuxtaDb db, string code)
    {
        string hash = LinkCode.Hash(code);
        PasswordResetRow reset = await db.PasswordResets.SingleOrDefaultAsync(row => row.CodeHash == hash) ?? throw new NotFoundException($"this server made no such link; open the whole of it, or {Ask}");
        long newest = await db.PasswordResets.Where(row => row.PersonId == reset.PersonId).MaxAsync(row => row.Sequence);
        if (State(reset, newest) switch
        {
            ResetState.Used => $"this link was used at {UtcText.Of(reset.Used!.Value)}, and each works once; sign in with the password that was chosen then, or {Ask}",
            ResetState.Expired => $"this link worked until {UtcText.Of(reset.Expires)}; {Ask}",
            ResetState.Replaced => $"a newer link was made in place of this one; open that one, or {Ask}",
            _ => null,
        } is { } fault) throw new NotFoundException(fault);
        return (reset, await db.People.SingleOrDefaultAsync(row => row.Id == reset.PersonId && row.Ended == null) ?? throw new NotFoundException("whoever this link was made for was shut out; an administrator can invite them anew"));
    }

    ResetState State(PasswordResetRow row, long newest) =>
        row.Used is not null ? ResetState.Used : row.Sequence < newest ? ResetState.Replaced : row.Expires <= _time.GetUtcNow() ? ResetState.Expired : ResetState.Open;
}
