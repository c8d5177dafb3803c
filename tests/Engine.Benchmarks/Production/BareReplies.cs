using System.Collections.Concurrent;
using Npgsql;

namespace Engine.Benchmarks;

/// <summary>
/// The least that a durable answer over PostgreSQL can do, as a reference: a row is stored and told to a worker, which changes another and tells a
/// page. Two commits on disk, two notifications; no state, no call, no HTTP.
/// </summary>
internal static class BareReplies
{
    /// <summary>Milliseconds from the first commit to the page's notification.</summary>
    public static async Task<IReadOnlyCollection<double>> MeasureAsync(string database, int perSecond, TimeSpan during)
    {
        await using var source = NpgsqlDataSource.Create($"{database};Max Auto Prepare=20;Auto Prepare Min Usages=2");
        await using (var make = source.CreateCommand("CREATE TABLE bare_inbox (number bigint PRIMARY KEY); CREATE TABLE bare_prompts (number bigint PRIMARY KEY)")) await make.ExecuteNonQueryAsync();
        var accepted = new ConcurrentDictionary<long, long>();
        var taken = new ConcurrentBag<double>();
        using var stop = new CancellationTokenSource();
        var worker = ListenAsync(source, "bare_work", number => _ = StoreAsync(source, "bare_prompts", number, "bare_page"), stop.Token);
        var page = ListenAsync(
            source, "bare_page", number => taken.Add(accepted.TryGetValue(number, out var at) ? TimeProvider.System.GetElapsedTime(at).TotalMilliseconds : 0), stop.Token);
        await Task.Delay(500);

        var began = TimeProvider.System.GetTimestamp();
        for (var number = 0L; number < during.TotalSeconds * perSecond; number++)
        {
            var due = TimeSpan.FromSeconds(number / (double)perSecond) - TimeProvider.System.GetElapsedTime(began);
            if (due > TimeSpan.Zero) await Task.Delay(due);
            await StoreAsync(source, "bare_inbox", number, "bare_work");
            accepted[number] = TimeProvider.System.GetTimestamp();
        }

        await Task.Delay(500);
        await stop.CancelAsync();
        await Task.WhenAll(worker, page);
        return taken;
    }

    private static async Task StoreAsync(NpgsqlDataSource source, string table, long number, string channel)
    {
        await using var command = source.CreateCommand($"WITH stored AS (INSERT INTO {table} VALUES ($1) RETURNING number) SELECT pg_notify('{channel}', number::text) FROM stored");
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        await command.ExecuteNonQueryAsync();
    }

    private static async Task ListenAsync(NpgsqlDataSource source, string channel, Action<long> hear, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(CancellationToken.None);
        connection.Notification += (_, told) => hear(long.Parse(told.Payload, System.Globalization.CultureInfo.InvariantCulture));
        await using (var listen = new NpgsqlCommand($"LISTEN {channel}", connection)) await listen.ExecuteNonQueryAsync(CancellationToken.None);
        try
        {
            while (true) await connection.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
