using System.Collections.Concurrent;
using System.Security.Cryptography;
using Engine.Flows;
using Engine.Plugins;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Benchmarks;

/// <summary>
/// Many runs wait in a poll of five seconds: a real store, the real pump, the real Radist plugin over real HTTP to a server in
/// this process that answers at once. Lateness is the time from a run's due moment to the moment its call begins.
/// </summary>
internal static class LatenessBenchmark
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>10,000 runs on SQLite.</summary>
    public static async Task<bool> RunAsync()
    {
        Console.WriteLine("lateness: 10,000 runs waiting in a 5 s poll on SQLite, the provider answering at once");
        return await InFolderAsync(folder => RunAsync(folder, new StorePlace.Folder(Path.Combine(folder, "data")), runs: 10_000, claimers: 1));
    }

    /// <summary>5,000 runs a core on PostgreSQL.</summary>
    public static async Task<bool> OverPostgresAsync()
    {
        var runs = 5_000 * Environment.ProcessorCount;
        Console.WriteLine($"polling: {runs} runs waiting in a 5 s poll on PostgreSQL with fsync on, the provider answering at once over HTTP");
        await using var server = await PostgresServer.StartAsync("fsync=on", "synchronous_commit=on");
        var database = await server.NewDatabaseAsync();
        return await InFolderAsync(folder => RunAsync(folder, new StorePlace.Server(database), runs, claimers: 3));
    }

    private static async Task<bool> InFolderAsync(Func<string, Task<bool>> runAsync)
    {
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            return await runAsync(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunAsync(string folder, StorePlace place, int runs, int claimers)
    {
        await using var provider = await InstantProvider.StartAsync();
        using var http = new HttpMessageInvoker(ProviderHttp.NewHandler());
        using var plugins = PluginCatalog.Load([Path.Combine(HostProcess.Folder, "plugins")], Path.Combine(folder, "builds"), http, TimeProvider.System);
        await using var opened = await EngineStore.OpenAsync(place, Path.Combine(folder, "engine.key"), TimeProvider.System, CancellationToken.None);
        var time = opened.Time;
        var flows = new PollFlow(plugins);
        var lateness = new Lateness(time);
        var store = new WatchedStore(opened, lateness);
        var caller = new WatchedCaller(plugins, provider.Address, lateness);
        var changes = new RunChanges();
        var crashes = new ConcurrentBag<PumpTrouble>();
        using var stop = new CancellationTokenSource();
        using var pump = new RunPump(new RunPorts(store, flows, caller), changes, time, new RunPumpOptions { Claimers = claimers }, crashes.Add);
        var pumping = Task.Run(() => pump.RunAsync(stop.Token));

        var began = time.GetTimestamp();
        var starter = new RunStarter(flows, store, changes, time, RandomNumberGenerator.Fill);
        await Parallel.ForAsync(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, cancellation) =>
            await starter.StartAsync(
                new StartRequest(PollFlow.Name, new Dictionary<string, string>(), Purpose.Connect, null, "bench", null, null), cancellation));
        Console.WriteLine($"  {runs} runs started in {time.GetElapsedTime(began).TotalSeconds:0.0} s");
        await Task.Delay(Settle);

        lateness.Clear();
        var cpu = Environment.CpuUsage.TotalTime;
        await Task.Delay(Window);
        var taken = lateness.Milliseconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        await stop.CancelAsync();
        await pumping;

        Console.WriteLine($"  {taken.Count / Window.TotalSeconds:0} calls a second ({runs / 5} are due), {cpu / Window:0.0} cores busy, {crashes.Count} crashes");
        Console.WriteLine($"  late by: median {Measurement.Percentile(taken, 0.5):0} ms, p99 {Measurement.Percentile(taken, 0.99):0} ms, at most {taken.Max():0} ms");
        var isComplete = taken.Count >= 0.9 * runs / 5 * Window.TotalSeconds && crashes.IsEmpty;
        if (!isComplete) Console.WriteLine("  MISSED: too few polls, or crashed runs");
        return Measurement.Report("lateness p95", Measurement.Percentile(taken, 0.95) / 1000, "s", 0.5) && isComplete;
    }

    private sealed class WatchedCaller(PluginCatalog plugins, Uri address, Lateness lateness) : IOperationCaller
    {
        private readonly ProviderSettings settings = new(
        [
            KeyValuePair.Create("base_url", address.AbsoluteUri),
            KeyValuePair.Create("api_key", "bench"),
            KeyValuePair.Create("company_id", "1"),
        ]);

        public async Task<Result<object>> CallAsync(Engine.Runs.OperationCall call, CancellationToken cancellation)
        {
            if (call.Operation == "telegram_login") lateness.Began(call.Run);
            var outcome = await plugins.CallAsync(call.Provider, call.Build, call.Operation, call.Input, settings, cancellation);
            if (outcome is CallOutcome.Failed failed) return failed.Failure;
            return ((CallOutcome.Answered)outcome).Value;
        }
    }
}

/// <summary>How late calls begin.</summary>
internal sealed class Lateness(TimeProvider time)
{
    private readonly ConcurrentDictionary<RunId, DateTimeOffset> due = new();
    private ConcurrentBag<double> taken = [];

    public IReadOnlyCollection<double> Milliseconds => taken;

    public void Clear() => taken = [];

    /// <summary>A run was claimed that was due then.</summary>
    public void Claimed(RunId run, DateTimeOffset then) => due[run] = then;

    /// <summary>Its call begins now.</summary>
    public void Began(RunId run)
    {
        if (due.TryGetValue(run, out var then)) taken.Add((time.GetUtcNow() - then).TotalMilliseconds);
    }
}
