using Engine.History;
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
    private readonly TempFolder folder = new();
    private readonly List<ClusterNode> nodes = [];

    private Cluster(PostgresServer server, SandboxServer sandbox, string store) => (Server, Sandbox, Store) = (server, sandbox, store);

    public PostgresServer Server { get; }

    public SandboxServer Sandbox { get; }

    /// <summary>The database's connection string.</summary>
    public string Store { get; }

    public IReadOnlyList<ClusterNode> Nodes => nodes;

    public string ApiKey { get; private set; } = "";

    private string KeyFile => System.IO.Path.Combine(folder.Path, "key", "engine.key");

    public static async Task<Cluster> StartAsync(int count, params (string Name, string Value)[] firstNode)
    {
        var server = await PostgresServer.StartAsync();
        var sandboxFolder = Directory.CreateTempSubdirectory("engine-sandbox-").FullName;
        var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions(sandboxFolder, [System.IO.Path.Combine(EngineProcess.HostFolder, "plugins")], TimeProvider.System), CancellationToken.None);
        var cluster = new Cluster(server, sandbox, await server.NewDatabaseAsync());
        try
        {
            await cluster.StartNodesAsync(count, firstNode);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The store as one more node has it, to look into.</summary>
    public Task<EngineStore> OpenStoreAsync() => EngineStore.OpenAsync(new StorePlace.Server(Store), KeyFile, TimeProvider.System, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
        await Sandbox.DisposeAsync();
        await Server.DisposeAsync();
        folder.Dispose();
    }

    private async Task StartNodesAsync(int count, (string Name, string Value)[] firstNode)
    {
        for (var number = 1; number <= count; number++)
        {
            var home = Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, $"node-{number}")).FullName;
            nodes.Add(new ClusterNode(number, home,
            [
                "--store", Store, "--key-file", KeyFile, "--sandbox-url", Sandbox.Address.AbsoluteUri, "--flows", QuickFlows.Write(home),
            ]));
        }

        // The first makes the schema, the key and the API key; the others find them.
        await nodes[0].StartAsync(firstNode);
        ApiKey = await nodes[0].ApiKeyAsync();
        await Task.WhenAll(nodes.Skip(1).Select(node => node.StartAsync()));
    }
}
