using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
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
            await RefusedAsync(cluster);
            await Task.Delay(TimeSpan.FromSeconds(IsLong ? 30 : 8));
            await RefusedAsync(cluster);
        }

        await Task.Delay(TimeSpan.FromSeconds(2));
        await load.FinishAsync(TimeSpan.FromMinutes(4));
        await cluster.JudgeAsync(load, output);
    }

    /// <summary>A caller is told, and when to come again; within a second where the machine is not busy with other tests.</summary>
    private async Task RefusedAsync(Cluster cluster)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.ApiKey);
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await http.PostAsJsonAsync(new Uri(cluster.Nodes[0].Address ?? throw new InvalidOperationException("it is away"), "/v1/runs"), new { flow = "telegram-qr", scenario = "scan", input = new { } });

        output.WriteLine($"refused after {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.00} s");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
    }
}
