namespace Engine.Tests;

/// <summary>A clock that stands still until a test moves it; timers that fall due fire then. May be used from any thread.</summary>
internal sealed class LabTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<LabTimer> timers = [];
    private long ticks = LabRun.Start.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public void Advance(double seconds)
    {
        List<LabTimer> due;
        lock (gate)
        {
            Interlocked.Add(ref ticks, TimeSpan.FromSeconds(seconds).Ticks);
            due = [.. timers.Where(timer => timer.Due <= GetUtcNow()).OrderBy(timer => timer.Due)];
            foreach (var timer in due) timers.Remove(timer);
        }
        foreach (var timer in due) timer.Fire();
    }

    /// <summary>Moves on in small steps until a task has ended, letting the other threads work in between.</summary>
    public async Task AdvanceUntilAsync(Task task)
    {
        for (var step = 0; step < 2000 && !task.IsCompleted; step++)
        {
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(2), System));
            if (!task.IsCompleted) Advance(0.05);
        }
        await task.WaitAsync(Patience.Limit, System);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new LabTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class LabTimer(LabTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time.GetUtcNow() + dueTime;
                if (dueTime > TimeSpan.Zero) time.timers.Add(this);
            }
            if (dueTime <= TimeSpan.Zero) Fire();
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
