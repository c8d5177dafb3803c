using System.Diagnostics;
using Engine.Runs;
using Engine.Storage;

namespace Engine.Host;

/// <summary>
/// What any host of the engine runs: the pump, and the work that rows of the store ask for. The rows are the truth; whoever does the work takes
/// the row first. The engine's own loops and an extension do the same with it.
/// </summary>
internal sealed class EngineWork(
    EngineStore store, Func<RunPump> newPump, RunChanges changes, ConnectionCare care, Revoker revoker, Deliveries deliveries, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan pumpPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan lease = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan retriesEvery = TimeSpan.FromSeconds(5);

    /// <summary>Whoever has a run tried again looks so often what became of it, unless told, and no longer than this: a call of a step may last.</summary>
    private static readonly TimeSpan lookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan longestTry = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Says that providers can call the engine: what they called while it was away is looked at from now on.</summary>
    public void Listen() => listening.TrySetResult();

    /// <summary>The engine's own loops, until cancelled; what has begun is ended.</summary>
    public Task RunAsync(CancellationToken cancellation) => Task.WhenAll(
        PumpAsync(cancellation),
        Task.Run(() => care.RunAsync((connection, error) => Log.CareTroubled(log, error, connection), cancellation), CancellationToken.None),
        DeliverAsync(cancellation),
        RetryAsync(cancellation));

    /// <summary>Pumps until cancelled, then hands over. It outlives a database that is gone for a while: runs go on when it is back.</summary>
    public async Task PumpAsync(CancellationToken cancellation)
    {
        using var pump = newPump();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await Task.Run(() => pump.RunAsync(cancellation), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.PumpStopped(log, error, pumpPause);
                await Task.Delay(pumpPause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Rows that are due and that nobody holds, the oldest first.</summary>
    public Task<IReadOnlyList<WorkRow>> ListDueAsync(int max, CancellationToken cancellation) => store.ListDueWorkAsync(max, cancellation);

    /// <summary>Does what one row asks for now, also before it is due: somebody asked for it.</summary>
    public async Task<WorkOutcome> DoAsync(WorkRow row, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(row);
        switch (row.Kind)
        {
            case WorkKind.Delivery:
                await listening.Task.WaitAsync(cancellation);
                return await deliveries.BeginOneAsync(row.Id, cancellation) ? new WorkOutcome.Done() : new WorkOutcome.NothingToDo();
            case WorkKind.Revocation:
                return await RevokeAsync(new ConnectionId(row.Id), cancellation);
            case WorkKind.Care:
                return await LookAsync(new ConnectionId(row.Id), cancellation);
            case WorkKind.Retry:
                return await TryAgainAsync(new RunId(row.Id), cancellation);
            default:
                throw new UnreachableException();
        }
    }

    private async Task DeliverAsync(CancellationToken cancellation)
    {
        await listening.Task.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await deliveries.RunAsync(cancellation);
    }

    /// <summary>Gives parked runs back to the pump when they are due: that is all there is to do where nobody watches the outcome.</summary>
    private async Task RetryAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                foreach (var run in await store.ListDueRetriesAsync(cancellation))
                {
                    if (await store.RetryAsync(run, cancellation)) changes.WorkAdded();
                }
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.RetriesTroubled(log, error);
            }

            await Task.Delay(retriesEvery, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Gives a parked run back to the pump, of whichever node, and waits for what becomes of it.</summary>
    private async Task<WorkOutcome> TryAgainAsync(RunId id, CancellationToken cancellation)
    {
        var until = time.GetUtcNow() + longestTry;
        if (!await store.RetryAsync(id, cancellation)) return new WorkOutcome.NothingToDo();
        changes.InboxGrew(id);
        while (time.GetUtcNow() < until)
        {
            var change = changes.NextChange(id);
            if (await store.FindAsync(id, cancellation) is not { Crashes: > 0 } run || run.Status.IsFinal()) return new WorkOutcome.Done();
            if (run.RetryAt is { } again) return new WorkOutcome.Again($"not advanced at step '{run.Step}', {run.Crashes} times in a row", again);
            await Task.WhenAny(change, Task.Delay(lookEvery, time, cancellation));
        }

        // The pump is at it still. Should it be in vain once more, the run is parked anew.
        return new WorkOutcome.Done();
    }

    private async Task<WorkOutcome> RevokeAsync(ConnectionId id, CancellationToken cancellation)
    {
        var taken = await store.ClaimRevocationsAsync(id, 1, lease, cancellation);
        if (taken is not [var revocation]) return new WorkOutcome.NothingToDo();
        return await revoker.RevokeAsync(revocation, CancellationToken.None) is { } again
            ? new WorkOutcome.Again($"the provider did not revoke connection {id}", again)
            : new WorkOutcome.Done();
    }

    private async Task<WorkOutcome> LookAsync(ConnectionId id, CancellationToken cancellation)
    {
        if (!await care.LookOnceAsync(id, cancellation)) return new WorkOutcome.NothingToDo();
        return await store.FindCredentialsAsync(id, cancellation) is { NotBefore: { } again } && again > time.GetUtcNow()
            ? new WorkOutcome.Again($"the credentials of connection {id} could not be renewed", again)
            : new WorkOutcome.Done();
    }
}

/// <summary>What became of a row's work.</summary>
internal abstract record WorkOutcome
{
    private WorkOutcome() { }

    public sealed record Done : WorkOutcome;

    /// <summary>Another has the row, or it is gone.</summary>
    public sealed record NothingToDo : WorkOutcome;

    /// <summary>It was tried in vain; the row falls due again.</summary>
    /// <param name="Why">Names ids, never what was sent or answered.</param>
    public sealed record Again(string Why, DateTimeOffset At) : WorkOutcome;
}
