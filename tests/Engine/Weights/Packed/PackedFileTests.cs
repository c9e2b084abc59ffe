using Juxta.Engine.Memory;
using Juxta.Engine.Weights.Packed;
using Juxta.EngineTests.Memory;

namespace Juxta.EngineTests.Weights.Packed;

public sealed unsafe class PackedFileTests
{
    static readonly string Key = PackedFolder.KeyOf("content", "q8_0");

    [Fact]
    public void A_file_comes_back_as_it_was_written()
    {
        using var folder = new TempFolder();
        WriteAndCheck(folder.Path);
    }

    [Fact]
    public void A_file_that_the_system_maps_in_small_pages_is_read_into_memory()
    {
        using SharedMemoryFolder folder = SharedMemoryFolder.Require();
        WriteAndCheck(folder.Path, path => Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_window_writes_what_lies_in_it_and_zeros_between()
    {
        using var folder = new TempFolder();
        byte[] expected = new byte[3 * FileWindow.Bytes];
        string path = folder.Write("file", expected);
        var random = new Random(3);
        using (var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
        {
            var window = new FileWindow(handle);
            int offset = 5, last = 0;
            foreach (int count in (int[])[1, 100, FileWindow.Bytes, 7, (FileWindow.Bytes / 2) + 3, 1])
            {
                byte[] bytes = new byte[count];
                random.NextBytes(bytes);
                bytes.CopyTo(expected, offset);
                window.Write(offset, bytes);
                last = offset + count;
                offset = last + 4000;
            }
            window.Flush();
        }
        Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(expected));
    }

    static void WriteAndCheck(string folder, Action<string>? opened = null)
    {
        (string Name, long Bytes)[] parts = [("a", 5_000_001), ("b", 64), ("c", 9_000_000)];
        var random = new Random(1);
        var buffers = new List<AlignedBuffer>();
        foreach ((string _, long bytes) in parts)
        {
            var buffer = new AlignedBuffer(bytes);
            random.NextBytes(new Span<byte>(buffer.Pointer, (int)bytes));
            buffers.Add(buffer);
        }
        string path = Path.Combine(folder, "file.packed");
        using (PackedWriter writer = PackedWriter.Begin(folder, "model", [.. parts.Zip(buffers, (part, buffer) => new PackedSource(part.Name, "bytes", 1, 1, (nint)buffer.Pointer, part.Bytes))]))
            writer.Commit(path, Key);
        using PackedFile file = PackedFile.Open(path, Key, threads: 2)!;
        opened?.Invoke(path);
        foreach (((string name, long bytes), AlignedBuffer buffer) in parts.Zip(buffers))
        {
            PackedSection section = file.Find(name)!;
            Assert.True(new Span<byte>(buffer.Pointer, (int)bytes).SequenceEqual(new Span<byte>(file.DataOf(section), (int)section.Bytes)), name);
            buffer.Dispose();
        }
    }
}
