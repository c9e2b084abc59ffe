namespace Juxta.Workbench.Hub;

/// <summary>Counts bytes as they arrive and tells, ten times a second at most, how far the download is and how fast it has been over the last seconds.</summary>
internal sealed class DownloadMeter(HubModel model, IProgress<HubProgress>? progress, TimeProvider time)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5), Interval = TimeSpan.FromMilliseconds(100), LongestGuess = TimeSpan.FromDays(30);

    readonly Queue<(long At, long Arrived)> _samples = new();
    long _finished, _inFile, _arrived, _last = time.GetTimestamp();
    int _number;

    /// <summary>A file begins (or begins anew) of which so many bytes are there.</summary>
    public void Begin(int number, long bytes)
    {
        (_number, _inFile) = (number, bytes);
        Tell(force: true);
    }

    public void Arrived(int bytes)
    {
        _inFile += bytes;
        _arrived += bytes;
        Tell(force: false);
    }

    /// <summary>The file is in its place.</summary>
    public void End()
    {
        _finished += model.Files[_number - 1].Bytes;
        _inFile = 0;
        Tell(force: true);
    }

    void Tell(bool force)
    {
        long now = time.GetTimestamp();
        if (!force && time.GetElapsedTime(_last, now) < Interval) return;
        _last = now;
        _samples.Enqueue((now, _arrived));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().At, now) > Window) _samples.Dequeue();
        (long at, long arrived) = _samples.Peek();
        double seconds = time.GetElapsedTime(at, now).TotalSeconds, speed = seconds > 0 ? (_arrived - arrived) / seconds : 0;
        long bytes = _finished + _inFile, missing = model.TotalBytes - bytes;
        bool known = missing == 0 || seconds >= 1 && missing / speed < LongestGuess.TotalSeconds;
        TimeSpan? left = known ? TimeSpan.FromSeconds(missing == 0 ? 0 : missing / speed) : null;
        progress?.Report(new HubProgress(model.Files[_number - 1].Name, _number, model.Files.Count, bytes, model.TotalBytes, speed, left));
    }
}
