using Juxta.Training.Output;

namespace Juxta.Web.Models;

/// <summary>The loss curve of a folder as its trainer_state.json has it now.</summary>
/// <param name="folder">Of an adapter, a model, or a training under way.</param>
public sealed class LossLog(string folder)
{
    DateTime _read;

    public string Folder => folder;

    /// <summary>Null where there is no log, or none that can be read.</summary>
    public LossCurve? Curve { get; private set; }

    /// <summary>Why the log cannot be read; null when it can, or is not there.</summary>
    public string? Failure { get; private set; }

    /// <summary>Reads the file where it has changed since.</summary>
    /// <returns>Whether there is something new to show.</returns>
    public bool Refresh()
    {
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(folder, TrainerState.FileName));
        if (written == _read) return false;
        _read = written;
        try
        {
            (Curve, Failure) = (LossCurve.Read(folder), null);
        }
        catch (TrainingLogException e)
        {
            (Curve, Failure) = (null, e.Message);
        }
        return true;
    }
}
