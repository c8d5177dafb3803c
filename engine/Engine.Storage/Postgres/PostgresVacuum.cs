using Npgsql;

namespace Engine.Storage;

/// <summary>
/// Vacuums the tables that runs are written to, far oftener than the server does by itself (each minute at the most): a claim goes along an
/// index whose head is what was due before, and would otherwise pass all of that again each time; and a run that begins takes the place of
/// what another one has replaced. One node at a time does it.
/// </summary>
internal sealed class PostgresVacuum : IAsyncDisposable
{
    /// <summary>In seconds.</summary>
    private const int Limit = 120;

    /// <summary>It takes at most one part in so many of a connection's time.</summary>
    private const int Share = 10;

    private const string Wanting = """
        SELECT relname FROM pg_stat_user_tables
        WHERE relid IN ('wakes'::regclass, 'runs'::regclass, 'run_bodies'::regclass) AND n_dead_tup > 1000 + n_live_tup / 5
          AND coalesce(last_vacuum, '-infinity') < now() - interval '1 second'
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly PostgresPlace place;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;

    public PostgresVacuum(PostgresPlace place)
    {
        this.place = place;
        loop = Task.Run(() => RunAsync(stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        var pause = Pause;
        while (true)
        {
            await Task.Delay(pause, TimeProvider.System, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellation.IsCancellationRequested) return;
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                await VacuumAsync(cancellation);
            }
            catch (Exception away) when (away is OperationCanceledException || PostgresTrouble.ReasonOf(away) is not null)
            {
                // The server does it too, if late.
            }

            pause = TimeSpan.FromTicks(Math.Max(Pause.Ticks, TimeProvider.System.GetElapsedTime(began).Ticks * Share));
        }
    }

    private async Task VacuumAsync(CancellationToken cancellation)
    {
        await using var connection = await place.ConnectAsync(cancellation);
        var tables = new List<string>();
        await using (var ask = new NpgsqlCommand(Wanting, connection))
        await using (var reader = await ask.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation)) tables.Add(reader.GetString(0));
        }

        if (tables.Count == 0) return;
        await using var patient = new NpgsqlCommand("SET statement_timeout = 0", connection);
        await patient.ExecuteNonQueryAsync(cancellation);
#pragma warning disable CA2100 // One of our own three tables.
        await using var vacuum = new NpgsqlCommand($"VACUUM (SKIP_LOCKED, TRUNCATE false) {string.Join(", ", tables)}", connection);
#pragma warning restore CA2100
        vacuum.CommandTimeout = Limit;
        await vacuum.ExecuteNonQueryAsync(cancellation);
    }
}
