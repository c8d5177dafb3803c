using System.Diagnostics.Metrics;
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
    /// <summary>How long a stop waits for what is under way. With the rest of a stop it stays below the 10 s that a supervisor may give.</summary>
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(8);

    /// <summary>A run that no engine over a shared store could load for so long ends as failed.</summary>
    private static readonly TimeSpan LeaveFor = TimeSpan.FromHours(1);

    private readonly EngineParts parts;
    private readonly IConfiguration settings;
    private readonly TimeSpan leaveFor;
    private readonly int claimers;
    private readonly RunStarter starter;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly CancellationTokenSource stopping = new();
    private readonly Heartbeat heartbeat;
    private readonly EngineMeters meters;
    private readonly RunCensus census;
    private OtlpExport? export;
    private volatile RunPump? pump;
    private Task working = Task.CompletedTask;
    private Task watching = Task.CompletedTask;
    private Task counting = Task.CompletedTask;
    private Task beating = Task.CompletedTask;
    private bool isClosed;
    private bool isStopping;

    private EmbeddedEngine(EngineParts parts, PluginOperationCaller caller, EngineMeters meters, EngineOptions options, ILogger log)
    {
        this.parts = parts;
        this.meters = meters;
        settings = options.Settings;
        leaveFor = options.Store is null ? TimeSpan.Zero : LeaveFor;
        claimers = options.Store is null ? 1 : 3;
        time = parts.Store.Time;
        this.log = log;
        var metered = new MeteredRunStore(KillAtSave.Wrap(parts.Store), meters, time)
        {
            Ended = run => Log.RunEnded(log, run.Id, run.Flow, Words.Word(run.Status), run.Exit?.Code ?? "", run.Step),
            Refused = (run, operation) => Log.WriteRefused(log, run, operation),
        };
        Store = metered;
        Health = new EngineHealth(metered, parts.Flows, time) { IsPumpFull = () => pump?.IsFull ?? false };
        Health.Add(() => Problems.Select(problem => new HealthProblem("not_loadable", problem)));
        census = new RunCensus(parts.Store, Health, time);
        census.Offer(meters);
        meters.Watch("engine.pump.in_flight", "{run}", "Runs that this node works on.", () => [new Measurement<long>(RunsInFlight)]);
        Outside = new EngineAddress(options.PublicUrl);
        starter = new RunStarter(parts.Flows, Store, Changes, time, RandomNumberGenerator.Fill) { Address = Outside };
        var deliveries = new Deliveries(parts.Store, parts.Flows, starter, time, log);
        heartbeat = new Heartbeat(
            parts.Store, Node, options.Store is not null,
            () => new NodeState(Address, options.HasOwnLoops ? "engine" : "hangfire", parts.Published.Serving, [.. Problems]), log);
        parts.Store.Hinted = Hear;
        Visits = new Visits(parts.Store, parts.Flows, parts.Plugins, caller, Outside, time) { Inbox = Store };
        Hooks = new Hooks(parts.Store, parts.Flows, parts.Plugins, caller, Changes, deliveries) { Inbox = Store, Flood = new HookFlood(time) };
        var connected = new PluginConnectionCaller(parts.Plugins, settings, parts.Sandbox, time) { Meters = meters };
        var refresher = new Refresher(parts.Store, connected, time, new RefresherOptions { Node = Node });
        Calls = new ConnectionCalls(parts.Store, connected, refresher, time);
        Revoker = new Revoker(parts.Store, connected, time);
        Care = new ConnectionCare(
            parts.Store, new ConnectionLook(parts.Store, connected, refresher, time), Revoker, time, new ConnectionCareOptions { Node = Node });
        Work = new EngineWork(parts.Store, () => NewPump(caller), Changes, Care, Revoker, deliveries, time, log);
    }

    /// <summary>Says that this engine lives; see <see cref="Heartbeat"/>.</summary>
    internal Heartbeat Heartbeat => heartbeat;

    /// <summary>Names this process among those over the store: in leases, log lines and metrics.</summary>
    public string Node { get; } = NodeName.New();

    /// <summary>The clock by which everything stored is due: the database's own where several engines share it.</summary>
    public TimeProvider Time => time;

    public IRunStore Store { get; }

    /// <summary>How this node is.</summary>
    public EngineHealth Health { get; }

    /// <summary>Runs that this node works on at this moment.</summary>
    internal int RunsInFlight => pump?.InFlight ?? 0;

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

    /// <summary>What this engine cannot do for now, such as loading a plugin build, in sentences for ops; empty when all is well.</summary>
    public IEnumerable<string> Problems => parts.Published.Problems.Concat(parts.Versions.Problems);

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

    /// <summary>What operators say about providers.</summary>
    internal IncidentSwitch Incidents => parts.Incidents;

    /// <summary>Where what operators look at and do is kept.</summary>
    internal EngineStore Operators => parts.Store;

    /// <summary>What lists of runs show.</summary>
    internal EngineStore Faces => parts.Store;

    internal Visits Visits { get; }

    internal Hooks Hooks { get; }

    /// <summary>Builds everything and begins to pump, unless another host does that.</summary>
    /// <param name="time">Tells the time of an engine that has its database for itself; see <see cref="Time"/>.</param>
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
        var measured = new EngineMeters { EgressRefused = (provider, operation) => Log.EgressNotDeclared(logger, provider, operation) };
        var caller = new PluginOperationCaller(built.Plugins, options.Settings, built.Sandbox, built.Incidents, clock) { Meters = measured };
        var engine = new EmbeddedEngine(built, caller, measured, options, logger);
        engine.export = OtlpExport.Start(options.Otlp, engine.Node);
        if (engine.export is not null) engine.counting = engine.census.RunAsync(engine.stopping.Token);
        if (options.HasOwnLoops) engine.working = engine.Work.RunAsync(engine.stopping.Token);
        if (options.IsWatching) engine.watching = built.Watch.RunAsync(engine.stopping.Token);
        engine.beating = engine.heartbeat.RunAsync(engine.stopping.Token);
        Log.EngineStarted(logger, built.Flows.Offered.Count(), built.Plugins.Catalog.Providers.Length, options.DataFolder);
        return engine;
    }

    /// <summary>Says where the engine is reached: from now on providers can call it, and what they called while it was away is looked at.</summary>
    internal void ListenAt(Uri listening)
    {
        Outside.Listen(listening);
        parts.Ports.Add(listening.Port);
        Address = Outside.Base.AbsoluteUri.TrimEnd('/');
        parts.Store.IsHurried = true;
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
        if (Flows.FindCurrent(wish.Flow)?.Flow is { } wanted && await Incidents.FindAsync(wanted, cancellation) is { Trouble: ProviderTrouble.Down } incident)
        {
            return new WishOutcome.ProviderDown(incident);
        }

        if (wish.Connection is { } id && await Store.FindConnectionAsync(id, cancellation) is { } connection
            && !SandboxLink.Reaches(Sandbox, connection.World))
        {
            return new WishOutcome.ConnectionOutOfReach(connection);
        }

        var world = Sandbox is null ? null : SandboxLink.NoWorld;
        if (Sandbox is not null && Flows.FindCurrent(wish.Flow)?.Flow is { } flow && Sandbox.FindProviderOf(flow) is { } provider)
        {
            var known = provider.For(flow.Name);
            var scenario = wish.Scenario ?? (known.Count > 0 ? known[0].Name : null);
            if (known.All(offered => offered.Name != scenario))
            {
                return new WishOutcome.NoSuchScenario(scenario ?? "", [.. known.Select(offered => offered.Name)]);
            }
            world = (await Sandbox.NewWorldAsync(
                provider.Provider, scenario, await FormerWorldAsync(wish, cancellation), Outside.Base, cancellation))?.Id ?? SandboxLink.NoWorld;
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

    /// <summary>Whether an open run is left alone here, since it lives where this engine calls nothing.</summary>
    internal bool IsOutOfReach(StoredRun run) => !run.Status.IsFinal() && !SandboxLink.Reaches(Sandbox, run.World);

    /// <summary>When a run ends at the latest.</summary>
    public async Task<DateTimeOffset> EndOfAsync(StoredRun run, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        var total = (await Flows.FindAsync(run.Flow, run.FlowVersion, cancellation))?.Flow.Limits.Total ?? TimeSpan.FromMinutes(30);
        return run.CreatedAt + total;
    }

    /// <summary>
    /// Takes no more work from now on and lets go of what it holds, so that others go on with it; returns at once. Requests are still
    /// answered. Harmless a second time.
    /// </summary>
    public void BeginStop()
    {
        lock (stopping)
        {
            if (!isStopping) _ = stopping.CancelAsync();
            isStopping = true;
        }
    }

    /// <summary>
    /// Hands over what it holds, and closes everything. A call that must happen once is waited for, though not for long: whoever takes its
    /// run next finds out whether it happened. Harmless a second time.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isClosed, true)) return;
        BeginStop();
        try
        {
            await Task.WhenAll(watching, working, counting, beating).WaitAsync(HandOver, time);
        }
        catch (TimeoutException)
        {
            Log.StopCutShort(log, HandOver);
        }

        await parts.DisposeAsync();
        if (export is not null) await export.DisposeAsync();
        meters.Dispose();
        Log.EngineStopped(log);
    }

    // What another engine stored: pages and streams here show it, and whoever works on the run here looks into its inbox.
    private void Hear(RunHint hint)
    {
        if (hint.HasWork) Changes.InboxGrew(hint.Run);
        else Changes.RunChanged(hint.Run);
    }

    private RunPump NewPump(PluginOperationCaller caller)
    {
        var made = new RunPump(new RunPorts(Store, Flows, caller), Changes, time, new RunPumpOptions { Node = Node, LeaveFor = leaveFor, Claimers = claimers }, NoteTrouble);
        pump = made;
        return made;
    }

    private void NoteTrouble(PumpTrouble trouble)
    {
        meters.Troubled(trouble);
        Log.PumpTroubled(log, trouble.Cause, trouble.Run, trouble.Step, trouble.Crashes, trouble.IsParked, trouble.IsEnded);
    }

    // A connection that was made in one world is known there only: its re-authorization goes on in a world that knows it too.
    private async Task<string?> FormerWorldAsync(RunWish wish, CancellationToken cancellation) =>
        wish.Connection is { } connection ? (await Store.FindConnectionAsync(connection, cancellation))?.World : null;
}
