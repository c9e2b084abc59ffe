using System.Threading.RateLimiting;
using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.Server.People;

/// <summary>The forms of the pages to sign in, to join and to choose a new password on. Every mistake leads back to its form, which says what it was.</summary>
internal static class PeopleEndpoints
{
    const string Limit = "sign-in";
    const int ShortestPassword = 10, LongestPassword = 200, AttemptsPerMinute = 60;

    /// <summary>In whose place an unknown name is checked, so that refusing it takes as long as refusing a wrong password.</summary>
    static readonly Person Nobody = new(Guid.Empty, "", Role.Annotator);

    public static void AddLimits(IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.AddPolicy(Limit, http => RateLimitPartition.GetFixedWindowLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "", _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsPerMinute, Window = TimeSpan.FromMinutes(1) }));
    });

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/people/sign-in", SignInAsync).RequireRateLimiting(Limit);
        routes.MapPost("/people/join", JoinAsync).RequireRateLimiting(Limit);
        routes.MapPost("/people/reset", ResetAsync).RequireRateLimiting(Limit);
        routes.MapPost("/people/sign-out", async (HttpContext http) =>
        {
            await http.SignOutAsync(SignIn.Scheme);
            http.Response.Redirect("/sign-in");
        });
    }

    static async Task SignInAsync(HttpContext http, PeopleRegister people, IPasswordHasher<Person> passwords)
    {
        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        string password = form["password"].ToString(), back = Local(form["back"]);
        (Person Person, string Proof)? found = await people.FindAsync(form["name"].ToString().Trim());
        bool right = password.Length <= LongestPassword
            && passwords.VerifyHashedPassword(found?.Person ?? Nobody, found?.Proof ?? passwords.HashPassword(Nobody, "nobody's"), password) is not PasswordVerificationResult.Failed
            && found is not null;
        if (right) await SignIn.AcceptAsync(http, found!.Value.Person);
        http.Response.Redirect(right ? back : $"/sign-in?wrong=1&back={Uri.EscapeDataString(back)}");
    }

    static async Task JoinAsync(HttpContext http, PeopleRegister people, IPasswordHasher<Person> passwords)
    {
        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        await LetInAsync(http, form, "/join", password => people.JoinAsync(form["code"].ToString(), form["name"].ToString(), person => passwords.HashPassword(person, password)));
    }

    static async Task ResetAsync(HttpContext http, PasswordResets resets, IPasswordHasher<Person> passwords)
    {
        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        await LetInAsync(http, form, "/reset", password => resets.UseAsync(form["code"].ToString(), person => passwords.HashPassword(person, password)));
    }

    /// <summary>Signs in whoever a link and a new password are taken from.</summary>
    static async Task LetInAsync(HttpContext http, IFormCollection form, string page, Func<string, Task<Person>> take)
    {
        string password = form["password"].ToString();
        string? fault = password.Length is < ShortestPassword or > LongestPassword ? $"a password has {ShortestPassword} to {LongestPassword} characters"
            : password != form["again"].ToString() ? "the two passwords differ" : null;
        if (fault is null)
        {
            try
            {
                await SignIn.AcceptAsync(http, await take(password));
                http.Response.Redirect("/");
                return;
            }
            catch (Exception e) when (e is RequestException or NotFoundException)
            {
                fault = e.Message;
            }
        }
        http.Response.Redirect($"{page}/{Uri.EscapeDataString(form["code"].ToString())}?fault={Uri.EscapeDataString(fault)}");
    }

    /// <summary>A path of this server and of no other.</summary>
    static string Local(string? path) => path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";
}
