using Juxta.Engine;
using Juxta.Engine.Weights.Packed;
using Juxta.EngineTests.Models;
using Juxta.Tests;

namespace Juxta.EngineTests.Weights.Packed;

/// <summary>What one opening keeps for the next: the same bits, whatever happens to the files in between.</summary>
public sealed class PackedFolderTests : IDisposable
{
    static readonly string Model = Fixtures.Require("models", "qwen2.5-tied-bf16");

    readonly TempFolder _folder = new();

    PackedFolder Packed => new(_folder.File("packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("qwen2.5-tied-bf16", null)]
    [InlineData("qwen2.5-tied-bf16", "q4_0")]
    [InlineData("qwen3", "q8_0")]
    [InlineData("qwen2-untied-sharded", null)]
    [InlineData("chatglm2-6b-int4", null)]
    public async Task Kept_weights_give_the_same_bits(string name, string? storage)
    {
        string model = Fixtures.Require("models", name);
        float[] expected = await LogitsAsync(model, PackedFolder.None, storage, kept: false);
        Assert.Equal(expected, await LogitsAsync(model, Packed, storage, kept: false));
        Assert.Equal(expected, await LogitsAsync(model, Packed, storage, kept: true));
        PackedEntry entry = Assert.Single(Packed.List());
        Assert.Equal((model, storage ?? "stored"), (entry.Model, entry.Weights));
    }

    [Fact]
    public async Task Another_storage_and_another_content_have_files_of_their_own()
    {
        string copy = _folder.File("model");
        Copy(Model, copy);
        float[] before = await LogitsAsync(copy, Packed, null, kept: false), rounded = await LogitsAsync(copy, Packed, "q4_0", kept: false);
        Assert.NotEqual(before, rounded);

        string weights = Path.Combine(copy, "model.safetensors");
        DateTime written = File.GetLastWriteTimeUtc(weights);
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^2] ^= 0x10;
        File.WriteAllBytes(weights, bytes);
        File.SetLastWriteTimeUtc(weights, written); // size, name and time as before
        float[] other = await LogitsAsync(copy, Packed, null, kept: false);
        Assert.Equal(await LogitsAsync(copy, PackedFolder.None, null, kept: false), other);
        Assert.Equal(3, Packed.List().Count);

        Copy(Model, _folder.File("moved"));
        Assert.Equal(before, await LogitsAsync(_folder.File("moved"), Packed, null, kept: true)); // the same content in another place
    }

    [Theory]
    [InlineData("a byte of a weight")]
    [InlineData("a byte of the header")]
    [InlineData("its end")]
    [InlineData("all of it")]
    public async Task A_damaged_file_is_noticed_and_made_anew(string damage)
    {
        float[] expected = await LogitsAsync(Model, Packed, "q8_0", kept: false);
        string file = Packed.List()[0].File;
        byte[] whole = File.ReadAllBytes(file), bytes = [.. whole];
        switch (damage)
        {
            case "a byte of a weight": bytes[bytes.Length / 2] ^= 1; break;
            case "a byte of the header": bytes[40] ^= 1; break;
            case "its end": bytes = bytes[..^5000]; break;
            default: bytes = []; break;
        }
        File.WriteAllBytes(file, bytes);
        Assert.Equal(expected, await LogitsAsync(Model, Packed, "q8_0", kept: false));
        Assert.Equal(whole, File.ReadAllBytes(file));
        Assert.Equal(expected, await LogitsAsync(Model, Packed, "q8_0", kept: true));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_and_a_full_disk_are_told_in_a_line_and_change_nothing()
    {
        float[] expected = await LogitsAsync(Model, PackedFolder.None, null, kept: false);
        var below = new PackedFolder(Path.Combine(_folder.Write("file", "x"), "packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero };
        var full = new PackedFolder(_folder.File("packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero, FreeBytes = _ => 1_000 };
        foreach ((PackedFolder folder, string says) in new[] { (below, "packed"), (full, "its disk has 0.0 GB free, and twice the") })
        {
            using LanguageModel model = LanguageModel.Open(Model, threads: 1, packed: folder);
            Assert.StartsWith($"packed weights are not kept for the next opening in {folder.Path}: ", model.NotKept, StringComparison.Ordinal);
            Assert.Contains(says, model.NotKept, StringComparison.Ordinal);
            Assert.EndsWith("; name another folder in JUXTA_CACHE, or 'off'", model.NotKept, StringComparison.Ordinal);
            Assert.DoesNotContain("\n", model.NotKept, StringComparison.Ordinal);
            Assert.Equal(expected, Logits(model));
        }
        Assert.Empty(Packed.List());
    }

    [Fact]
    public async Task Several_at_once_leave_one_whole_file()
    {
        float[][] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => LogitsAsync(Model, Packed, "q4_0", kept: null))));
        Assert.All(all, logits => Assert.Equal(all[0], logits));
        Assert.Single(Packed.List());
        Assert.Empty(Directory.GetFiles(_folder.File("packed"), "*.part"));
        Assert.Equal(all[0], await LogitsAsync(Model, Packed, "q4_0", kept: true));
    }

    [Fact]
    public async Task The_longest_unused_goes_beyond_the_limit_and_what_a_killed_process_left_goes_with_the_next()
    {
        _folder.Write("packed/killed.part", new byte[100]);
        await LogitsAsync(Model, Packed, "q8_0", kept: false);
        Assert.Empty(Directory.GetFiles(_folder.File("packed"), "*.part"));
        await LogitsAsync(Model, Packed, "q4_0", kept: false);
        File.SetLastWriteTimeUtc(Packed.List().Single(entry => entry.Weights == "q8_0").File, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        long[] bytes = [.. Packed.List().OrderBy(entry => entry.Bytes).Select(entry => entry.Bytes)];
        var small = new PackedFolder(_folder.File("packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero, LimitBytes = bytes[0] + (2 * bytes[1]) }; // 16 bits are less than twice 8.5
        await LogitsAsync(Model, small, "f16", kept: false);
        Assert.Equal(["f16", "q4_0"], Packed.List().Select(entry => entry.Weights).Order());

        Packed.Clear();
        Assert.Empty(Packed.List());
    }

    [Fact]
    public async Task Small_models_large_ones_and_files_that_changed_just_now_are_not_kept()
    {
        string copy = _folder.File("model");
        Copy(Model, copy);
        foreach (PackedFolder folder in new[] { new PackedFolder(_folder.File("packed")) { Settling = TimeSpan.Zero }, new PackedFolder(_folder.File("packed")) { SmallestBytes = 0 }, new PackedFolder(_folder.File("packed")) { SmallestBytes = 0, Settling = TimeSpan.Zero, LimitBytes = 1000 } })
        {
            await LogitsAsync(copy, folder, null, kept: false);
            Assert.Empty(folder.List());
        }
    }

    /// <param name="kept">Whether the weights must come from the folder; null = either way.</param>
    static async Task<float[]> LogitsAsync(string folder, PackedFolder packed, string? storage, bool? kept)
    {
        using LanguageModel model = LanguageModel.Open(folder, threads: 2, weights: storage is null ? null : WeightStorage.Find(storage), packed: packed);
        if (kept is { } must) Assert.Equal(must, model.WasKept);
        Assert.Null(model.NotKept);
        await model.Keeping;
        return Logits(model);
    }

    static float[] Logits(LanguageModel model)
    {
        using var runner = new DecoderRunner(model.Decoder);
        return [.. runner.Logits(runner.RandomIds(1, 20)).SelectMany(row => row)];
    }

    static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
