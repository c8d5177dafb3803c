using System.Globalization;
using Engine.Host;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;
using Microsoft.Extensions.Configuration;

namespace Engine.Benchmarks;

/// <summary>
/// One process of <see cref="RefreshBenchmark"/>: reads the version that the provider rejects, asks for better credentials with all its callers at once,
/// and writes the version that they got and how many got it.
/// </summary>
internal static class RefreshWorker
{
    public const string Word = "refresh-worker";

    public static readonly ConnectionId Connection = new("con_bench");

    public static Task<EngineStore> OpenStoreAsync(string folder) =>
        EngineStore.OpenAsync(new StorePlace.Folder(Path.Combine(folder, "data")), Path.Combine(folder, "keys", "engine.key"), TimeProvider.System, CancellationToken.None);

    /// <param name="arguments">The folder, the issuer, this process's name.</param>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var (folder, issuer, name) = (arguments[0], arguments[1], arguments[2]);
        await using var store = await OpenStoreAsync(folder);
        using var http = new HttpMessageInvoker(ProviderHttp.NewHandler());
        using var plugins = PluginCatalog.Load([PluginFolder], Path.Combine(folder, name), http, TimeProvider.System);
        var settings = new ConfigurationBuilder()
            .AddInMemoryCollection([new("providers:oidc:issuer", issuer), new("providers:oidc:client_secret", "engine-secret")]).Build();
        var refresher = new Refresher(
            store, new PluginConnectionCaller(plugins, settings, null, TimeProvider.System), TimeProvider.System,
            new RefresherOptions { Node = name, LeastPause = TimeSpan.Zero });
        var connection = await store.FindConnectionAsync(Connection, CancellationToken.None) ?? throw new InvalidOperationException("no connection");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var rejected = new RefreshWish.Rejected(long.Parse(line, CultureInfo.InvariantCulture));
            var outcomes = await Task.WhenAll(Enumerable.Range(0, RefreshBenchmark.Callers)
                .Select(_ => refresher.GetAsync(connection, rejected, CancellationToken.None)));
            var versions = outcomes.OfType<RefreshOutcome.Usable>().GroupBy(usable => usable.Credentials.Version).ToList();
            Console.WriteLine(versions is [var only] ? $"{only.Key} {only.Count()}" : $"different: {string.Join(", ", outcomes.Select(one => one.GetType().Name).Distinct())}");
        }

        return 0;
    }

    private static string PluginFolder => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "OidcPlugin", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));
}
