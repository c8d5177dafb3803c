namespace Engine.Storage;

/// <summary>
/// The database's clock, carried on by this machine's monotonic one between two looks: what the machine's own clock says counts for nothing.
/// It goes on while the database is away.
/// </summary>
internal sealed class DatabaseClock(PostgresLanes lanes, TimeProvider machine) : TimeProvider, IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    // Of an answer that took this long little is known better than from the last look.
    private static readonly TimeSpan TooSlow = TimeSpan.FromMilliseconds(200);

    /// <summary>Its time in SQL, once for a statement: ticks since the year 1, as .NET counts them; 62,135,596,800 s passed from then to the epoch.</summary>
    public const string Sql = "(SELECT CAST((extract(epoch FROM clock_timestamp()) + 62135596800) * 10000000 AS BIGINT))";

    private readonly CancellationTokenSource stopping = new();
    private volatile Look last = new(0, 0);
    private Task looking = Task.CompletedTask;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() => TimeAt(machine.GetTimestamp());

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Looks once, and from then on by itself.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await LookAsync(TimeSpan.MaxValue, cancellation);
        looking = Task.Run(() => LookOnAsync(stopping.Token), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await looking;
        stopping.Dispose();
    }

    /// <summary>What was thought of the time, corrected by a slow answer: when it arrived, its clock stood between what it says and that and all the time it took.</summary>
    internal static long Within(long thought, long answer, TimeSpan took) => Math.Clamp(thought, answer, answer + took.Ticks);

    private DateTimeOffset TimeAt(long timestamp)
    {
        var look = last;
        return new DateTimeOffset(look.UtcTicks, TimeSpan.Zero) + machine.GetElapsedTime(look.Timestamp, timestamp);
    }

    private async Task LookOnAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(LookEvery, machine, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) return;
            try
            {
                await LookAsync(TooSlow, CancellationToken.None);
            }
            catch (Exception)
            {
                // A border: it is away, or refuses; whoever needs more of it than the time says so. Looking must never end: claims go by this clock.
            }
        }
    }

    private async Task LookAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var look = await lanes.DoAsync(
            session =>
            {
                var before = machine.GetTimestamp();
                var ticks = session.Number($"SELECT {Sql}") ?? 0;
                var after = machine.GetTimestamp();
                var took = machine.GetElapsedTime(before, after);
                return took <= limit
                    ? new Look(ticks - took.Ticks / 2, before)
                    : new Look(Within(TimeAt(after).Ticks, ticks, took), after);
            },
            SessionUse.Read, patience: null, cancellation);
        last = look;
    }

    /// <param name="UtcTicks">The database's time…</param>
    /// <param name="Timestamp">…at this moment of the machine's monotonic clock.</param>
    private sealed record Look(long UtcTicks, long Timestamp);
}
