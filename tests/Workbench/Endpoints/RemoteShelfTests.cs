using Juxta.Engine;
using Juxta.Workbench;
using Juxta.Workbench.Endpoints;
using Juxta.Workbench.Models;

namespace Juxta.WorkbenchTests.Endpoints;

public sealed class RemoteShelfTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    RemoteShelf Open()
    {
        var shelf = new RemoteShelf(_folder.FullPath);
        shelf.LookAgain();
        return shelf;
    }

    string File => _folder.File("remotes.json");

    [Fact]
    public void What_was_added_is_there_after_a_restart_until_it_is_removed()
    {
        RemoteShelf shelf = Open();
        Assert.Empty(shelf.All);
        shelf.Add(RemoteModel.Of("http://localhost:8000", "Qwen/Qwen3-8B"), "s3cret");
        shelf.Add(RemoteModel.Of("https://api.example.com/v1/", "big one", "big", "EXAMPLE_API_KEY"));
        Assert.Equal(
            [new RemoteModel("Qwen--Qwen3-8B", "http://localhost:8000/v1", "Qwen/Qwen3-8B") { KeepsKey = true }, new RemoteModel("big", "https://api.example.com/v1", "big one") { KeyVariable = "EXAMPLE_API_KEY" }],
            Open().All);
        Assert.Contains("another name", Assert.Throws<RequestException>(() => Open().Add(RemoteModel.Of("http://localhost:9", "big"))).Message);
        Assert.True(Open().Remove("Qwen--Qwen3-8B"));
        Assert.False(Open().Remove("Qwen--Qwen3-8B"));
        Assert.DoesNotContain("s3cret", System.IO.File.ReadAllText(File));
        Assert.Equal("big", Assert.Single(Open().All).Id);
    }

    [Fact]
    public void Only_its_owner_reads_the_file_with_the_keys_and_no_text_of_ours_has_one()
    {
        RemoteShelf shelf = Open();
        shelf.Add(RemoteModel.Of("http://localhost:8000", "m"), "s3cret");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.DoesNotContain("s3cret", shelf.All[0].ToString());
    }

    [Theory]
    [InlineData("{", "remotes.json")]
    [InlineData("null", "null is no list")]
    [InlineData("""[{"id":"a/b","url":"http://x","name":"m"}]""", "'a/b' cannot be what the model is called here")]
    [InlineData("""[{"id":"a","url":"x","name":"m"}]""", "'x' is no address of an API")]
    [InlineData("""[{"id":"a","url":"http://x"}]""", "the model has no name")]
    public void A_damaged_file_is_told_with_what_to_do(string content, string says)
    {
        System.IO.File.WriteAllText(File, content);
        string message = Assert.Throws<WorkbenchException>(Open).Message;
        Assert.Contains(says, message);
        Assert.Contains("Correct the file, or delete it", message);
    }

    [Theory]
    [InlineData("HOME")]
    [InlineData("DATABASE_PASSWORD")]
    [InlineData("A B_API_KEY")]
    public void Not_every_secret_of_the_environment_can_be_sent(string variable) =>
        Assert.Contains("ends in _API_KEY or begins with JUXTA_", Assert.Throws<RequestException>(() => RemoteModel.Of("http://localhost", "m", null, variable)).Message);

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("two words")]
    public void What_is_no_key_is_refused(string key) => Assert.Contains("the key holds blanks", Assert.Throws<RequestException>(() => Open().Add(RemoteModel.Of("http://localhost", "m"), key)).Message);

    [Fact]
    public void One_key_is_enough()
    {
        Assert.Contains("give one of them", Assert.Throws<RequestException>(() => Open().Add(RemoteModel.Of("http://localhost", "m", null, "JUXTA_TEST"), "key")).Message);
        Open().Add(RemoteModel.Of("http://localhost", "m", null, "JUXTA_NOWHERE_SET"));
        Assert.Contains("JUXTA_NOWHERE_SET, which is not set here", Assert.Throws<EndpointException>(() => Open().Find("m")).Message);
        Assert.Contains("a name or a password", Assert.Throws<EndpointException>(() => RemoteModel.Of("http://user:pass@localhost", "m")).Message);
    }
}
