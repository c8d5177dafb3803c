namespace Engine.Tests;

/// <summary>A clock that stands still until a test moves it; timers fire then, in order.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<SteppedTimer> timers = [];
    private TaskCompletionSource made = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DateTimeOffset now = new(2031, 2, 3, 4, 5, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public void Step(TimeSpan by)
    {
        var end = now + by;
        while (NextDue(end) is { } timer)
        {
            now = timer.Due ?? now;
            timer.Fire();
        }

        now = end;
    }

    /// <summary>Moves to the next timer and fires it; false where none is set.</summary>
    public bool StepToNext()
    {
        if (NextDue(DateTimeOffset.MaxValue) is not { Due: { } due }) return false;
        Step(due > now ? due - now : TimeSpan.Zero);
        return true;
    }

    /// <summary>Waits until somebody has set a timer since the last time.</summary>
    public async Task TimerSetAsync()
    {
        await made.Task;
        made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Waits until there is a timer that is due so much later.</summary>
    public Task TimerSetAsync(TimeSpan dueIn) => UntilAsync(() => timers.Any(timer => timer.Due == now + dueIn));

    /// <summary>Waits until so many timers are set.</summary>
    public Task TimersSetAsync(int count) => UntilAsync(() => timers.Count >= count);

    private async Task UntilAsync(Func<bool> isSo)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (isSo()) return;
                if (made.Task.IsCompleted) made = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                next = made.Task;
            }

            await next;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SteppedTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private SteppedTimer? NextDue(DateTimeOffset end)
    {
        lock (gate)
        {
            return timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
        }
    }

    private sealed class SteppedTimer(SteppedTime time, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time.now + dueTime;
                if (Due is not null) time.timers.Add(this);
            }

            if (Due is not null) time.made.TrySetResult();
            return true;
        }

        public void Fire()
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
            }

            callback(state);
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
