using System.Collections.Immutable;
using System.Globalization;
using Engine.Flows;
using Engine.Host;
using Engine.Postgres;
using Engine.Runs;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Engine.Hangfire.Tests;

/// <summary>A whole engine over a PostgreSQL database of its own, worked by Hangfire; gone with this.</summary>
internal sealed class HangfireNode : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    private readonly string root;
    private readonly string database;
    private readonly EngineServer server;

    private HangfireNode(string root, string database, EngineServer server) => (this.root, this.database, this.server) = (root, database, server);

    public EmbeddedEngine Engine => server.Engine;

    /// <summary>Part of the host's own services, as the dashboard gets them.</summary>
    public T Get<T>() where T : notnull => server.Services.GetRequiredService<T>();

    /// <param name="beside">Whose database it shares; null for one of its own.</param>
    public static async Task<HangfireNode> StartAsync(HangfireNode? beside = null)
    {
        var database = beside?.database ?? await (await PostgresServer.SharedAsync()).NewDatabaseAsync();
        var root = Directory.CreateTempSubdirectory("engine-hangfire-").FullName;
        var host = Path.Combine(AppContext.BaseDirectory, "..", "..", "Engine.Host", Path.GetFileName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)));
        var options = new EngineOptions
        {
            DataFolder = Directory.CreateDirectory(Path.Combine(root, "data")).FullName,
            KeyFile = Path.Combine(beside?.root ?? root, "keys", "engine.key"),
            Store = new Storage.StorePlace.Server(database),
            PluginFolders = [Path.Combine(host, "plugins")],
            FlowFolders = [Path.Combine(host, "workflows")],
        };
        return new HangfireNode(root, database, await EventuallyAsync(() => StartServerAsync(options)));
    }

    // A machine that is busy with other tests may keep the database waiting for longer than an engine waits at its start.
    private static async Task<EngineServer?> StartServerAsync(EngineOptions options)
    {
        try
        {
            return await EngineServer.StartAsync(new ServerOptions(options, Port: 0, Extension: new HangfireExtension()), TimeProvider.System, default);
        }
        catch (EngineStartException error) when (error.InnerException is Storage.StorageUnavailableException)
        {
            return null;
        }
    }

    public async Task<RunId> StartRunAsync(string flow, string? scenario = null)
    {
        var key = new IdempotencyKey(Guid.NewGuid().ToString(), "the same");
        var wish = new RunWish(flow, ImmutableDictionary<string, string>.Empty, Purpose.Connect, null, "user", scenario, key);
        return Assert.IsType<WishOutcome.Started>(await EventuallyAsync<WishOutcome>(async () => await Engine.StartRunAsync(wish, default))).Run;
    }

    /// <summary>The run once it is in this status.</summary>
    public Task<StoredRun> RunAsync(RunId id, RunStatus status) => EventuallyAsync(async () =>
        await Engine.Store.FindAsync(id, default) is { } run && run.Status == status ? run : null);

    /// <summary>The states of the run's face, the newest first, once the newest is this one.</summary>
    public Task<IReadOnlyList<string>> FaceAsync(RunId run, string state) => EventuallyAsync(async () =>
    {
        await Task.CompletedTask;
        return JobOf(run) is { } job && Get<JobStorage>().GetMonitoringApi().JobDetails(job)?.History is [var newest, ..] history && newest.StateName == state
            ? (IReadOnlyList<string>)[.. history.Select(one => one.StateName)]
            : null;
    });

    /// <summary>The job that is the run's face; null before there is one.</summary>
    public string? JobOf(RunId run)
    {
        using var connection = Get<JobStorage>().GetConnection();
        return connection.GetAllEntriesFromHash(RunProjection.KeyOf(run))?["job"];
    }

    /// <summary>Waits for what an answer other than null stands for.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T?>> look) where T : class
    {
        var until = TimeProvider.System.GetUtcNow() + patience;
        while (TimeProvider.System.GetUtcNow() < until)
        {
            if (await FindAsync(look) is { } found) return found;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        throw new TimeoutException($"it did not come about within {patience}");
    }

    // A machine that is busy with other tests may keep the database waiting.
    private static async Task<T?> FindAsync<T>(Func<Task<T?>> look) where T : class
    {
        try
        {
            return await look();
        }
        catch (Storage.StorageUnavailableException)
        {
            return null;
        }
    }

    public Task ExecuteAsync(string sql) => PostgresServer.ExecuteOnAsync(database, sql);

    public async Task<string> AskAsync(string sql) =>
        Convert.ToString(await PostgresServer.AskAsync(database, sql), CultureInfo.InvariantCulture) ?? "";

    /// <summary>Everything that Hangfire's tables hold, as text.</summary>
    public async Task<string> EverythingHangfireKeepsAsync()
    {
        var tables = (await AskAsync("SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'hangfire'")).Split(' ');
        var texts = new List<string>();
        foreach (var table in tables) texts.Add(await AskAsync($"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM hangfire.\"{table}\" AS t"));
        return string.Join('\n', texts);
    }

    /// <summary>Deletes every row of every table of Hangfire, as somebody might who takes them for a cache.</summary>
    public async Task DeleteHangfireRowsAsync() => await ExecuteAsync(
        "DO $$ DECLARE one record; BEGIN FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'hangfire' AND tablename <> 'schema' "
        + "LOOP EXECUTE format('TRUNCATE hangfire.%I CASCADE', one.tablename); END LOOP; END $$");

    /// <summary>A browser that shows nothing and follows nowhere.</summary>
    public HttpClient Anyone() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { BaseAddress = server.Listening };

    /// <summary>The browser of an operator who has signed in, on a page of this server.</summary>
    public async Task<HttpClient> OperatorAsync()
    {
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        await Engine.Access.AddApiKeyAsync($"test-{key[^6..]}", AccessToken.HashOf(key), ApiScopes.Ops, default);
        var client = Anyone();
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        client.DefaultRequestHeaders.Add("Cookie", await EventuallyAsync(async () =>
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("key", key)]);
            using var answer = await client.PostAsync(new Uri(OpsAccess.SignInPath, UriKind.Relative), form);
            return answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? Assert.Single(cookies).Split(';')[0] : null;
        }));
        return client;
    }

    /// <summary>Brings the faces of all open runs up to date.</summary>
    public Task SweepAsync() => EventuallyAsync<object>(async () => await Get<RunProjection>().SweepAsync(default));

    /// <summary>Cancels a run, as its person could.</summary>
    public async Task CancelAsync(RunId run)
    {
        await EventuallyAsync<object>(async () => await Engine.Store.RequestCancelAsync(run, default));
        Engine.Changes.InboxGrew(run);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }
}
