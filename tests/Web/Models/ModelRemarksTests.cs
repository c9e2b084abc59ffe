using Juxta.Engine;
using Juxta.Engine.Weights.Packed;
using Juxta.Tests;
using Juxta.Web.Models;

namespace Juxta.WebTests.Models;

/// <summary>What a card says of a model that was loaded.</summary>
public sealed class ModelRemarksTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("juxta-web-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Packed_weights_that_cannot_be_kept_are_told_as_the_command_tells_them()
    {
        string tiny = Path.Combine(_folder, "tiny"), file = Path.Combine(_folder, "file");
        TinyModel.Write(tiny);
        File.WriteAllText(file, "no folder");
        var below = new PackedFolder(Path.Combine(file, "packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero };
        using LanguageModel model = LanguageModel.Open(tiny, threads: 1, packed: below), free = LanguageModel.Open(tiny, threads: 1, packed: PackedFolder.None);
        string remark = ModelRemarks.Of(model).Except(model.Warnings).Single();
        Assert.StartsWith($"Packed weights are not kept for the next opening in {below.Path}: ", remark, StringComparison.Ordinal);
        Assert.EndsWith("; name another folder in JUXTA_CACHE, or 'off'.", remark, StringComparison.Ordinal);
        Assert.Equal(free.Warnings, ModelRemarks.Of(free));
    }
}
