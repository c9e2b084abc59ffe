using System.Security.Claims;
using Juxta.Web.People;
using Juxta.Web.Rate;
using Juxta.Web.Runs;
using Juxta.Workbench;
using Juxta.Workbench.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;

namespace Juxta.WebTests.People;

/// <summary>Who moves to a page inside the live connection, where no request is made, is stopped there too.</summary>
public sealed class PageGuardTests
{
    [Theory]
    [InlineData(Role.Annotator, false)]
    [InlineData(Role.Lead, true)]
    [InlineData(Role.Admin, true)]
    public async Task Annotators_are_kept_from_the_pages_of_runs(Role role, bool allowed)
    {
        await using JuxtaWorkbench workbench = JuxtaWorkbench.Open(new WorkbenchOptions { Ephemeral = true, OpenAtStart = false });
        await workbench.People.JoinAsync(await workbench.People.InviteAsync(Role.Admin), "Bea", _ => "");
        Person person = await workbench.People.JoinAsync(await workbench.People.InviteAsync(role), "Ann", _ => "");
        foreach (Type page in (Type[])[typeof(RunsPage), typeof(RunPage), typeof(RunComparisonPage), typeof(ReportPage)])
            Assert.Equal(allowed, !(await RenderAsync(workbench, person, page)).Contains("This page is for leads", StringComparison.Ordinal));
        Assert.DoesNotContain("This page is for leads", await RenderAsync(workbench, person, typeof(RatePage)), StringComparison.Ordinal);
        await workbench.People.EndAsync(person.Id);
        Assert.Contains("You are not signed in", await RenderAsync(workbench, person, typeof(RunsPage)), StringComparison.Ordinal);
    }

    /// <summary>What the guard shows; a page that it lets through cannot be made here, and that is how it is told.</summary>
    static async Task<string> RenderAsync(JuxtaWorkbench workbench, Person person, Type page)
    {
        await using ServiceProvider services = new ServiceCollection().AddLogging()
            .AddSingleton(new Sharing(true)).AddSingleton(workbench.People).AddSingleton<Visitor>().AddSingleton<NavigationManager, Here>()
            .AddSingleton<AuthenticationStateProvider>(new SignedIn(person)).BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, services.GetRequiredService<Microsoft.Extensions.Logging.ILoggerFactory>());
        try
        {
            return await renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<PageGuard>(ParameterView.FromDictionary(new Dictionary<string, object?> { ["RouteData"] = new RouteData(page, new Dictionary<string, object?>()) }))).ToHtmlString());
        }
        catch (InvalidOperationException error) when (error.Message.Contains("no registered service", StringComparison.OrdinalIgnoreCase))
        {
            return error.Message;
        }
    }

    sealed class SignedIn(Person person) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person.Id.ToString())], "cookie"))));
    }

    sealed class Here : NavigationManager
    {
        public Here() => Initialize("http://localhost/", "http://localhost/");
    }
}
