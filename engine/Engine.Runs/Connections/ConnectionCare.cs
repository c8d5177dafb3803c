using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>The settings of <see cref="ConnectionCare"/>.</summary>
public sealed record ConnectionCareOptions
{
    /// <summary>Who takes leases. Default: <c>engine</c>.</summary>
    public string Node { get; init; } = "engine";

    /// <summary>Connections looked after at the same time. Default: 32.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>How long a connection is held; a refresh and a probe must fit in. Default: 5 minutes.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it sleeps at the most. Default: 5 s.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>
/// Looks after stored connections: probes them, keeps their credentials alive, warns before they end, and revokes what was deleted. The due times in the
/// store are the only schedule; any number of processes may do this on one store.
/// </summary>
public sealed class ConnectionCare(
    IConnectionStore store, ConnectionLook look, Revoker revoker, TimeProvider time, ConnectionCareOptions options)
{
    private const int MostTries = 100;

    private static readonly TimeSpan TryEvery = TimeSpan.FromMilliseconds(100);

    /// <summary>Works until cancelled; a look that has begun is ended.</summary>
    /// <param name="report">Gets each trouble once: the connection (null where it was not about one) and what happened.</param>
    public async Task RunAsync(Action<ConnectionId?, Exception> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        while (!cancellation.IsCancellationRequested)
        {
            var count = 0;
            try
            {
                count = await WorkDueAsync(report, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                report(null, error);
            }

            if (count < options.Batch) await RestAsync(cancellation);
        }
    }

    /// <summary>Works on what is due now, once; gives how much that was.</summary>
    public async Task<int> WorkDueAsync(Action<ConnectionId?, Exception> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(report);
        var due = await store.ClaimCareAsync(new ClaimRequest(options.Node, options.Batch, options.Lease), cancellation);
        var revocations = await store.ClaimRevocationsAsync(null, options.Batch, options.Lease, cancellation);
        await Task.WhenAll(
            [.. due.Select(care => TryAsync(care.Connection.Id, () => look.LookAsync(care, CancellationToken.None))),
             .. revocations.Select(one => TryAsync(one.Connection, () => revoker.RevokeAsync(one, CancellationToken.None)))]);
        return due.Count + revocations.Count;

        async Task TryAsync(ConnectionId id, Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (Exception error)
            {
                // It stays held until its lease passes, and is looked at again then.
                report(id, error);
            }
        }
    }

    /// <summary>Looks at one connection as its schedule would, also before it is due.</summary>
    /// <returns>False where another process is looking at it, or it is gone.</returns>
    public async Task<bool> LookOnceAsync(ConnectionId id, CancellationToken cancellation)
    {
        if (await store.TakeCareAsync(id, options.Node, options.Lease, cancellation) is not { } care) return false;
        await look.LookAsync(care, CancellationToken.None);
        return true;
    }

    /// <summary>
    /// Looks at one connection now, probe included; a second time where the first one's word is not believed alone. A look that is under way, which may
    /// have asked before what the caller knows of, is waited for, 10 s at the most.
    /// </summary>
    /// <returns>False where it is still being looked at, or gone.</returns>
    public async Task<bool> LookNowAsync(ConnectionId id, CancellationToken cancellation)
    {
        for (var looks = 0; looks < HealthRules.TellingsToAct; looks++)
        {
            if (await TakeAsync(id, cancellation) is not { } care) return looks > 0;
            if (!await look.LookAsync(care with { ProbeDue = null }, CancellationToken.None)) break;
        }

        return true;
    }

    private async Task<Care?> TakeAsync(ConnectionId id, CancellationToken cancellation)
    {
        for (var tries = 1; ; tries++)
        {
            if (await store.TakeCareAsync(id, options.Node, options.Lease, cancellation) is { } care) return care;
            if (tries == MostTries || await store.FindConnectionAsync(id, cancellation) is null) return null;
            await Task.Delay(TryEvery, time, cancellation);
        }
    }

    private async Task RestAsync(CancellationToken cancellation)
    {
        var pause = options.LookEvery;
        try
        {
            if (await store.NextCareAsync(cancellation) is { } due && due - time.GetUtcNow() is var left && left < pause) pause = left;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
        catch (Exception)
        {
            // The store is gone for a while: the next round says so.
        }

        var least = TimeSpan.FromMilliseconds(50);
        await Task.Delay(pause < least ? least : pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

/// <summary>One look at a connection.</summary>
public sealed class ConnectionLook(IConnectionStore store, IConnectionCaller caller, Refresher refresher, TimeProvider time)
{
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(60);

    /// <summary>How soon it is looked again at what is not believed yet.</summary>
    private static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(30);

    /// <summary>A connection with nothing to do is looked at this often all the same: its plugin may have changed.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>How soon it is looked at again what another engine must look after: that one may be started at any time.</summary>
    private static readonly TimeSpan OutOfReachPause = TimeSpan.FromMinutes(10);

    /// <summary>Looks, stores what follows and lets go; gives whether something is suspected and not believed yet.</summary>
    public async Task<bool> LookAsync(Care care, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(care);
        if (!caller.Reaches(care.Connection.World))
        {
            await store.FinishCareAsync(care, new CareResult(time.GetUtcNow() + OutOfReachPause, care.ProbeDue, care.Suspicion, null), cancellation);
            return false;
        }

        var provider = caller.FindProvider(care.Connection.Provider);
        if (provider is null || !HealthRules.IsLookedAfter(care.Connection.Health, care.ProbeDue is null))
        {
            await store.FinishCareAsync(care, new CareResult(time.GetUtcNow() + Longest, care.ProbeDue, null, null), cancellation);
            return false;
        }

        var probe = provider.FindRole(OperationRole.Probe);
        var isProbing = probe is not null && (care.ProbeDue is not { } at || at <= time.GetUtcNow());
        var fresh = await refresher.GetAsync(
            care.Connection, isProbing ? new RefreshWish.ToUse() : new RefreshWish.ToKeep(), cancellation);

        // The refresh may have changed the health: judge by what is stored now.
        if (await store.FindConnectionAsync(care.Connection.Id, cancellation) is not { } connection) return false;
        var seen = care with { Connection = connection };
        var isStopped = fresh is RefreshOutcome.Stopped;
        var (change, suspicion) = (default(HealthChange), seen.Suspicion);
        if (isProbing && probe is not null)
        {
            var observation = await ProbeAsync(connection, probe, fresh, cancellation);
            if (observation is not null) (change, suspicion) = HealthRules.After(connection, suspicion, observation, isStopped);
        }

        var isRefreshed = provider.FindRole(OperationRole.Refresh) is not null && !isStopped;
        if (ConnectionCalls.CredentialsOf(fresh) is { } stored && RefreshTimes.EndOfAccess(stored, isRefreshed) is var (warning, end)
            && time.GetUtcNow() >= warning)
        {
            var now = change is null ? connection : connection with { Health = change.Health, Cause = change.Cause };
            Observation ending = time.GetUtcNow() >= end ? new Observation.Ended() : new Observation.EndsSoon();
            change = HealthRules.After(now, suspicion, ending, isStopped).Change ?? change;
        }

        var probeDue = probe is null ? null : isProbing ? NextProbe(probe, suspicion, connection) : seen.ProbeDue;
        await store.FinishCareAsync(seen, new CareResult(NextDue(provider, fresh, probeDue), probeDue, suspicion, change), cancellation);
        return suspicion is not null;
    }

    /// <summary>Null where nothing can be said: credentials that have ended tell nothing about the account.</summary>
    private async Task<Observation?> ProbeAsync(
        Connection connection, Operation probe, RefreshOutcome fresh, CancellationToken cancellation)
    {
        var stored = ConnectionCalls.CredentialsOf(fresh);
        if (fresh is not RefreshOutcome.Usable and not RefreshOutcome.None && stored?.IsUsableAt(time.GetUtcNow()) == false)
        {
            return fresh is RefreshOutcome.Later later ? TroubleOf(later.Failure) : null;
        }

        var answer = await caller.CallAsync(new ConnectionCall(connection, probe, stored?.Body, null, ProbeLimit), cancellation);
        if (answer is ConnectionAnswer.Failed rejected && stored is not null && HealthOf(probe, rejected.Failure) == ConnectionHealth.NeedsReauth)
        {
            var again = await refresher.GetAsync(connection, new RefreshWish.Rejected(stored.Version), cancellation);
            if (again is RefreshOutcome.Usable { Credentials: var other } && (other.Id != stored.Id || other.Version != stored.Version))
            {
                answer = await caller.CallAsync(new ConnectionCall(connection, probe, other.Body, null, ProbeLimit), cancellation);
            }
        }

        return answer switch
        {
            ConnectionAnswer.Answered => new Observation.Worked(),
            ConnectionAnswer.InputRefused => new Observation.Troubled(Failures.Internal),
            ConnectionAnswer.Failed { Failure: var failure } => HealthOf(probe, failure) is { } health
                ? new Observation.Told(failure.Code, health)
                : TroubleOf(failure),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static Observation.Troubled? TroubleOf(Failure failure) =>
        failure.Code == Failures.RateLimited ? null : new Observation.Troubled(failure.Code);

    private static ConnectionHealth? HealthOf(Operation operation, Failure failure) =>
        operation.Failures.FirstOrDefault(one => one.Code == failure.Code)?.Health;

    private DateTimeOffset NextProbe(Operation probe, Suspicion? suspicion, Connection connection)
    {
        // Trouble that lasts is looked at as seldom as all is well.
        var isUnsettled = suspicion is { Times: < HealthRules.TroublesToDegrade };
        var pause = isUnsettled && SecondLook < probe.Every ? SecondLook : probe.Every;
        return time.GetUtcNow() + pause + (isUnsettled ? TimeSpan.Zero : probe.Every * RefreshTimes.Spread(connection.Id.Value) / 10);
    }

    private DateTimeOffset NextDue(Provider provider, RefreshOutcome fresh, DateTimeOffset? probeDue)
    {
        var now = time.GetUtcNow();
        var due = now + Longest;
        Sooner(probeDue);
        if (ConnectionCalls.CredentialsOf(fresh) is { } stored)
        {
            var refresh = provider.FindRole(OperationRole.Refresh);
            if (refresh is not null && fresh is not RefreshOutcome.Stopped)
            {
                var kept = RefreshTimes.KeptUntil(stored, refresh);
                Sooner(kept > stored.NotBefore ? kept : stored.NotBefore is not null && kept is not null ? stored.NotBefore : kept);
            }

            if (RefreshTimes.EndOfAccess(stored, refresh is not null && fresh is not RefreshOutcome.Stopped) is var (warning, end))
            {
                Sooner(warning > now ? warning : null);
                Sooner(end > now ? end : null);
            }
        }

        return due;

        void Sooner(DateTimeOffset? at)
        {
            if (at < due) due = at.Value;
        }
    }
}
