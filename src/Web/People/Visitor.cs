using System.Globalization;
using System.Security.Claims;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Components.Authorization;

namespace Juxta.Web.People;

/// <summary>Whether people sign in (design D14).</summary>
/// <param name="Shared">False: this machine's own user is the only one, and is never asked.</param>
public sealed record Sharing(bool Shared);

/// <summary>Who uses this page.</summary>
public sealed class Visitor(Sharing sharing, PeopleRegister people, AuthenticationStateProvider authentication)
{
    /// <summary>People sign in here.</summary>
    public bool Shared => sharing.Shared;

    /// <summary>How somebody is authenticated who showed the server's API key: as this machine's own user.</summary>
    public const string KeyHolder = "juxta-key";

    /// <summary>The claim of a sign-in that says which of the person's passwords it was made with (<see cref="Person.Passwords"/>).</summary>
    public const string Passwords = "juxta-passwords";

    /// <summary>Asked anew before each step, so that who was shut out is out at once.</summary>
    /// <exception cref="WorkbenchException">Nobody is signed in any more.</exception>
    public async Task<Person> WhoAsync() => await FindAsync() ?? throw new WorkbenchException("you are not signed in any more; sign in again");

    /// <summary>Null when nobody is signed in.</summary>
    public async Task<Person?> FindAsync() => sharing.Shared ? await FindAsync(sharing, people, (await authentication.GetAuthenticationStateAsync()).User) : Person.Local;

    /// <summary>Whom a request or a page's connection belongs to.</summary>
    public static async Task<Person?> FindAsync(Sharing sharing, PeopleRegister people, ClaimsPrincipal user)
    {
        if (!sharing.Shared || user.Identity is { IsAuthenticated: true, AuthenticationType: KeyHolder }) return Person.Local;
        return user.Identity?.IsAuthenticated == true ? await SignedInAsync(people, user) : null;
    }

    /// <summary>Null when they were shut out, or have chosen another password since they signed in.</summary>
    public static async Task<Person?> SignedInAsync(PeopleRegister people, ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out Guid id) && await people.FindAsync(id) is { } person
            && (user.FindFirstValue(Passwords) ?? "0") == person.Passwords.ToString(CultureInfo.InvariantCulture) ? person : null;
}
