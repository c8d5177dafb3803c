using System.Collections.Concurrent;

namespace Engine.Runs;

/// <summary>What the pump reaches the world through.</summary>
public sealed record RunPorts(IRunStore Store, IFlowVersions Flows, IOperationCaller Caller);

/// <summary>The pump's settings.</summary>
public sealed record RunPumpOptions
{
    /// <summary>Who claims. Default: <c>engine</c>.</summary>
    public string Node { get; init; } = "engine";

    /// <summary>Runs worked on at the same time. Default: 4,096.</summary>
    public int MaxRuns { get; init; } = 4_096;

    /// <summary>Runs claimed at once. Default: 512.</summary>
    public int Batch { get; init; } = 512;

    /// <summary>
    /// Claims under way at the same time, for a database that works on several at once: each begins by passing what was due before and is not
    /// cleaned up yet. Default: 1.
    /// </summary>
    public int Claimers { get; init; } = 1;

    /// <summary>Waiting runs whose state is kept decoded. Default: 20,000.</summary>
    public int CachedRuns { get; init; } = 20_000;

    /// <summary>How long a claimed run is held unless renewed. Default: 6 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How often leases are renewed. Default: 2 s.</summary>
    public TimeSpan RenewEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it sleeps at the most when nothing is due and nobody calls. Default: 1 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a run whose flow version cannot be loaded here is left to other processes; after that it ends as failed. Zero where there are
    /// no others. Default: zero.
    /// </summary>
    public TimeSpan LeaveFor { get; init; }

    /// <summary>How long it sleeps at least, so that runs falling due closely together are claimed together. Default: 10 ms.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// How long it sleeps at least while runs are due that are left to other processes: those are not asked about over and over.
    /// Default: 200 ms.
    /// </summary>
    public TimeSpan GatherBesideLeft { get; init; } = TimeSpan.FromMilliseconds(200);
}

/// <summary>An exception that stopped the pump from advancing a run.</summary>
/// <param name="Run">Null where it was not about one run: the store could not be asked.</param>
/// <param name="Step">The step it stood at; empty where there is no run.</param>
/// <param name="Crashes">How often in a row the run failed at this step, this time included; 0 where it is not the run's fault.</param>
/// <param name="IsParked">Whether the pump leaves the run alone for it: it is tried again as outgoing work, or was ended.</param>
public sealed record PumpTrouble(RunId? Run, string Step, int Crashes, bool IsParked, Exception Cause)
{
    /// <summary>Whether the run was ended as failed for it.</summary>
    public bool IsEnded { get; init; }
}

