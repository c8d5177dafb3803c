using System.Security.Cryptography;

namespace Engine.Storage;

/// <summary>
/// A PostgreSQL database: writes of several nodes run at the same time, each decided under the lock of the row it is about.
/// </summary>
internal sealed class PostgresDatabase : Database
{
    /// <summary>
    /// How long a caller waits for an answer: whoever asks over HTTP is told within a second that the database is away. What was begun may
    /// still be done then.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);

    // Connections of a node: these, one that listens, and those of its wake-ups.
    private const int Lanes = 8;
    private const int WakeLanes = 6;

    private readonly string tag;
    private readonly PostgresLanes lanes;
    private readonly DatabaseClock? clock;

    private PostgresDatabase(PostgresPlace place, string tag, PostgresLanes lanes, DatabaseClock? clock, TimeProvider given)
    {
        Place = place;
        this.tag = tag;
        this.lanes = lanes;
        this.clock = clock;
        Time = clock ?? given;
    }

    public PostgresPlace Place { get; }

    private TimeSpan? CallersPatience => IsHurried && clock is not null ? Patience : null;

    public override string Name => Place.Name;

    public override SqlDialect Dialect => SqlDialect.Postgres;

    public override TimeProvider Time { get; }

    /// <summary>Connects and brings the schema up to date.</summary>
    public static async Task<PostgresDatabase> OpenAsync(StorePlace.Server server, TimeProvider given, CancellationToken cancellation)
    {
        var place = PostgresPlace.Read(server.ConnectionString);
        var ownTag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var opened = new PostgresLanes(place, ownTag, Lanes);
        DatabaseClock? looked = null;
        try
        {
            if (!server.IsTimeGiven)
            {
                looked = new DatabaseClock(opened, given);
                await looked.StartAsync(cancellation);
            }

            var time = looked ?? given;
            await opened.DoAsync(
                session =>
                {
                    Migrations.Apply(session, place.Name, time);
                    return true;
                },
                SessionUse.Read, patience: null, cancellation);
            return new PostgresDatabase(place, ownTag, opened, looked, given);
        }
        catch
        {
            if (looked is not null) await looked.DisposeAsync();
            await opened.DisposeAsync();
            throw;
        }
    }

    public override Task<T> ReadAsync<T>(Func<Session, T> read, CancellationToken cancellation) =>
        lanes.DoAsync(read, SessionUse.Read, CallersPatience, cancellation);

    public override Task<T> WriteAsync<T>(Func<Session, T> write, CancellationToken cancellation) =>
        lanes.DoAsync(write, SessionUse.Write, CallersPatience, cancellation);

    public override Task<T> WorkAsync<T>(Func<Session, T> write, CancellationToken cancellation) =>
        lanes.DoAsync(write, SessionUse.Write, patience: null, cancellation);

    /// <summary>The wake-ups of runs, on connections of their own: what persons ask for does not wait behind them.</summary>
    public PostgresWakes NewWakes() => new(
        new PostgresLanes(Place, tag, WakeLanes), Time, clock is null ? "CAST(@now AS BIGINT)" : DatabaseClock.Sql, tag);

    /// <summary>Keeps the wake-ups' table clean; not where the time is given, since then nothing goes by itself.</summary>
    public PostgresVacuum? NewVacuum() => clock is null ? null : new PostgresVacuum(Place);

    /// <summary>Listens to what other nodes store.</summary>
    public PostgresListener NewListener(Action<RunHint> hear) => new(Place, tag, hear);

    public override async ValueTask DisposeAsync()
    {
        if (clock is not null) await clock.DisposeAsync();
        await lanes.DisposeAsync();
    }
}
