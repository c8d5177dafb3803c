using Engine.Postgres;
using Engine.Sandbox;
using Engine.Storage;

namespace Engine.EndToEnd;

/// <summary>
/// Several engines over one PostgreSQL server of this test's own, with one sandbox in this process: the provider and the clients outlive
/// whatever befalls engines and database.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly TempFolder folder;
    private readonly List<ClusterNode> nodes = [];

    private readonly PostgresServer? server;
    private readonly string? store;

    private Cluster(TempFolder folder, PostgresServer? server, SandboxServer sandbox, string? store) =>
        (this.folder, this.server, Sandbox, this.store) = (folder, server, sandbox, store);

    /// <summary>The database's server.</summary>
    /// <exception cref="InvalidOperationException">The engine keeps a file of its own.</exception>
    public PostgresServer Server => server ?? throw new InvalidOperationException("there is no server");

    public SandboxServer Sandbox { get; }

    public IReadOnlyList<ClusterNode> Nodes => nodes;

    public string ApiKey { get; private set; } = "";

    private string HomeOf(int node) => System.IO.Path.Combine(folder.Path, $"node-{node}");

    private string DataOf(int node) => System.IO.Path.Combine(HomeOf(node), "data");

    private string KeyFile => System.IO.Path.Combine(folder.Path, "key", "engine.key");

    /// <param name="environment">Of each node by its number, from 1; null: nothing special.</param>
    public static async Task<Cluster> StartAsync(int count, Func<int, (string Name, string Value)[]>? environment = null)
    {
        var server = await PostgresServer.StartAsync();
        return await StartAsync(server, await server.NewDatabaseAsync(), count, environment ?? (_ => []));
    }

    /// <summary>One engine over SQLite.</summary>
    public static Task<Cluster> StartOnSqliteAsync() => StartAsync(null, null, 1, _ => []);

    /// <summary>The SQLite file of the only engine.</summary>
    public string DatabaseFile => System.IO.Path.Combine(DataOf(1), "engine.db");

    private static async Task<Cluster> StartAsync(PostgresServer? server, string? store, int count, Func<int, (string Name, string Value)[]> environment)
    {
        var folder = new TempFolder();
        var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions(System.IO.Path.Combine(folder.Path, "sandbox"), [System.IO.Path.Combine(EngineProcess.HostFolder, "plugins")], TimeProvider.System), CancellationToken.None);
        var cluster = new Cluster(folder, server, sandbox, store);
        try
        {
            await cluster.StartNodesAsync(count, environment);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The store as one more node has it, to look into.</summary>
    public Task<EngineStore> OpenStoreAsync() => EngineStore.OpenAsync(
        store is null ? new StorePlace.Folder(DataOf(1)) : new StorePlace.Server(store), KeyFile, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Sandbox.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
        folder.Dispose();
    }

    private async Task StartNodesAsync(int count, Func<int, (string Name, string Value)[]> environment)
    {
        for (var number = 1; number <= count; number++)
        {
            Directory.CreateDirectory(DataOf(number));
            var home = HomeOf(number);
            nodes.Add(new ClusterNode(number, home,
            [
                .. store is null ? (string[])[] : ["--store", store], "--key-file", KeyFile, "--sandbox-url", Sandbox.Address.AbsoluteUri, "--flows", QuickFlows.Write(home),
            ]));
        }

        // The first makes the schema, the key and the API key; the others find them.
        await nodes[0].StartAsync(environment(1));
        ApiKey = await nodes[0].ApiKeyAsync();
        await Task.WhenAll(nodes.Skip(1).Select(node => node.StartAsync(environment(node.Number))));
    }
}
