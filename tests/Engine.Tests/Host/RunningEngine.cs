using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>A whole engine with its API on a free port, over a folder of its own; gone with this.</summary>
internal sealed class RunningEngine : IAsyncDisposable
{
    private readonly string root;
    private readonly Func<Task<EngineServer>> start;
    private readonly List<HttpClient> clients = [];
    private EngineServer server;

    private RunningEngine(string root, EngineServer server, Func<Task<EngineServer>> start)
    {
        this.root = root;
        this.server = server;
        this.start = start;
    }

    public EmbeddedEngine Engine => server.Engine;

    /// <summary>The folder of the database.</summary>
    public string DataFolder => Path.Combine(root, "data");

    public Uri Address => server.Listening;

    /// <summary>Starts with these flow texts, or with the shipped flows where none is given.</summary>
    public static Task<RunningEngine> StartAsync(TimeProvider? time = null, params string[] flows) =>
        StartAsync(new ProviderMode.EmbeddedSandbox(), time, flows);

    public static Task<RunningEngine> StartAsync(ProviderMode providers, TimeProvider? time = null, params string[] flows) =>
        StartAsync(options => options with { Providers = providers }, time, flows);

    public static async Task<RunningEngine> StartAsync(
        Func<EngineOptions, EngineOptions> with, TimeProvider? time = null, params string[] flows)
    {
        var root = Directory.CreateTempSubdirectory("engine-host-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(root, "data"), KeyFile = Path.Combine(root, "keys", "engine.key") };
        if (flows.Length > 0)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "flows")).FullName;
            for (var i = 0; i < flows.Length; i++) await File.WriteAllTextAsync(Path.Combine(folder, $"flow{i}.yaml"), flows[i]);
            options = options with { FlowFolders = [folder] };
        }
        Task<EngineServer> StartServerAsync() => EngineServer.StartAsync(new ServerOptions(with(options), Port: 0), time ?? TimeProvider.System, default);
        return new RunningEngine(root, await StartServerAsync(), StartServerAsync);
    }

    /// <summary>Stops, and starts again over the same folder on another port.</summary>
    public async Task RestartAsync()
    {
        await server.DisposeAsync();
        server = await start();
    }

    /// <summary>A client that shows nothing.</summary>
    public HttpClient Anyone()
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = Address };
        clients.Add(client);
        return client;
    }

    /// <summary>A client with an API key.</summary>
    public async Task<HttpClient> IntegratorAsync()
    {
        var key = await NewKeyAsync(ApiScopes.Api);
        var client = Anyone();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>An API key.</summary>
    public async Task<string> NewKeyAsync(ApiScopes scopes, string? name = null)
    {
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        Assert.True(await Engine.Access.AddApiKeyAsync(name ?? $"test-{Guid.NewGuid():N}", AccessToken.HashOf(key), scopes, default));
        return key;
    }

    /// <summary>A browser that is signed in to the operators' pages, which does not follow redirects.</summary>
    public async Task<HttpClient> OperatorAsync(string name = "anna")
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", await NewKeyAsync(ApiScopes.Ops, name))]);
        var answer = await client.PostAsync("/ops/sign-in", form);
        Assert.Equal(System.Net.HttpStatusCode.SeeOther, answer.StatusCode);
        client.DefaultRequestHeaders.Add("Cookie", Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0]);
        return client;
    }

    /// <summary>A browser that came by this link, as our pages send what they send.</summary>
    public async Task<HttpClient> BrowserAsync(string link)
    {
        var client = Page();
        var answer = await client.PostAsJsonAsync("/session", new { token = TokenIn(link) });
        answer.EnsureSuccessStatusCode();
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        return client;
    }

    /// <summary>A browser's page without a cookie.</summary>
    public HttpClient Page()
    {
        var client = Anyone();
        client.DefaultRequestHeaders.Add(AccessGate.PageHeader, "1");
        client.DefaultRequestHeaders.Add("Origin", Address.GetLeftPart(UriPartial.Authority));
        return client;
    }

    public Task<string> StartLinkAsync() => Engine.NewStartLinkAsync(default);

    public static string TokenIn(string link) => link[(link.IndexOf("#token=", StringComparison.Ordinal) + "#token=".Length)..];

    /// <summary>Waits, by the run's own changes, until it is as wanted.</summary>
    public Task<StoredRun> UntilAsync(string id, Func<StoredRun, bool> isWanted) => UntilAsync(Engine, new RunId(id), isWanted);

    public static async Task<StoredRun> UntilAsync(EmbeddedEngine engine, RunId id, Func<StoredRun, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var change = engine.Changes.NextChange(id);
            var run = await engine.Store.FindAsync(id, limit.Token);
            if (run is not null && isWanted(run)) return run;
            await change.WaitAsync(limit.Token);
        }
    }

    /// <summary>Waits until a run that a provider's call began has made a connection.</summary>
    public async Task<Connection> UntilConnectedAsync(string flow, string identity)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var work = Engine.Changes.NextWork();
            if (await Engine.Store.FindConnectionAsync(flow, identity, isInSandbox: false, default) is { } connection) return connection;
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        JsonElement.Parse(await answer.Content.ReadAsStringAsync());

    /// <summary>Status, code and sentence of a refusal, in one line.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage answer)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.JsonAsync();
        return $"{(int)answer.StatusCode} {problem.GetProperty("code").GetString()}: {problem.GetProperty("detail").GetString()}";
    }

    public static string Text(this JsonElement element, params string[] path) =>
        path.Aggregate(element, (at, name) => at.GetProperty(name)).ToString();
}
