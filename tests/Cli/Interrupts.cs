using System.Diagnostics;
using System.Globalization;

namespace Juxta.CliTests;

/// <summary>Ctrl-C, as a terminal sends it.</summary>
internal static class Interrupts
{
    /// <summary>Skips the test where nothing can be interrupted.</summary>
    public static void Require()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sends a signal");
        string mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim();
        bool ignored = (ulong.Parse(mask, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (2 - 1))) != 0;
        Assert.SkipWhen(ignored, "this process was started in the background of a script, which ignores SIGINT, and so do its children");
    }

    /// <summary>Interrupts a command, which ends with 130 before long.</summary>
    public static void Send(Process command)
    {
        using Process kill = Process.Start("kill", ["-INT", $"{command.Id}"]);
        Assert.True(command.WaitForExit(TimeSpan.FromMinutes(2)), "it did not end after Ctrl-C");
        Assert.Equal(130, command.ExitCode);
    }
}
