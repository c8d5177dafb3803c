using System.Collections.Immutable;
using Engine.Plugins;
using Engine.Sandbox;
using Engine.Storage;

namespace Engine.Host;

/// <summary>What an engine is made of, built in order and closed in the other.</summary>
internal sealed class EngineParts : IAsyncDisposable
{
    private readonly FileStream dataLock;
    private readonly HttpMessageInvoker http;

    private EngineParts(EngineStore store, FileStream dataLock, HttpMessageInvoker http, PluginCatalog plugins, FlowLibrary flows, SandboxLink? sandbox, FlowWatch watch)
    {
        Store = store;
        this.dataLock = dataLock;
        this.http = http;
        Plugins = plugins;
        Flows = flows;
        Sandbox = sandbox;
        Watch = watch;
    }

    public EngineStore Store { get; }

    /// <summary>Where this engine itself is reached.</summary>
    public required OwnPorts Ports { get; init; }

    /// <summary>The flow versions that runs may name.</summary>
    public required FlowVersions Versions { get; init; }

    /// <summary>What was published for all engines over the store.</summary>
    public required Publications Published { get; init; }

    public PluginCatalog Plugins { get; }

    public FlowLibrary Flows { get; }

    public SandboxLink? Sandbox { get; }

    public required IncidentSwitch Incidents { get; init; }

    public FlowWatch Watch { get; }

    public static async Task<EngineParts> BuildAsync(EngineOptions options, TimeProvider given, ILogger log, CancellationToken cancellation)
    {
        var built = new Stack<object>();
        Task<SandboxLink?>? opening = null;
        try
        {
            var store = Built(await OpenStoreAsync(options, given, cancellation));
            var time = store.Time;
            var held = Built(TakeDataFolder(options.DataFolder));
            var ports = new OwnPorts();
            var invoker = Built(new HttpMessageInvoker(EgressWatch.Over(
                ports.Contains, (host, why) => Log.EgressRefused(log, host, why),
                host =>
                {
                    // The sandbox is on this machine by its nature.
                    if (options.Providers is ProviderMode.Real) Log.EgressPrivate(log, host);
                })));
            var seen = FolderState.Of(options);
            var allowed = options.OnlyAllowedPlugins ? new AllowedPlugins(options.AllowedPluginsFile, DefaultPlaces.PluginFolder, time) : null;

            // Beside plugins and flows: both take their time, and neither needs the other.
            opening = Task.Run(() => OpenSandboxAsync(options, time, log, cancellation), CancellationToken.None);
            var folder = new FlowCacheFolder(Path.Combine(options.DataFolder, "cache"), time, log);
            var plugins = Built(PluginCatalog.Load(
                options.PluginFolders, Path.Combine(options.DataFolder, "plugins"), invoker, time, allowed,
                new ProviderCache(folder, store.DeriveKey("provider cache")).Check));
            foreach (var problem in plugins.Problems) Log.PluginProblem(log, problem.ToString());

            var cache = new FlowCache(folder, store.DeriveKey("flow cache"));
            await PinnedFlows.MoveAsync(Path.Combine(options.DataFolder, "flows"), store, plugins, cancellation);
            var versions = new FlowVersions(plugins, store, cache, time, log);
            var flows = Built(new FlowLibrary(plugins, versions, cache, options.FlowFolders, log));
            var published = new Publications(store, plugins, versions, flows, log);
            if (!await published.TakeOverAsync(cancellation)) await flows.RefreshAsync(Environment.ProcessorCount, cancellation);
            await flows.RemoveUnusedAsync(cancellation);
            var sandbox = await opening;
            FlowWatch.TrySettings(plugins, options, ImmutableHashSet<string>.Empty, log);
            var watch = Built(new FlowWatch(options, plugins, (flows, published), sandbox, seen, time, log));
            return new EngineParts(store, held, invoker, plugins, flows, sandbox, watch) { Ports = ports, Versions = versions, Published = published, Incidents = new IncidentSwitch(store, store.Time) };
        }
        catch (Exception error)
        {
            if (opening is not null && await FindAsync(opening) is { } opened) await CloseAsync(opened);
            while (built.TryPop(out var part)) await CloseAsync(part);
            if (error is StorageUnavailableException or IOException or UnauthorizedAccessException)
            {
                throw new EngineStartException(error.Message.ReplaceLineEndings(" "), error);
            }
            throw;
        }

        T Built<T>(T part)
            where T : class
        {
            built.Push(part);
            return part;
        }
    }

    public async ValueTask DisposeAsync()
    {
        object?[] parts = [Watch, Sandbox, Flows, Plugins, http, dataLock, Store];
        foreach (var part in parts) await CloseAsync(part);
    }

    /// <summary>The sandbox once it is open; null where it does not open, which whoever waits for it is told.</summary>
    private static async Task<SandboxLink?> FindAsync(Task<SandboxLink?> opening)
    {
        try
        {
            return await opening;
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static async ValueTask CloseAsync(object? part)
    {
        if (part is IAsyncDisposable later) await later.DisposeAsync();
        else if (part is IDisposable now) now.Dispose();
    }

    /// <summary>Opens the store that the options name, for a start or a command: it waits longer for the database than a request does.</summary>
    internal static async Task<EngineStore> OpenStoreAsync(EngineOptions options, TimeProvider time, CancellationToken cancellation)
    {
        var store = await EngineStore.OpenAsync(options.Place, options.KeyFile, time, cancellation);
        store.IsHurried = false;
        return store;
    }

    // Two engines over one folder would play the same sandbox worlds apart. The system lets go of the lock when a process dies.
    private static FileStream TakeDataFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
            else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new FileStream(Path.Combine(folder, "engine.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new EngineStartException($"another engine uses the data folder '{folder}': stop it, or give --data another folder", error);
        }
    }

    // A simulator's code runs in this process too, and is no part of the build that was allowed.
    private static ImmutableArray<string> SimulatorFoldersOf(EngineOptions options) =>
        options.OnlyAllowedPlugins ? [DefaultPlaces.PluginFolder] : [.. options.PluginFolders];

    private static async Task<SandboxLink?> OpenSandboxAsync(
        EngineOptions options, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        switch (options.Providers)
        {
            case ProviderMode.ExternalSandbox external:
                return await SandboxLink.External.OpenAsync(external.Address, cancellation);
            case ProviderMode.EmbeddedSandbox:
                var server = await SandboxServer.StartAsync(
                    new SandboxOptions(Path.Combine(options.DataFolder, "sandbox"), SimulatorFoldersOf(options), time), cancellation);
                foreach (var problem in server.Problems) Log.PluginProblem(log, problem);
                return new SandboxLink.Embedded(server);
            default:
                return null;
        }
    }
}
