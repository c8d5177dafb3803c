using Microsoft.Data.Sqlite;
using Xunit;
using Xunit.Abstractions;

namespace Engine.EndToEnd;

/// <summary>Another process holds the lock of the engine's SQLite file for longer than anybody waits.</summary>
[Trait("Faults", "Cluster")]
public sealed class LockedDatabaseTests(ITestOutputHelper output)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ENGINE_LONG_TESTS") == "1";

    [Fact]
    public async Task SQLite_that_another_process_locks_is_waited_for()
    {
        await using var cluster = await Cluster.StartOnSqliteAsync();
        await using var load = new Load(cluster, 8, 200, seed: 7);
        await load.OpenAsync(4);
        await using (var connection = new SqliteConnection($"Data Source={cluster.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var transaction = connection.BeginTransaction(deferred: false);
            await Task.Delay(TimeSpan.FromSeconds(IsLong ? 30 : 8));
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        await load.FinishAsync(TimeSpan.FromMinutes(4));
        await cluster.JudgeAsync(load, output);
    }
}
