using System.Security.Cryptography;
using Engine.Flows;
using Engine.Plugins;
using Engine.Runs;
using Engine.Sandbox;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// The whole engine in one process: store, plugins, flows, sandbox, and the pump that advances runs. <c>serve</c> puts the API and
/// the pages before it, <c>run</c> the terminal.
/// </summary>
public sealed class EmbeddedEngine : IAsyncDisposable
{
    private readonly EngineParts parts;
    private readonly IConfiguration settings;
    private readonly RunStarter starter;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private Task working = Task.CompletedTask;
    private Task watching = Task.CompletedTask;
    private bool isClosed;

    private EmbeddedEngine(EngineParts parts, PluginOperationCaller caller, EngineOptions options, TimeProvider time, ILogger log)
    {
        this.parts = parts;
        settings = options.Settings;
        this.time = time;
        this.log = log;
        Store = KillAtSave.Wrap(parts.Store);
        Outside = new EngineAddress(options.PublicUrl);
        starter = new RunStarter(parts.Flows, Store, Changes, time, RandomNumberGenerator.Fill) { Address = Outside };
        var deliveries = new Deliveries(parts.Store, parts.Flows, starter, time, log);
        Visits = new Visits(parts.Store, parts.Flows, parts.Plugins, caller, Outside, time);
        Hooks = new Hooks(parts.Store, parts.Flows, parts.Plugins, caller, Changes, deliveries);
        var connected = new PluginConnectionCaller(parts.Plugins, settings, parts.Sandbox, time);
        var node = $"engine-{Environment.ProcessId}";
        var refresher = new Refresher(parts.Store, connected, time, new RefresherOptions { Node = node });
        Calls = new ConnectionCalls(parts.Store, connected, refresher, time);
        Revoker = new Revoker(parts.Store, connected, time);
        Care = new ConnectionCare(
            parts.Store, new ConnectionLook(parts.Store, connected, refresher, time), Revoker, time, new ConnectionCareOptions { Node = node });
        Work = new EngineWork(
            parts.Store,
            () => new RunPump(
                new RunPorts(Store, Flows, caller), Changes, time, new RunPumpOptions { Node = node },
                trouble => Log.PumpTroubled(log, trouble.Cause, trouble.Run, trouble.Step, trouble.Crashes, trouble.IsParked)),
            Care, Revoker, deliveries, time, log);
    }

    public IRunStore Store { get; }

    public IAccessStore Access => parts.Store;

    /// <summary>Keeps what makes connections last.</summary>
    public IConnectionStore Connections => parts.Store;

    /// <summary>Calls operations with the stored credentials.</summary>
    internal ConnectionCalls Calls { get; }

    /// <summary>Probes, keeps alive, revokes.</summary>
    internal ConnectionCare Care { get; }

    internal Revoker Revoker { get; }

    /// <summary>The pump and the work of rows, for whoever hosts them.</summary>
    internal EngineWork Work { get; }

    public FlowLibrary Flows => parts.Flows;

    public RunChanges Changes { get; } = new();

    /// <summary>The plugins that are loaded.</summary>
    internal PluginCatalog Plugins => parts.Plugins;

    /// <summary>Takes over changed flows and plugins; works by itself only where <see cref="EngineOptions.IsWatching"/>.</summary>
    internal FlowWatch Watch => parts.Watch;

    /// <summary>Null where the real providers are called.</summary>
    public SandboxLink? Sandbox => parts.Sandbox;

    /// <summary>Where browsers reach this engine, such as <c>http://127.0.0.1:5080</c>; null until somebody listens.</summary>
    public string? Address { get; private set; }

    /// <summary>Where providers reach it.</summary>
    internal EngineAddress Outside { get; }

    /// <summary>Where hooks, visits and deliveries are kept.</summary>
    internal EngineStore Signals => parts.Store;

    /// <summary>What lists of runs show.</summary>
    internal EngineStore Faces => parts.Store;

    internal Visits Visits { get; }

    internal Hooks Hooks { get; }

    /// <summary>Builds everything and begins to pump, unless another host does that.</summary>
    /// <exception cref="EngineStartException">Something it needs is missing or taken; one line says what, and what would be right.</exception>
    public static async Task<EmbeddedEngine> StartAsync(
        EngineOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logs);
        var logger = logs.CreateLogger("Engine");
        var built = await EngineParts.BuildAsync(options, time, logger, cancellation);

