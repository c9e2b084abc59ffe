using Juxta.Workbench.Hub;

namespace Juxta.WorkbenchTests.Hub;

public sealed class HubNameTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tiny", null, "tiny")]
    [InlineData("tiny", """{"_name_or_path":"acme/tiny"}""", "acme/tiny")]
    [InlineData("acme--tiny", """{"_name_or_path":"acme/tiny"}""", "acme/tiny")]
    [InlineData("my-tuned", """{"_name_or_path":"acme/tiny"}""", "my-tuned")] // trained further: acme/tiny is what it was made from
    [InlineData("tiny", """{"_name_or_path":"/home/ann/models/tiny"}""", "tiny")]
    [InlineData("tiny", """{"_name_or_path":7}""", "tiny")]
    [InlineData("tiny", "[", "tiny")]
    [InlineData("models--acme--tiny/snapshots/1a2b3c", null, "acme/tiny")]
    [InlineData("models--acme--tiny/others/1a2b3c", null, "1a2b3c")]
    public void A_folder_has_the_name_that_it_has_on_the_hub_where_it_says_so(string folder, string? config, string name)
    {
        string path = Directory.CreateDirectory(_folder.File(folder)).FullName;
        if (config is not null) File.WriteAllText(Path.Combine(path, "config.json"), config);
        Assert.Equal(name, HubName.Of(path + Path.DirectorySeparatorChar));
    }

    [Fact]
    public void A_download_says_what_it_is_whatever_its_folder_is_called_and_its_config_says()
    {
        string path = Directory.CreateDirectory(_folder.File("tiny")).FullName;
        File.WriteAllText(Path.Combine(path, "config.json"), """{"_name_or_path":"other/tiny"}""");
        File.WriteAllText(Path.Combine(path, ".juxta-hub.json"), """{"model":"acme/small","revision":"main","commit":"1234567","files":[]}""");
        Assert.Equal("acme/small", HubName.Of(path));
    }
}
