using System.Collections.Concurrent;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>Works on claimed runs until they wait, and deals with those that cannot be advanced.</summary>
/// <param name="leaveFor">How long a run whose flow version cannot be loaded here is left to other processes.</param>
internal sealed class RunWorker(
    RunPorts ports, RunChanges changes, TimeProvider time, RunCache cache, Action<PumpTrouble> report, TimeSpan leaveFor = default)
{
    /// <summary>How often a run may crash at one step before it is ended.</summary>
    private const int MaxCrashes = 3;

    /// <summary>How soon it is looked again at a run that another engine must go on with: that one may be started at any time.</summary>
    private static readonly TimeSpan OutOfReachPause = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NextPause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RunId, Crash> crashes = new();

    /// <summary>The flow versions whose runs are left to other processes for now.</summary>
    public LeftVersions Left { get; } = new(leaveFor, time);

    /// <summary>Whether the state that was left under the lease before this one is at hand.</summary>
    public bool Knows(Lease lease) => cache.Has(lease);

    public async Task WorkAsync(HeldRun held, CancellationToken cancellation)
    {
        var row = held.Claimed.Run;
        using var span = RunSpan.Start(row);
        try
        {
            if (!ports.Caller.Reaches(row.World))
            {
                // Where the inbox would make it due at once, the lease lapses by itself.
                if (held.Claimed.Inbox.Count == 0) await ports.Store.PostponeAsync(held.Lease, time.GetUtcNow() + OutOfReachPause, CancellationToken.None);
                return;
            }

            if (await ports.Flows.FindAsync(row.Flow, row.FlowVersion, cancellation) is not { } flow)
            {
                if (!Left.MayLeave(row, time.GetUtcNow())) throw Missing(row);
                Left.Add(row.FlowVersion);

                // Due as it was, so that another one takes it at once, and its lateness shows.
                await ports.Store.PostponeAsync(held.Lease, row.Due ?? time.GetUtcNow(), CancellationToken.None);
                return;
            }

            var drive = new RunDrive(ports, changes, time, held, flow, await LoadAsync(held, flow));
            if (await drive.RunAsync(cancellation) is { } waiting) cache.Put(held.Lease, flow, waiting);
            crashes.TryRemove(row.Id, out _);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (RunFault fault)
        {
            RunSpan.Failed(span, fault.InnerException ?? fault);
            await SafelyAsync(row, () => SufferAsync(held, fault));
        }
        catch (Exception exception)
        {
            // Not the run's fault: the store did not answer. The lease lapses and the run is taken up again.
            RunSpan.Failed(span, exception);
            report(new PumpTrouble(row.Id, row.Step, 0, false, exception));
        }
    }

    private static RunFault Missing(StoredRun row) =>
        new(row.Step, $"version {row.FlowVersion} of flow '{row.Flow}' cannot be had any more", null);

    private async Task<Run> LoadAsync(HeldRun held, LoadedFlow flow)
    {
        var row = held.Claimed.Run;
        if (cache.Take(held.Lease, flow) is { } known) return known;

        // It was known when it was claimed, and is not any more.
        var state = row.State.IsEmpty ? (await ports.Store.FindAsync(row.Id, CancellationToken.None))?.State ?? default : row.State;
        try
        {
            return RunRow.WithRounds(RunCodec.Decode(flow, state.Span), row.Rounds);
        }
        catch (Exception exception)
        {
            throw new RunFault(row.Step, "the run's state cannot be read", exception);
        }
    }

    /// <summary>A crash: tries again later, and ends the run when that does not help.</summary>
    private async Task SufferAsync(HeldRun held, RunFault fault)
    {
        var row = held.Claimed.Run;
        var crash = crashes.AddOrUpdate(
            row.Id, _ => new Crash(fault.Step, 1),
            (_, last) => last.Step == fault.Step ? last with { Count = last.Count + 1 } : new Crash(fault.Step, 1));
        var isParked = crash.Count >= MaxCrashes;
        report(new PumpTrouble(row.Id, fault.Step, crash.Count, isParked, fault));
        var now = time.GetUtcNow();
        if (!isParked)
        {
            await ports.Store.PostponeAsync(held.Lease, now + (crash.Count == 1 ? FirstPause : NextPause), CancellationToken.None);
            return;
        }
        var save = crash.Count == MaxCrashes ? await AbortAsync(held, now) : null;
        save ??= RunRow.Park(held.Claimed, now);
        if (!await ports.Store.SaveAsync(save, CancellationToken.None)) return;
        if (save.Run.Status.IsFinal()) crashes.TryRemove(row.Id, out _);
        changes.RunChanged(row.Id);
    }

    /// <summary>Ends the run in good order, undoing what it did; null where not even that can be worked out.</summary>
    private async Task<RunSave?> AbortAsync(HeldRun held, DateTimeOffset now)
    {
        try
        {
            var row = held.Claimed.Run;
            if (await ports.Flows.FindAsync(row.Flow, row.FlowVersion, CancellationToken.None) is not { } flow) return null;
            var run = await LoadAsync(held, flow);
            var transition = RunMachine.Abort(flow, run, Sdk.Failures.Internal, now);
            return RunRow.SaveOf(held.Lease, row, flow, run, transition, now);
        }
        catch (Exception)
        {
            // Reported already: it is the same crash.
            return null;
        }
    }

    private async Task SafelyAsync(StoredRun row, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            report(new PumpTrouble(row.Id, row.Step, 0, false, exception));
        }
    }

    private sealed record Crash(string Step, int Count);
}

/// <summary>A run could not be advanced, whatever the store does.</summary>
/// <param name="step">The step it stood at.</param>
internal sealed class RunFault(string step, string message, Exception? inner) : Exception(message, inner)
{
    public string Step => step;
}
