using Juxta.Engine;
using Juxta.Engine.Generation;
using Juxta.Workbench;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Models;

/// <summary>What the shelf knows without opening a model.</summary>
public sealed class ModelShelfTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Models_are_listed_in_order_under_unique_names()
    {
        var shelf = new ModelShelf(new WorkbenchOptions
        {
            Models = [_folder.Folder("b/tiny", "config.json"), _folder.Folder("a/tiny", "config.json") + "/", _folder.Folder("b/tiny", "config.json")],
            ModelFolders = [Path.GetDirectoryName(_folder.Folder("many/z", "config.json"))!, Path.GetDirectoryName(_folder.Folder("many/no-model", "readme.md"))!],
        });
        Assert.Equal(["tiny", "tiny-2", "z"], shelf.Models.Select(model => model.Id));
        Assert.All(shelf.Models, model => Assert.Equal(LoadStatus.NotLoaded, model.Status));
        Assert.Equal("tiny", shelf.FirstId);
    }

    [Fact]
    public void A_model_folder_that_does_not_exist_is_named()
    {
        var error = Assert.Throws<WorkbenchException>(() => new ModelShelf(new WorkbenchOptions { Models = [_folder.File("nowhere")] }));
        Assert.Contains(_folder.File("nowhere"), error.Message);
    }

    [Fact]
    public void Looking_again_offers_what_has_come_and_marks_what_is_gone()
    {
        string many = Path.GetDirectoryName(_folder.Folder("many/b", "config.json"))!;
        var shelf = new ModelShelf(new WorkbenchOptions { Models = [_folder.Folder("alone", "config.json")], ModelFolders = [many] }, ownFolder: _folder.File("own"));
        int changes = 0;
        shelf.Changed += () => changes++;
        _folder.Folder("many/a", "config.json");
        _folder.Folder("own/b", "config.json");
        Directory.Delete(_folder.File("alone"), recursive: true);
        Assert.Equal(["alone", "b"], shelf.Models.Select(model => model.Id));
        shelf.LookAgain();
        Assert.Equal(["alone", "b", "a", "b-2"], shelf.Models.Select(model => model.Id)); // names that people use stay
        Assert.Equal(1, changes);
        Assert.Contains("is gone", shelf.Model("alone").Gone);
        Assert.Null(shelf.Model("a").Gone);

        _folder.Folder("alone", "config.json");
        Directory.Delete(many, recursive: true);
        shelf.LookAgain();
        Assert.Null(shelf.Model("alone").Gone);
        Assert.Equal(["b", "a"], shelf.Models.Where(model => model.Gone is not null).Select(model => model.Id));
    }

    [Fact]
    public void Names_stand_for_models_their_adapters_and_adapters_that_only_one_has()
    {
        ModelShelf shelf = TwoModels();
        Assert.Equal(("one", ""), Named("one"));
        Assert.Equal(("one", "poet"), Named("one:poet"));
        Assert.Equal(("one", "poet"), Named("poet"));
        Assert.Equal(("two", "both"), Named("two:both"));
        Assert.Equal(1, shelf.Resolve("poet").Adapters[0].Scale);

        (string, string) Named(string name)
        {
            ModelChoice choice = shelf.Resolve(name);
            return (choice.Model, string.Join(',', choice.Adapters.Select(use => use.Name)));
        }
    }

    [Theory]
    [InlineData("three")]
    [InlineData("one:nobody")]
    [InlineData("One")]
    [InlineData("")]
    [InlineData("one:")]
    public void A_name_of_nothing_gets_the_list_of_what_there_is(string name)
    {
        var error = Assert.Throws<NotFoundException>(() => TwoModels().Resolve(name));
        Assert.Contains($"'{name}'", error.Message);
        Assert.Contains("one, one:both, one:poet, two, two:both", error.Message);
    }

    [Fact]
    public void A_name_that_two_models_have_asks_which()
    {
        var error = Assert.Throws<NotFoundException>(() => TwoModels().Resolve("both"));
        Assert.Contains("one:both, two:both", error.Message);
    }

    [Fact]
    public async Task An_empty_shelf_says_how_to_fill_it()
    {
        var error = await Assert.ThrowsAsync<NotFoundException>(() => new ModelShelf(new WorkbenchOptions()).OpenAsync("x"));
        Assert.Contains("--model DIR", error.Message);
    }

    [Theory]
    [InlineData("../../secret")]
    [InlineData("/etc")]
    [InlineData("poet/../../../secret")]
    [InlineData("../adapters-of-somebody-else")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task A_path_of_a_request_does_not_leave_the_adapter_folders(string path)
    {
        _folder.Folder("secret", "adapter_config.json");
        _folder.Folder("one/adapters-of-somebody-else", "adapter_config.json");
        ModelShelf shelf = TwoModels();
        var error = await Assert.ThrowsAsync<RequestException>(() => shelf.LoadAdapterAsync("one", path));
        Assert.Equal("adapter", error.Parameter);
        Assert.Equal(LoadStatus.NotLoaded, shelf.Model("one").Status);
    }

    [Fact]
    public async Task A_missing_adapter_and_a_taken_or_impossible_name_are_told_apart()
    {
        ModelShelf shelf = TwoModels();
        Assert.Contains("no adapter folder 'nobody'", (await Assert.ThrowsAsync<RequestException>(() => shelf.LoadAdapterAsync("one", "nobody"))).Message);
        var taken = await Assert.ThrowsAsync<RequestException>(() => shelf.LoadAdapterAsync("one", "poet", name: "both"));
        Assert.Equal("name", taken.Parameter);
        Assert.Contains("another adapter called both", taken.Message);
        Assert.Equal("name", (await Assert.ThrowsAsync<RequestException>(() => shelf.LoadAdapterAsync("one", "poet", name: "a:b"))).Parameter);
        await Assert.ThrowsAsync<NotFoundException>(() => shelf.LoadAdapterAsync("three", "poet"));
        await Assert.ThrowsAsync<NotFoundException>(() => shelf.OpenAsync(new ModelChoice("one", [new AdapterUse("nobody")])));
        Assert.False(shelf.UnloadAdapter("one", "poet"));
    }

    [Fact]
    public void Adapters_that_appear_on_disk_appear_on_the_shelf_and_go_with_their_folders()
    {
        ModelShelf shelf = TwoModels();
        string added = _folder.Folder("one/adapters/new", "adapter_config.json");
        Assert.Contains(shelf.Model("one").Adapters, adapter => adapter.Id == "one:new" && adapter.Status == LoadStatus.NotLoaded && adapter.Folder == added);
        Directory.Delete(added, recursive: true);
        Assert.DoesNotContain(shelf.Model("one").Adapters, adapter => adapter.Name == "new");
    }

    [Fact]
    public void Configured_adapter_folders_serve_every_model()
    {
        _folder.Folder("shared/poet", "adapter_config.json");
        ModelShelf shelf = TwoModels(_folder.File("shared"));
        Assert.Equal(["both", "poet", "poet-2"], shelf.Model("one").Adapters.Select(adapter => adapter.Name));
        Assert.Equal(["both", "poet"], shelf.Model("two").Adapters.Select(adapter => adapter.Name));
    }

    ModelShelf TwoModels(params string[] adapterFolders)
    {
        _folder.Folder("one/adapters/poet", "adapter_config.json");
        _folder.Folder("one/adapters/both", "adapter_config.json");
        _folder.Folder("two/adapters/both", "adapter_config.json");
        return new ModelShelf(new WorkbenchOptions
        {
            Models = [_folder.Folder("one", "config.json"), _folder.Folder("two", "config.json")],
            AdapterFolders = adapterFolders,
        });
    }
}
