using System.Collections.Concurrent;
using System.Security.Cryptography;
using Engine.Flows;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Benchmarks;

/// <summary>The engine's pump over PostgreSQL, with calls that <see cref="StubbedCaller"/> answers.</summary>
internal sealed class StubbedEngine : IAsyncDisposable
{
    private readonly EngineStore store;
    private readonly RunPump pump;
    private readonly RunStarter starter;
    private readonly CancellationTokenSource stop = new();
    private Task pumping = Task.CompletedTask;

    private StubbedEngine(EngineStore store, Func<IRunStore, IRunStore> watch, Action<RunId> called)
    {
        this.store = store;
        var flows = new StubbedFlows();
        var changes = new RunChanges();
        Runs = watch(store);
        starter = new RunStarter(flows, Runs, changes, store.Time, RandomNumberGenerator.Fill);
        pump = new RunPump(
            new RunPorts(Runs, flows, new StubbedCaller(called)), changes, store.Time, new RunPumpOptions { CachedRuns = 200_000, Claimers = 3 }, Troubles.Add);
    }

    public IRunStore Runs { get; }

    public ConcurrentBag<PumpTrouble> Troubles { get; } = [];

    /// <param name="watch">Wraps the store.</param>
    public static async Task<StubbedEngine> OpenAsync(
        string database, string keyFile, Func<IRunStore, IRunStore> watch, Action<RunId> called) => new(
            await EngineStore.OpenAsync(new StorePlace.Server(database), keyFile, TimeProvider.System, CancellationToken.None), watch, called);

    public void Pump() => pumping = Task.Run(() => pump.RunAsync(stop.Token));

    public Task StartRunsAsync(string flow, int count) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, cancellation) =>
            await starter.StartAsync(
                new StartRequest(flow, new Dictionary<string, string>(), Purpose.Connect, null, "bench", null, null), cancellation));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await pumping;
        pump.Dispose();
        stop.Dispose();
        await store.DisposeAsync();
    }
}
