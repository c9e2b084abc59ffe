using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Models;

public sealed class AliasTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    JuxtaWorkbench _workbench = null!;

    ModelShelf Shelf => _workbench.Models;

    public ValueTask InitializeAsync()
    {
        _folder.Folder("one", "config.json");
        _folder.Folder("one/adapters/poet", "adapter_config.json");
        _folder.Folder("two", "config.json");
        _workbench = Open();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await _workbench.DisposeAsync();
        _folder.Dispose();
    }

    JuxtaWorkbench Open(params string[] models) => JuxtaWorkbench.Open(new WorkbenchOptions
    {
        Models = [.. (models.Length == 0 ? ["one", "two"] : models).Select(name => _folder.File(name))], DataFolder = _folder.File("data"), OpenAtStart = false,
    });

    [Fact]
    public async Task An_alias_of_a_model_or_an_adapter_names_it_and_outlives_the_process()
    {
        int changes = 0;
        Shelf.Changed += () => changes++;
        await Shelf.AddAliasAsync("two", " gpt-4o-mini ");
        await Shelf.AddAliasAsync("one:poet", "support/v3");
        await Shelf.AddAliasAsync("support/v3", "again"); // of an alias: of what that one stands for
        await Shelf.AddAliasAsync("two", "gpt-4o-mini");
        Assert.Equal(3, changes);
        await _workbench.DisposeAsync();
        _workbench = Open();
        Assert.Equal("two", Shelf.Resolve("gpt-4o-mini").Model);
        Assert.Equal(("one", "poet"), (Shelf.Resolve("again").Model, Shelf.Resolve("again").Adapters[0].Name));
        Assert.Equal(["gpt-4o-mini"], Shelf.Model("two").Aliases);
        Assert.Equal(["again", "support/v3"], Shelf.Model("one").Adapters[0].Aliases);
        Assert.Empty(Shelf.Model("one").Aliases);

        Assert.True(await Shelf.RemoveAliasAsync("gpt-4o-mini"));
        Assert.False(await Shelf.RemoveAliasAsync("gpt-4o-mini"));
        Assert.Throws<NotFoundException>(() => Shelf.Resolve("gpt-4o-mini"));
    }

    [Theory]
    [InlineData("one", "a model's own name")]
    [InlineData("poet", "the name of the adapter one:poet")]
    [InlineData("one:poet", "the name of the adapter one:poet")]
    [InlineData("taken", "'taken' is an alias of one already; remove it there first")]
    [InlineData("", "1 to 100 characters and no blanks")]
    [InlineData("with blank", "1 to 100 characters and no blanks")]
    [InlineData("a\u0007b", "1 to 100 characters and no blanks")]
    public async Task A_name_that_something_has_or_that_is_none_is_refused(string alias, string message)
    {
        await Shelf.AddAliasAsync("one", "taken");
        var error = await Assert.ThrowsAsync<RequestException>(() => Shelf.AddAliasAsync("two", alias));
        Assert.Contains(message, error.Message);
        Assert.Empty(Shelf.Model("two").Aliases);
        await Assert.ThrowsAsync<NotFoundException>(() => Shelf.AddAliasAsync("three", "free"));
    }

    [Fact]
    public async Task Of_two_that_give_the_same_alias_at_once_one_is_refused()
    {
        Task[] both = [Task.Run(() => Shelf.AddAliasAsync("one", "x")), Task.Run(() => Shelf.AddAliasAsync("two", "x"))];
        await Assert.ThrowsAsync<RequestException>(() => Task.WhenAll(both));
        Assert.Equal(1, both.Count(task => task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task An_alias_of_what_is_no_longer_offered_says_so_and_a_model_of_that_name_goes_before_it()
    {
        await Shelf.AddAliasAsync("two", "three");
        await _workbench.DisposeAsync();
        _workbench = Open("one");
        Assert.Contains("'three' is an alias of two, which is not offered here", Assert.Throws<NotFoundException>(() => Shelf.Resolve("three")).Message);
        await _workbench.DisposeAsync();
        _folder.Folder("three", "config.json");
        _workbench = Open("one", "two", "three");
        Assert.Equal("three", Shelf.Resolve("three").Model);
    }
}
