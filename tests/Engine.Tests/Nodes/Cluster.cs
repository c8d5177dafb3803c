using System.CommandLine;
using System.Net.Http.Headers;
using Engine.Flows;
using Engine.Host;
using Engine.Postgres;
using Engine.Runs;
using Engine.Storage;
using Xunit;

namespace Engine.Tests.Nodes;

/// <summary>Engines over one PostgreSQL database and one key, each with folders of its own, as on machines of their own.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-cluster-").FullName;
    private readonly List<EngineServer> servers = [];
    private readonly List<HttpClient> clients = [];

    private Cluster(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public static async Task<Cluster> NewAsync() => new(await (await PostgresServer.SharedAsync()).NewDatabaseAsync());

    /// <summary>A folder of one node; made where it is missing.</summary>
    public string Folder(string node, string name) => Directory.CreateDirectory(Path.Combine(root, node, name)).FullName;

    public string KeyFile => Path.Combine(root, "keys", "engine.key");

    public EngineOptions Options(string node) => new()
    {
        Store = new StorePlace.Server(ConnectionString),
        DataFolder = Path.Combine(root, node, "data"),
        KeyFile = KeyFile,
        FlowFolders = [Folder(node, "flows")],
        PluginFolders = [Folder(node, "plugins")],
        Providers = new ProviderMode.Real(),
    };

    public void WriteFlow(string node, string name, string text) => File.WriteAllText(Path.Combine(Folder(node, "flows"), name), text);

    /// <summary>Starts a node; it watches, as <c>serve</c> does.</summary>
    public async Task<EngineServer> StartAsync(string node, Func<EngineOptions, EngineOptions>? with = null)
    {
        var options = (with ?? (same => same))(Options(node) with { IsWatching = true });
        var server = await EngineServer.StartAsync(new ServerOptions(options, Port: 0), TimeProvider.System, default);
        lock (servers) servers.Add(server);
        return server;
    }

    /// <summary>Stops a node in good order.</summary>
    public async Task StopAsync(EngineServer server)
    {
        servers.Remove(server);
        await server.DisposeAsync();
    }

    public async Task<HttpClient> ClientAsync(EngineServer of)
    {
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        await of.Engine.Access.AddApiKeyAsync($"test-{Guid.NewGuid()}", AccessToken.HashOf(key), ApiScopes.Api, default);
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = of.Listening };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        clients.Add(client);
        return client;
    }

    public static async Task<RunId> BeginAsync(EngineServer on, string flow) => Assert.IsType<WishOutcome.Started>(await on.Engine.StartRunAsync(
        new RunWish(flow, new Dictionary<string, string>(), Purpose.Connect, null, "", null, null), default)).Run;

    /// <summary>Answers a prompt by one node's API, as a page does.</summary>
    public async Task ReplyAsync(EngineServer by, RunId run, string prompt, string field, object value)
    {
        var client = await ClientAsync(by);
        var answer = await client.PostAsync($"/v1/runs/{run}/replies", System.Net.Http.Json.JsonContent.Create(new
        {
            prompt, transaction = $"answer to {prompt}", action = "submit", values = new Dictionary<string, object> { [field] = value },
        }));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Runs <c>engine publish</c> over the database; gives its exit code and all that it said.</summary>
    public async Task<(int Code, string Said)> PublishAsync(params string[] arguments)
    {
        using var said = new StringWriter();
        var root = new RootCommand { PublishCommand.Create() };
        var code = await CommandLine.RunAsync(
            root, ["publish", .. arguments, "--store", ConnectionString, "--key-file", KeyFile], said, said, default);
        return (code, said.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(ConnectionString);
        Directory.Delete(root, recursive: true);
    }
}
