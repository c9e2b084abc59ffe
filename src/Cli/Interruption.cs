using System.Runtime.InteropServices;

namespace Juxta.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: the command is asked to stop, clears up and says what is kept. One that does not hear it (a checkpoint is being packed, numbers are being drawn) is ended after a
/// moment, and any is at the second Ctrl-C.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>As a shell reports Ctrl-C.</summary>
    public const int ExitCode = 130;

    readonly CancellationTokenSource _stop = new();
    readonly TimeSpan _patience;
    readonly PosixSignalRegistration _interrupt, _terminate;

    /// <param name="hears">The command hears its token.</param>
    public Interruption(bool hears)
    {
        _patience = hears ? TimeSpan.FromSeconds(3) : TimeSpan.Zero;
        (_interrupt, _terminate) = (PosixSignalRegistration.Create(PosixSignal.SIGINT, Hear), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Hear));
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>The last line.</summary>
    public static void Say(string? what) => Console.Error.WriteLine($"juxta: {what ?? "stopped before it was done"}");

    void Hear(PosixSignalContext signal)
    {
        signal.Cancel = true;
        bool again = _stop.IsCancellationRequested;
        _ = _stop.CancelAsync(); // what waits goes on elsewhere, not inside the signal's handler
        _ = EndAsync(again ? TimeSpan.Zero : _patience);
    }

    static async Task EndAsync(TimeSpan patience)
    {
        await Task.Delay(patience);
        Say(null);
        Environment.Exit(ExitCode);
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
    }
}

/// <summary>The command was interrupted, and this is the last line.</summary>
internal sealed class StoppedException(string message) : OperationCanceledException(message);