        // From here on the store's clock counts: what this machine's says differs from other nodes'.
        var clock = built.Store.Time;
        var caller = new PluginOperationCaller(built.Plugins, options.Settings, built.Sandbox, clock);
        var engine = new EmbeddedEngine(built, caller, options, clock, logger);
        if (options.HasOwnLoops) engine.working = engine.Work.RunAsync(engine.stopping.Token);
        if (options.IsWatching) engine.watching = built.Watch.RunAsync(built.Store, engine.stopping.Token);
        Log.EngineStarted(logger, built.Flows.Offered.Count(), built.Plugins.Catalog.Providers.Length, options.DataFolder);
        return engine;
    }

    /// <summary>Says where the engine is reached: from now on providers can call it, and what they called while it was away is looked at.</summary>
    internal void ListenAt(Uri listening)
    {
        Outside.Listen(listening);
        parts.Ports.Add(listening.Port);
        Address = Outside.Base.AbsoluteUri.TrimEnd('/');
        Work.Listen();
    }

    /// <summary>The provider's hook that arrives where persons come back to; null where it has none.</summary>
    internal string? FindRedirectHook(string provider) =>
        Plugins.Catalog.FindProvider(provider)?.Hooks.FirstOrDefault(hook => hook.IsOnRedirect)?.Name;

    /// <summary>Notes a provider's call that was not taken.</summary>
    /// <param name="why">A code, or a sentence of the engine's own; nothing that came with the call.</param>
    internal void NoteHook(string why) => Log.HookNotTaken(log, why);

    /// <summary>Starts a run; in the sandbox, with a world of its own.</summary>
    public async Task<WishOutcome> StartRunAsync(RunWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Connection is { } id && await Store.FindConnectionAsync(id, cancellation) is { } connection
            && !SandboxLink.Reaches(Sandbox, connection.World))
        {
            return new WishOutcome.ConnectionOutOfReach(connection);
        }

        string? world = null;
        if (Sandbox is not null && Flows.FindCurrent(wish.Flow)?.Flow is { } flow && Sandbox.FindProviderOf(flow) is { } provider)
        {
            var known = provider.For(flow.Name);
            var scenario = wish.Scenario ?? (known.Count > 0 ? known[0].Name : null);
            if (known.All(offered => offered.Name != scenario))
            {
                return new WishOutcome.NoSuchScenario(scenario ?? "", [.. known.Select(offered => offered.Name)]);
            }
            world = (await Sandbox.NewWorldAsync(
                provider.Provider, scenario, await FormerWorldAsync(wish, cancellation), Outside.Base, cancellation))?.Id;
        }
        else if (wish.Scenario is not null && Flows.FindCurrent(wish.Flow) is not null)
        {
            return new WishOutcome.ScenarioNotOffered();
        }

        var outcome = await starter.StartAsync(
            new StartRequest(wish.Flow, wish.Input, wish.Purpose, wish.Connection, wish.Subject, world, wish.Key), cancellation);
        if (outcome is not StartOutcome.Started started) return new WishOutcome.Refused(outcome);
        if (!started.IsRepeated) Log.RunStarted(log, started.Run, wish.Flow, wish.Purpose);
        return new WishOutcome.Started(started.Run, started.IsRepeated);
    }

    /// <summary>Cancels a run, as its person could. False where there is no such run.</summary>
    internal async Task<bool> CancelRunAsync(RunId run, CancellationToken cancellation)
    {
        if (!await Store.RequestCancelAsync(run, cancellation)) return false;
        Changes.InboxGrew(run);
        return true;
    }

    /// <summary>Has somebody look at a run now. Harmless at any time.</summary>
    internal async Task WakeRunAsync(RunId run, CancellationToken cancellation)
    {
        if (await parts.Store.WakeAsync(run, cancellation)) Changes.WorkAdded();
    }

    /// <summary>The scenarios that can be played for a flow, the default first; empty where the real providers are called.</summary>
    public IReadOnlyList<Scenario> ScenariosOf(CompiledFlow flow)
    {
        ArgumentNullException.ThrowIfNull(flow);
        return Sandbox?.FindProviderOf(flow)?.For(flow.Name) ?? [];
    }

    /// <summary>
    /// The origins whose pages flows may show in a frame: those that plugins name in their settings, and the sandbox, which plays them.
    /// The same for every run, so that the answer tells nobody which runs there are.
    /// </summary>
    public IEnumerable<string> FramedHosts()
    {
        var real = parts.Plugins.FramedHosts(provider => PluginOperationCaller.SettingsOf(settings, provider));
        return Sandbox is null || real.IsEmpty ? real : real.Add(Sandbox.Address.GetLeftPart(UriPartial.Authority));
    }

    /// <summary>The world a run lives in; null for a run of the real providers, or where this engine has no sandbox.</summary>
    public async Task<WorldAddress?> FindWorldAsync(StoredRun run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.World is { } world && Sandbox is { } sandbox ? await sandbox.FindWorldAsync(world, cancellation) : null;
    }

    /// <summary>When a run ends at the latest.</summary>
    public async Task<DateTimeOffset> EndOfAsync(StoredRun run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var total = (await Flows.FindAsync(run.Flow, run.FlowVersion, cancellation))?.Flow.Limits.Total ?? TimeSpan.FromMinutes(30);
        return run.CreatedAt + total;
    }

    /// <summary>Lets the pump hand over what it holds, and closes everything. Harmless a second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isClosed, true)) return;
        await stopping.CancelAsync();
        await watching;
        await working;
        await parts.DisposeAsync();
        stopping.Dispose();
        Log.EngineStopped(log);
    }

    // A connection that was made in one world is known there only: its re-authorization goes on in a world that knows it too.
    private async Task<string?> FormerWorldAsync(RunWish wish, CancellationToken cancellation) =>
        wish.Connection is { } connection ? (await Store.FindConnectionAsync(connection, cancellation))?.World : null;
}
