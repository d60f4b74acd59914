namespace Qmp.Machine.Time;

/// <summary>The clock of a virtual timeline.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private readonly VirtualTimeline _timeline;
    private readonly DateTimeOffset _epoch;

    public VirtualClock(VirtualTimeline timeline, DateTimeOffset epoch)
    {
        _timeline = timeline;
        _epoch = epoch;
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => _timeline.Elapsed;

    public override DateTimeOffset GetUtcNow() => _epoch.AddTicks(_timeline.Elapsed / 100);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new VirtualTimer(_timeline, callback, state, dueTime, period);

    private sealed class VirtualTimer : ITimer, VirtualTimeline.IDue
    {
        private readonly VirtualTimeline _timeline;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private long _setting; // counts changes, so that what was due before one is ignored
        private TimeSpan _period;

        public VirtualTimer(
            VirtualTimeline timeline, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timeline = timeline;
            _callback = callback;
            _state = state;
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _setting++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _timeline.Schedule(this, _setting, (long)dueTime.TotalNanoseconds);
            }

            return true;
        }

        public void Due(long token)
        {
            if (token != _setting) return;
            if (_period > TimeSpan.Zero) _timeline.Schedule(this, _setting, (long)_period.TotalNanoseconds);
            _callback(_state);
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
