using Juxta.Engine.Weights;

namespace Juxta.EngineTests.Weights;

/// <summary>Hashes that outlive a process, and when they are not believed.</summary>
public sealed class KnownHashesTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_hash_is_remembered_until_the_file_changes_whatever_its_time_says()
    {
        string path = Large("weights"), notes = _folder.File("hashes");
        var known = new KnownHashes(notes, TimeSpan.Zero);
        string hash = WeightsHash.OfFile(path, known);
        Assert.Equal(hash, known.Find(FileIdentity.Of(path)));
        Assert.Equal(WeightsHash.OfFiles([path]), WeightsHash.OfKnownFiles([path], known));

        DateTime written = File.GetLastWriteTimeUtc(path);
        Thread.Sleep(20); // longer than a tick of the file system's clock
        using (FileStream file = File.OpenWrite(path)) file.WriteByte(1);
        File.SetLastWriteTimeUtc(path, written);
        Assert.Null(known.Find(FileIdentity.Of(path)));
        Assert.Null(WeightsHash.OfKnownFiles([path], known));
        Assert.NotEqual(hash, WeightsHash.OfFile(path, known));
    }

    [Fact]
    public void Another_file_in_its_place_is_another_file()
    {
        string path = Large("weights"), other = Large("other");
        var known = new KnownHashes(_folder.File("hashes"), TimeSpan.Zero);
        WeightsHash.OfFile(path, known);
        File.SetLastWriteTimeUtc(other, File.GetLastWriteTimeUtc(path));
        File.Move(other, path, overwrite: true);
        Assert.Null(known.Find(FileIdentity.Of(path)));
    }

    [Fact]
    public void A_file_that_changed_just_now_is_not_remembered()
    {
        string path = Large("weights");
        var known = new KnownHashes(_folder.File("hashes"), TimeSpan.FromMinutes(1));
        WeightsHash.OfFile(path, known);
        Assert.Null(known.Find(FileIdentity.Of(path)));
        Assert.False(Directory.Exists(_folder.File("hashes")));
    }

    [Fact]
    public void A_damaged_note_is_no_hash()
    {
        string path = Large("weights");
        var known = new KnownHashes(_folder.File("hashes"), TimeSpan.Zero);
        WeightsHash.OfFile(path, known);
        string note = Assert.Single(Directory.GetFiles(_folder.File("hashes")));
        File.WriteAllText(note, File.ReadAllText(note)[..^3]);
        Assert.Null(known.Find(FileIdentity.Of(path)));
    }

    string Large(string name)
    {
        string path = _folder.Write(name, "weights");
        using FileStream file = File.OpenWrite(path);
        file.SetLength(KnownHashes.Smallest);
        return path;
    }
}
