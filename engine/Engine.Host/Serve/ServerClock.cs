namespace Engine.Host;

/// <summary>The server's clock: this machine's until the engine has started, the engine's own from then on.</summary>
internal sealed class ServerClock(TimeProvider machine) : TimeProvider
{
    private volatile TimeProvider now = machine;

    public override TimeZoneInfo LocalTimeZone => now.LocalTimeZone;

    public override long TimestampFrequency => now.TimestampFrequency;

    public void Follow(TimeProvider engine) => now = engine;

    public override DateTimeOffset GetUtcNow() => now.GetUtcNow();

    public override long GetTimestamp() => now.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        now.CreateTimer(callback, state, dueTime, period);
}
