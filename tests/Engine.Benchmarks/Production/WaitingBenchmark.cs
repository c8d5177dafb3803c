using Engine.Postgres;

namespace Engine.Benchmarks;

/// <summary>What a run that waits in a poll costs: bytes in PostgreSQL by table, and memory of the node that polls it.</summary>
internal static class WaitingBenchmark
{
    private const int First = 2_000;
    private const int Runs = 20_000;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"waiting: {Runs} runs waiting in a 5 s poll on PostgreSQL, calls stubbed");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            await using var server = await PostgresServer.StartAsync();
            var database = await server.NewDatabaseAsync();
            await using var engine = await StubbedEngine.OpenAsync(database, Path.Combine(folder.FullName, "engine.key"), store => store, _ => { });
            engine.Pump();
            await engine.StartRunsAsync(StubbedFlows.Waiting, First);
            await Task.Delay(TimeSpan.FromSeconds(12));
            var memory = Heap();
            var stored = await SizeAsync(database);
            await engine.StartRunsAsync(StubbedFlows.Waiting, Runs);
            await Task.Delay(TimeSpan.FromSeconds(20));
            memory = Heap() - memory;
            var grown = await SizeAsync(database);
            foreach (var (table, bytes) in grown.OrderByDescending(entry => entry.Value))
            {
                var each = (bytes - stored.GetValueOrDefault(table)) / (double)Runs;
                if (each >= 1) Console.WriteLine($"    {table,-24} {each,8:0} bytes a run, with indexes");
            }

            var inDatabase = (grown.Values.Sum() - stored.Values.Sum()) / (double)Runs;
            return Measurement.Report("bytes in PostgreSQL for a waiting run", inDatabase, "B", 3_000)
                & Measurement.Report("memory of the node for a waiting run", memory / (double)Runs, "B", 2_000);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    private static async Task<Dictionary<string, long>> SizeAsync(string database)
    {
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var source = Npgsql.NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) sizes[reader.GetString(0)] = reader.GetInt64(1);
        return sizes;
    }
}