/// <summary>
/// The one loop that advances runs: claims those that are due, tells them what happened, stores what follows, performs the effects.
/// Any host may run it; several may run over one store.
/// </summary>
/// <param name="report">Gets each trouble once, from any thread.</param>
public sealed class RunPump(
    RunPorts ports, RunChanges changes, TimeProvider time, RunPumpOptions options, Action<PumpTrouble> report)
    : IDisposable
{
    private readonly ConcurrentDictionary<HeldRun, DateTimeOffset> held = new();
    private readonly SemaphoreSlim places = new(options.MaxRuns);
    private readonly RunWorker worker = new(ports, changes, time, new RunCache(options.CachedRuns), report, options.LeaveFor);

    /// <summary>Runs that are worked on at this moment.</summary>
    public int InFlight => held.Count;

    /// <summary>Whether it works on as many runs as it may, and so asks for none until one of them waits.</summary>
    public bool IsFull => held.Count >= options.MaxRuns;

    /// <summary>Pumps until cancelled; then lets go of what it holds and returns. A call that must happen once is waited for.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var stopRenewing = new CancellationTokenSource();
        var renewing = RenewAsync(stopRenewing.Token);
        await Task.WhenAll(Enumerable.Range(0, options.Claimers).Select(_ => ClaimAsync(cancellation)));
        for (var place = 0; place < options.MaxRuns; place++) await places.WaitAsync(CancellationToken.None);
        places.Release(options.MaxRuns);
        await stopRenewing.CancelAsync();
        await renewing;
    }

    /// <summary>
    /// Works on what is due now, on the caller's thread, until each run waits or has ended. For a host that owns the time: nothing here
    /// renews a lease or waits for the next due time.
    /// </summary>
    public async Task WorkDueAsync(CancellationToken cancellation)
    {
        var claimed = await ports.Store.ClaimDueAsync(new ClaimRequest(options.Node, options.Batch, options.Lease), cancellation);
        foreach (var run in claimed) await worker.WorkAsync(new HeldRun(run), cancellation);
    }

    public void Dispose() => places.Dispose();

    private async Task ClaimAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested) await PumpSafelyAsync(cancellation);
    }

    private async Task PumpSafelyAsync(CancellationToken cancellation)
    {
        try
        {
            await PumpAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception exception)
        {
            report(new PumpTrouble(null, "", 0, false, exception));
            await PauseAsync(options.LookEvery, cancellation);
        }
    }

    private async Task PumpAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var work = changes.NextWork();
            var max = await ReserveAsync(cancellation);
            var begun = 0;
            var without = worker.Left.Current;
            try
            {
                var claimed = await ports.Store.ClaimDueAsync(
                    new ClaimRequest(options.Node, max, options.Lease) { Without = without, Known = worker.Known }, cancellation);
                for (; begun < claimed.Count; begun++) Begin(claimed[begun], cancellation);
            }
            finally
            {
                if (begun < max) places.Release(max - begun);
            }

            if (begun < max) await RestAsync(work, without.Count == 0 ? options.Gather : options.GatherBesideLeft, cancellation);
        }
    }

    /// <summary>Takes places for the next claim: one at least, as many as are free at the most.</summary>
    private async Task<int> ReserveAsync(CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        var taken = 1;
        while (taken < options.Batch && places.Wait(0, CancellationToken.None)) taken++;
        return taken;
    }

    /// <summary>Works on a claimed run, for which a place was taken.</summary>
    private void Begin(ClaimedRun claimed, CancellationToken cancellation)
    {
        var run = new HeldRun(claimed);
        held[run] = time.GetUtcNow();
        _ = Task.Run(() => WorkAsync(run, cancellation), CancellationToken.None);
    }

    /// <summary>Owned by <see cref="places"/>: the pump does not return before every place is free again.</summary>
    private async Task WorkAsync(HeldRun run, CancellationToken cancellation)
    {
        try
        {
            await worker.WorkAsync(run, cancellation);
        }
        finally
        {
            held.TryRemove(run, out _);
            places.Release();
        }
    }

    /// <summary>Sleeps until the next run falls due, somebody says that one is, or it is time to look anyway.</summary>
    private async Task RestAsync(Task work, TimeSpan atLeast, CancellationToken cancellation)
    {
        var due = await ports.Store.NextDueAsync(cancellation);
        var pause = due is { } at ? at - time.GetUtcNow() : options.LookEvery;
        if (pause > options.LookEvery) pause = options.LookEvery;
        if (pause < atLeast) pause = atLeast;
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(work, Task.Delay(pause, time, awake.Token));
        await awake.CancelAsync();
    }

    /// <summary>Renews the leases of runs that are still worked on, and stops work on those that were lost.</summary>
    private async Task RenewAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            await PauseAsync(options.RenewEvery, cancellation);
            var old = time.GetUtcNow() - options.RenewEvery / 2;
            var runs = held.Where(entry => entry.Value <= old).Select(entry => entry.Key).ToList();
            if (runs.Count == 0) continue;
            try
            {
                var lost = await ports.Store.RenewAsync([.. runs.Select(run => run.Lease)], options.Lease, CancellationToken.None);
                foreach (var run in runs.Where(run => lost.Contains(run.Lease.Run))) run.Lose();
            }
            catch (Exception exception)
            {
                report(new PumpTrouble(null, "", 0, false, exception));
            }
        }
    }

    /// <summary>A pause that ends early, and quietly, when the pump stops.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellation) =>
        await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
