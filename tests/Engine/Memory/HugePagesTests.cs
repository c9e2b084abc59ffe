using Juxta.Engine.Memory;
using Juxta.Engine.Weights;
using Juxta.EngineTests.Weights;

namespace Juxta.EngineTests.Memory;

public sealed unsafe class HugePagesTests
{
    [Fact]
    public void A_large_buffer_lies_in_huge_pages()
    {
        const string setting = "/sys/kernel/mm/transparent_hugepage/enabled";
        Assert.SkipUnless(File.Exists(setting) && !File.ReadAllText(setting).Contains("[never]", StringComparison.Ordinal), "this system has no huge pages");
        using var buffer = new AlignedBuffer(64 << 20);
        new Span<byte>(buffer.Pointer, 64 << 20).Fill(1);
        // Memory may be cut into pieces too small for some of them.
        Assert.True(AnonymousHugeBytes((nuint)buffer.Pointer) > 16 << 20, "64 MB, and less than 16 of them in huge pages");
    }

    [Fact]
    public void A_file_below_two_pages_has_none_to_miss()
    {
        using var folder = new TempFolder();
        using MappedFile small = MappedFile.Open(folder.Write("small", new byte[3 << 20]));
        Assert.True(HugePages.Hold(small.At(0, 0), small.Length));
    }

    [Fact]
    public void A_file_of_a_system_without_them_is_told_from_others()
    {
        using SharedMemoryFolder folder = SharedMemoryFolder.Require();
        string path = Path.Combine(folder.Path, "file");
        File.WriteAllBytes(path, new byte[8 << 20]);
        using MappedFile file = MappedFile.Open(path);
        file.PreferHugePages();
        Assert.Equal(0, file.Span(0, 8 << 20).IndexOf((byte)0));
        Assert.Equal(-1, file.Span(0, 8 << 20).IndexOf((byte)1)); // touches all pages
        Assert.False(HugePages.Hold(file.At(0, 0), file.Length));
    }

    static long AnonymousHugeBytes(nuint address)
    {
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ', 2)[0];
            if (first.Split('-') is [var from, var to] && nuint.TryParse(from, System.Globalization.NumberStyles.HexNumber, null, out nuint start) && nuint.TryParse(to, System.Globalization.NumberStyles.HexNumber, null, out nuint end))
                inside = address >= start && address < end;
            else if (inside && first == "AnonHugePages:")
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        return 0;
    }
}
