using System.Globalization;
using System.Security.Claims;
using Juxta.Web.People;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.Server.People;

/// <summary>How people of a shared server are known: by ASP.NET Core's own cookie, after a password that its own hasher checks.</summary>
internal static class SignIn
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    /// <summary>Rounds of PBKDF2-HMAC-SHA512 that OWASP advises (2023).</summary>
    const int Rounds = 210_000;

    static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    public static void Add(IServiceCollection services)
    {
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = Rounds);
        services.AddSingleton<IPasswordHasher<Person>, PasswordHasher<Person>>();
        services.AddAuthentication(Scheme).AddCookie(cookie =>
        {
            cookie.Cookie.Name = "juxta";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            cookie.ExpireTimeSpan = Lifetime;
            cookie.SlidingExpiration = true;
            cookie.Events.OnValidatePrincipal = ValidateAsync;
        });
    }

    /// <summary>Gives the browser its cookie.</summary>
    public static Task AcceptAsync(HttpContext http, Person person) => http.SignInAsync(Scheme, Principal(person), new AuthenticationProperties { IsPersistent = true });

    public static ClaimsPrincipal Principal(Person person, string scheme = Scheme) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.NameIdentifier, person.Id.ToString()), new Claim(ClaimTypes.Name, person.Name), new Claim(ClaimTypes.Role, person.Role.ToString()), new Claim(Visitor.Passwords, person.Passwords.ToString(CultureInfo.InvariantCulture))], scheme));

    /// <summary>Who was shut out, or has chosen another password since, is not known any more, whatever cookie they have.</summary>
    static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        PeopleRegister people = context.HttpContext.RequestServices.GetRequiredService<PeopleRegister>();
        if (context.Principal is not { } user || await Visitor.SignedInAsync(people, user) is not { } person || !user.IsInRole(person.Role.ToString()))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Scheme);
        }
    }
}
