using System.Net.Http.Json;
using System.Text.Json;
using Engine.Postgres;
using Npgsql;

namespace Engine.Benchmarks;

/// <summary>Nodes as processes of their own over one PostgreSQL server with fsync on; the provider answers from this process, over HTTP.</summary>
internal sealed class BenchNodes : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly InstantProvider provider;
    private readonly List<NodeProcess> nodes = [];
    private int started;
    private string key = "";

    private BenchNodes(DirectoryInfo folder, PostgresServer server, string database, InstantProvider provider)
    {
        (this.folder, Server, Database, this.provider) = (folder, server, database, provider);
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { CommandTimeout = 5 }.ToString());
    }

    public PostgresServer Server { get; }

    public string Database { get; }

    /// <summary>Looks at the database behind the engine's back.</summary>
    public NpgsqlDataSource Source { get; }

    public IReadOnlyList<NodeProcess> Nodes => nodes;

    public string FlowFolder => Path.Combine(folder.FullName, "flows");

    public string KeyFile => Path.Combine(folder.FullName, "key", "engine.key");

    /// <param name="flows">Texts of flow files.</param>
    /// <param name="answersAfter">How long the provider takes for an answer.</param>
    public static async Task<BenchNodes> StartAsync(int count, IReadOnlyList<string> flows, TimeSpan answersAfter = default)
    {
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        var server = await PostgresServer.StartAsync("fsync=on", "synchronous_commit=on");
        var made = new BenchNodes(folder, server, await server.NewDatabaseAsync(), await InstantProvider.StartAsync(answersAfter));
        try
        {
            await made.WriteAsync(flows);
            made.nodes.Add(await made.StartNodeAsync());
            made.key = await made.nodes[0].ReadKeyAsync();
            made.nodes.AddRange(await Task.WhenAll(Enumerable.Range(1, count - 1).Select(_ => made.StartNodeAsync())));
            foreach (var node in made.nodes) node.Use(made.key);
            var offered = await made.nodes[0].Http.GetFromJsonAsync<JsonElement>("/v1/flows");
            return offered.GetProperty("flows").GetArrayLength() == flows.Count ? made : throw new InvalidOperationException($"not all flows are offered: {offered}");
        }
        catch
        {
            await made.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a node (SIGKILL) and starts another in its place.</summary>
    public async Task ReplaceAsync(int index)
    {
        await nodes[index].DisposeAsync();
        nodes[index] = await StartNodeAsync();
        nodes[index].Use(key);
    }

    /// <summary>Starts runs at all nodes in turn, with some patience for nodes that have only just begun.</summary>
    public Task StartRunsAsync(string flow, int count) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, cancellation) =>
        {
            while (await StartRunAsync(nodes[number % nodes.Count], flow) is null) await Task.Delay(200, cancellation);
        });

    /// <summary>The run's id; null where the node does not take it now.</summary>
    public static async Task<string?> StartRunAsync(NodeProcess node, string flow)
    {
        using var answer = await node.Http.PostAsJsonAsync("/v1/runs", new { flow, subject = "bench", input = new { } });
        var run = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode ? run.GetProperty("id").GetString() : null;
    }

    /// <summary>The fences of open runs; each grows when somebody takes the run up.</summary>
    /// <param name="holder">Only runs held by a node whose name has this in it; null: all.</param>
    public async Task<Dictionary<long, long>> FencesAsync(string? holder = null)
    {
        await using var command = Source.CreateCommand(
            $"SELECT run, fence FROM wakes WHERE due IS NOT NULL{(holder is null ? "" : " AND lease_until IS NOT NULL AND holder LIKE $1")}");
        if (holder is not null) command.Parameters.Add(new NpgsqlParameter { Value = $"%{holder}%" });
        await using var reader = await command.ExecuteReaderAsync();
        var fences = new Dictionary<long, long>();
        while (await reader.ReadAsync()) fences[reader.GetInt64(0)] = reader.GetInt64(1);
        return fences;
    }

    /// <summary>How long after a moment each of some runs was taken up again, in seconds; those that were not are missing.</summary>
    public async Task<List<double>> TakenUpAsync(Dictionary<long, long> before, long since, TimeSpan patience)
    {
        var waiting = new Dictionary<long, long>(before);
        var taken = new List<double>();
        while (waiting.Count > 0 && TimeProvider.System.GetElapsedTime(since) < patience)
        {
            var now = await FencesAsync();
            var seconds = TimeProvider.System.GetElapsedTime(since).TotalSeconds;
            foreach (var run in waiting.Where(run => now.GetValueOrDefault(run.Key, long.MaxValue) > run.Value).Select(run => run.Key).ToList())
            {
                waiting.Remove(run);
                taken.Add(seconds);
            }

            await Task.Delay(20);
        }

        return taken;
    }

    /// <summary>Replaces all flow files.</summary>
    public async Task WriteAsync(IReadOnlyList<string> flows)
    {
        Directory.CreateDirectory(FlowFolder);
        for (var i = 0; i < flows.Count; i++) await File.WriteAllTextAsync(Path.Combine(FlowFolder, $"flow-{i}.yaml"), flows[i]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Source.DisposeAsync();
        await provider.DisposeAsync();
        await Server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private async Task<NodeProcess> StartNodeAsync()
    {
        var home = Directory.CreateDirectory(Path.Combine(folder.FullName, $"node-{Interlocked.Increment(ref started)}")).FullName;
        var settings = Path.Combine(home, "settings.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            providers = new { radist = new { api_key = "bench", company_id = 1, base_url = provider.Address.AbsoluteUri } },
        }));
        return await NodeProcess.StartAsync(
            home, ["--real", "--hangfire", "off", "--settings", settings, "--key-file", KeyFile, "--store", Database, "--flows", FlowFolder]);
    }
}
