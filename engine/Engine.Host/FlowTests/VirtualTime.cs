namespace Engine.Host;

/// <summary>A clock that stands still until it is moved. Timers fire then, one after the other, on the mover's thread.</summary>
internal sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly List<VirtualTimer> timers = [];
    private DateTimeOffset now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>When the next timer fires; null where none is set.</summary>
    public DateTimeOffset? NextTimer => timers.Min(timer => timer.Due);

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    /// <summary>Moves on to a moment and fires one timer that is due then, if any; false where none is.</summary>
    public bool MoveTo(DateTimeOffset moment)
    {
        if (moment > now) now = moment;
        if (timers.Where(timer => timer.Due <= now).MinBy(timer => timer.Due) is not { } due) return false;
        due.Fire();
        return true;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan every)
        {
            period = every;
            SetDue(dueTime);
            return true;
        }

        public void Fire()
        {
            SetDue(period <= TimeSpan.Zero ? Timeout.InfiniteTimeSpan : period);
            callback(state);
        }

        public void Dispose() => SetDue(Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void SetDue(TimeSpan after)
        {
            time.timers.Remove(this);
            Due = after == Timeout.InfiniteTimeSpan ? null : time.now + after;
            if (Due is not null) time.timers.Add(this);
        }
    }
}
