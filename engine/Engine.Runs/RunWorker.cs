using Engine.Flows;

namespace Engine.Runs;

/// <summary>Works on claimed runs until they wait, and deals with those that cannot be advanced.</summary>
/// <param name="leaveFor">How long a run whose flow version cannot be loaded here is left to other processes.</param>
internal sealed class RunWorker(
    RunPorts ports, RunChanges changes, TimeProvider time, RunCache cache, Action<PumpTrouble> report, TimeSpan leaveFor = default)
{
    /// <summary>How soon it is looked again at a run that another engine must go on with: that one may be started at any time.</summary>
    private static readonly TimeSpan OutOfReachPause = TimeSpan.FromMinutes(1);

    /// <summary>The flow versions whose runs are left to other processes for now.</summary>
    public LeftVersions Left { get; } = new(leaveFor, time);

    /// <summary>See <see cref="KnownRun"/>.</summary>
    public StoredRun? Known(long row, long fence) => cache.Find(row, fence);

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
                var due = row.Due ?? time.GetUtcNow();
                if (row.Crashes == 0) await ports.Store.PostponeAsync(held.Lease, due, CancellationToken.None);
                else await ports.Store.SetBackAsync(RunRow.SetBack(held.Claimed, row.Step, row.Crashes, due, isParked: false, due), CancellationToken.None);
                return;
            }

            var drive = new RunDrive(ports, changes, time, held, flow, await LoadAsync(held, flow));
            if (await drive.RunAsync(cancellation) is { } waiting) cache.Put(held.Lease, flow, waiting, drive.Row);
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
        new(row.Step, row.Step, $"version {row.FlowVersion} of flow '{row.Flow}' cannot be had any more", null);

    private async Task<Run> LoadAsync(HeldRun held, LoadedFlow flow)
    {
        var row = held.Claimed.Run;
        if (cache.Take(held.Lease, flow) is { } known) return known;

        // It was known when it was claimed, and is not any more.
        var state = row.State.IsEmpty ? (await ports.Store.FindAsync(row.Id, CancellationToken.None))?.State ?? default : row.State;
        return Decode(flow, row, state);
    }

    private static Run Decode(LoadedFlow flow, StoredRun row, ReadOnlyMemory<byte> state)
    {
        try
        {
            return RunRow.WithRounds(RunCodec.Decode(flow, state.Span), row.Rounds);
        }
        catch (Exception exception)
        {
            throw new RunFault(row.Step, row.Step, "the run's state cannot be read", exception);
        }
    }

    /// <summary>A crash: tries again later, more and more seldom, and ends the run when that does not help until its limit, or when it was to be cancelled.</summary>
    private async Task SufferAsync(HeldRun held, RunFault fault)
    {
        var row = held.Claimed.Run;
        var crashes = row.Step == fault.Stored ? row.Crashes + 1 : 1;
        var now = time.GetUtcNow();
        var limit = await LimitOfAsync(row);
        var isParked = crashes >= Crashes.Quick;
        var isUnwanted = held.Claimed.Inbox.Any(item => item.Content is InboxContent.CancelRequested);
        var isEnded = isParked && (isUnwanted || now >= limit);
        report(new PumpTrouble(row.Id, fault.Step, crashes, isParked, fault) { IsEnded = isEnded });
        var isStored = isEnded
            ? await ports.Store.SaveAsync(await AbortAsync(held, now) ?? RunRow.Park(held.Claimed, now), CancellationToken.None)
            : await ports.Store.SetBackAsync(RunRow.SetBack(held.Claimed, fault.Step, crashes, Crashes.NextTry(crashes, now, limit), isParked, now), CancellationToken.None);
        if (isStored && isParked) changes.RunChanged(row.Id);
    }

    /// <summary>When a run's time is over, as far as its row tells.</summary>
    private async Task<DateTimeOffset> LimitOfAsync(StoredRun row) =>
        row.CreatedAt + (await ports.Flows.FindAsync(row.Flow, row.FlowVersion, CancellationToken.None) is { } flow ? flow.Flow.Limits.Total : Crashes.UnknownLimit);

    /// <summary>Ends the run in good order, undoing what it did; null where not even that can be worked out, or it is what crashes.</summary>
    private async Task<RunSave?> AbortAsync(HeldRun held, DateTimeOffset now)
    {
        try
        {
            // As it is stored now: what was saved since the claim counts.
            if (await ports.Store.FindAsync(held.Lease.Run, CancellationToken.None) is not { } row) return null;
            if (await ports.Flows.FindAsync(row.Flow, row.FlowVersion, CancellationToken.None) is not { } flow) return null;
            var run = Decode(flow, row, row.State);
            if (run.Ending is not null) return null;
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
}

/// <summary>A run could not be advanced, whatever the store does.</summary>
/// <param name="step">The step it was at.</param>
/// <param name="stored">The step it is stored at: it goes on from there.</param>
internal sealed class RunFault(string step, string stored, string message, Exception? inner) : Exception(message, inner)
{
    public string Step => step;

    public string Stored => stored;
}
