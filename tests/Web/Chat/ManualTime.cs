namespace Juxta.WebTests.Chat;

/// <summary>A clock that moves when the test says so.</summary>
sealed class ManualTime : TimeProvider
{
    readonly List<Alarm> _alarms = [];
    DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(() => callback(state)) { Due = dueTime == Timeout.InfiniteTimeSpan ? null : _now + dueTime };
        lock (_alarms) _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Waits until somebody waits, then lets the time pass.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        while (!Waiting()) await Task.Delay(1);
        _now += by;
        foreach (Alarm alarm in Snapshot().Where(alarm => alarm.Due <= _now))
        {
            alarm.Due = null;
            alarm.Ring();
        }
    }

    bool Waiting() => Snapshot().Any(alarm => alarm.Due is not null);

    Alarm[] Snapshot()
    {
        lock (_alarms) return [.. _alarms];
    }

    sealed class Alarm(Action ring) : ITimer
    {
        public Action Ring { get; } = ring;

        public DateTimeOffset? Due { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => Due = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
