using Juxta.Server.Hosting;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.Server.People;

/// <summary>A shared server without an administrator tells whoever started it how to become one.</summary>
internal static class FirstAdministrator
{
    public static async Task TellAsync(WebApplication app, ServerOptions options)
    {
        PeopleRegister people = app.Services.GetRequiredService<PeopleRegister>();
        if ((await people.ListAsync()).Any(person => person.Role is Role.Admin)) return;
        string code = await people.InviteAsync(Role.Admin);
        await options.Output.WriteLineAsync($"Nobody administers this server yet. Open {ListenAddress.ForBrowsers(app.Urls.First())}/join/{code} in a browser, once");
    }
}
