using System.Collections.Concurrent;
using Npgsql;

namespace Engine.Benchmarks;

/// <summary>
/// The least that a durable schedule on PostgreSQL can do, as a reference: rows claimed in batches with <c>FOR UPDATE SKIP LOCKED</c>, a
/// lease, a fence, and a completion that sets the next due time. No state, no inbox, no call.
/// </summary>
internal sealed class BareLoop(string database)
{
    private const int Batch = 500;
    private const int Loops = 4;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Idle = TimeSpan.FromMilliseconds(5);

    private const string ClaimDue = """
        UPDATE bare SET due = now() + @lease, fence = fence + 1, holder = 'bench'
        WHERE id IN (SELECT id FROM bare WHERE due <= now() ORDER BY due LIMIT @batch FOR UPDATE SKIP LOCKED)
        RETURNING id, fence
        """;

    private const string Reschedule = """
        UPDATE bare SET due = now() + @period, holder = NULL
        FROM unnest(@ids, @fences) AS done (id, fence)
        WHERE bare.id = done.id AND bare.fence = done.fence
        """;

    /// <summary>Makes the table with rows that are due at once.</summary>
    public async Task SeedAsync(int rows)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var make = source.CreateCommand(
            """
            CREATE TABLE bare (
              id bigint PRIMARY KEY, due timestamptz NOT NULL, fence bigint NOT NULL, holder text, padding text NOT NULL
            ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
            CREATE INDEX bare_due ON bare (due);
            """);
        await make.ExecuteNonQueryAsync();
        await using var fill = source.CreateCommand("INSERT INTO bare SELECT n, now(), 0, NULL, repeat('x', 100) FROM generate_series(1, @rows) AS n");
        fill.Parameters.AddWithValue("rows", rows);
        await fill.ExecuteNonQueryAsync();
    }

    /// <summary>Wake-ups a second, with every row due again a period after it was worked.</summary>
    public async Task<double> MeasureAsync(TimeSpan period, TimeSpan warmUp, TimeSpan window)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Max Auto Prepare=20;Auto Prepare Min Usages=2");
        using var stop = new CancellationTokenSource();
        var claimed = new BlockingCollection<List<(long Id, long Fence)>>(Loops * 4);
        long done = 0;
        var claimers = Enumerable.Range(0, Loops).Select(_ => Task.Run(() => ClaimAsync(source, claimed, stop.Token))).ToArray();
        var completers = Enumerable.Range(0, Loops).Select(_ => Task.Run(async () =>
        {
            foreach (var batch in claimed.GetConsumingEnumerable()) Interlocked.Add(ref done, await CompleteAsync(source, batch, period));
        })).ToArray();
        await Task.Delay(warmUp);
        var before = Interlocked.Read(ref done);
        var began = TimeProvider.System.GetTimestamp();
        await Task.Delay(window);
        var rate = (Interlocked.Read(ref done) - before) / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        await stop.CancelAsync();
        await Task.WhenAll(claimers);
        claimed.CompleteAdding();
        await Task.WhenAll(completers);
        return rate;
    }

    private static async Task ClaimAsync(NpgsqlDataSource source, BlockingCollection<List<(long Id, long Fence)>> claimed, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(ClaimDue, connection);
        command.Parameters.AddWithValue("lease", Lease);
        command.Parameters.AddWithValue("batch", Batch);
        while (!stop.IsCancellationRequested)
        {
            var batch = new List<(long Id, long Fence)>(Batch);
            await using (var reader = await command.ExecuteReaderAsync(CancellationToken.None))
            {
                while (await reader.ReadAsync(CancellationToken.None)) batch.Add((reader.GetInt64(0), reader.GetInt64(1)));
            }

            if (batch.Count > 0) claimed.Add(batch, CancellationToken.None);
            if (batch.Count < Batch) await Task.Delay(Idle, CancellationToken.None);
        }
    }

    private static async Task<int> CompleteAsync(NpgsqlDataSource source, List<(long Id, long Fence)> batch, TimeSpan period)
    {
        await using var command = source.CreateCommand(Reschedule);
        command.Parameters.AddWithValue("period", period);
        command.Parameters.AddWithValue("ids", batch.ConvertAll(row => row.Id).ToArray());
        command.Parameters.AddWithValue("fences", batch.ConvertAll(row => row.Fence).ToArray());
        return await command.ExecuteNonQueryAsync();
    }
}
