using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Flows;
using Engine.Sdk;

namespace Engine.Runs;

/// <summary>The refresher's settings.</summary>
public sealed record RefresherOptions
{
    /// <summary>Who takes leases. Default: <c>engine</c>.</summary>
    public string Node { get; init; } = "engine";

    /// <summary>How long one refresh call may take. Default: 60 s.</summary>
    public TimeSpan CallLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long credentials are held for a refresh; the whole call must fit in. Default: 75 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How often it is looked whether another process has finished. Default: 250 ms.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Never two refreshes of the same credentials within this, whatever their end says. Default: 1 minute.</summary>
    public TimeSpan LeastPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long new credentials are kept trying to be stored when the store fails. Default: 5 minutes.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>Why credentials are wanted.</summary>
public abstract record RefreshWish
{
    private RefreshWish() { }

    /// <summary>To be used now.</summary>
    public sealed record ToUse : RefreshWish;

    /// <summary>To be kept from lapsing unused.</summary>
    public sealed record ToKeep : RefreshWish;

    /// <summary>The provider did not accept this version.</summary>
    public sealed record Rejected(long Version) : RefreshWish;
}

/// <summary>What asking for credentials gave.</summary>
public abstract record RefreshOutcome
{
    private RefreshOutcome() { }

    /// <summary>The newest there are. May be just refreshed, by whomever.</summary>
    public sealed record Usable(StoredCredentials Credentials) : RefreshOutcome;

    /// <summary>They should be refreshed and cannot be just now; <paramref name="Credentials"/> may still give access for a while.</summary>
    public sealed record Later(StoredCredentials Credentials, Failure Failure) : RefreshOutcome;

    /// <summary>They are refreshed no more; <paramref name="Credentials"/> may still give access for a while.</summary>
    public sealed record Stopped(StoredCredentials Credentials, string Cause) : RefreshOutcome;

    /// <summary>The connection has none.</summary>
    public sealed record None : RefreshOutcome;
}

/// <summary>
/// Renews credentials, each set by one caller at a time among all processes on one store. It keeps the twelve rules that other systems paid for
/// (see <c>plugins.md</c>). One instance for each process; thread-safe.
/// </summary>
public sealed class Refresher(IConnectionStore store, IConnectionCaller caller, TimeProvider time, RefresherOptions options)
{
    private const int RefusalsToStop = 5;

    private readonly ConcurrentDictionary<(CredentialId, long Version), Lazy<Task<RefreshOutcome>>> underway = new();

    /// <summary>The connection's credentials, refreshed where that is due. Cancelling leaves a refresh that was sent alone: it goes on.</summary>
    public async Task<RefreshOutcome> GetAsync(Connection connection, RefreshWish wish, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (await store.FindCredentialsAsync(connection.Id, cancellation) is not { } stored) return new RefreshOutcome.None();
        if (!caller.Reaches(connection.World)
            || caller.FindProvider(connection.Provider)?.FindRole(OperationRole.Refresh) is not { } refresh
            || !RefreshTimes.IsWanted(stored, refresh, wish, options.LeastPause, time.GetUtcNow()))
        {
            return new RefreshOutcome.Usable(stored);
        }

        if (FindHindrance(stored) is { } hindrance) return hindrance;
        var shared = underway.GetOrAdd(
            (stored.Id, stored.Version),
            _ => new Lazy<Task<RefreshOutcome>>(() => Task.Run(() => RefreshAsync(connection, refresh, stored), CancellationToken.None)));
        return await shared.Value.WaitAsync(cancellation);
    }

    private async Task<RefreshOutcome> RefreshAsync(Connection connection, Operation refresh, StoredCredentials seen)
    {
        try
        {
            while (true)
            {
                if (await store.LeaseAsync(seen.Id, options.Node, options.Lease, CancellationToken.None) is { } lease)
                {
                    if (await RefreshLeasedAsync(connection, refresh, seen.Version, lease) is { } outcome) return outcome;
                }
                else if (await FindNewsAsync(connection, seen) is { } news)
                {
                    return news;
                }

                await Task.Delay(options.LookEvery, time, CancellationToken.None);
            }
        }
        finally
        {
            underway.TryRemove((seen.Id, seen.Version), out _);
        }
    }

    /// <summary>What another process has done meanwhile; null while it is at it.</summary>
    private async Task<RefreshOutcome?> FindNewsAsync(Connection connection, StoredCredentials seen)
    {
        var stored = await store.FindCredentialsAsync(connection.Id, CancellationToken.None);
        if (stored is null) return new RefreshOutcome.None();
        return stored.Id != seen.Id || stored.Version != seen.Version ? new RefreshOutcome.Usable(stored) : FindHindrance(stored);
    }

    private RefreshOutcome? FindHindrance(StoredCredentials stored)
    {
        if (stored.Stop is { } stop) return new RefreshOutcome.Stopped(stored, stop);
        return stored.NotBefore > time.GetUtcNow()
            ? new RefreshOutcome.Later(stored, new Failure(
                Failures.ProviderDown, "the last refresh failed, and the next one waits", stored.NotBefore - time.GetUtcNow()))
            : null;
    }

    /// <summary>Null where the lease was lost before anything was sent.</summary>
    private async Task<RefreshOutcome?> RefreshLeasedAsync(Connection connection, Operation refresh, long version, CredentialLease lease)
    {
        var stored = lease.Credentials;
        if (stored.Version != version || FindHindrance(stored) is not null)
        {
            await store.EndRefreshAsync(lease, Unchanged(stored), CancellationToken.None);
            return stored.Version != version ? new RefreshOutcome.Usable(stored) : FindHindrance(stored);
        }

        if (!await store.MarkSpentAsync(lease, CancellationToken.None)) return null;
        if (time.GetUtcNow() + options.CallLimit > lease.Until)
        {
            await store.EndRefreshAsync(lease, Unchanged(stored), CancellationToken.None);
            return null;
        }

        var answer = await caller.CallAsync(
            new ConnectionCall(connection, refresh, stored.Body, null, options.CallLimit), CancellationToken.None);
        return answer switch
        {
            ConnectionAnswer.Answered answered => await KeepAsync(connection, lease, Merge(stored.Body, answered.Whole)),
            ConnectionAnswer.Failed failed => await FailAsync(connection, refresh, lease, failed.Failure),
            ConnectionAnswer.InputRefused refused => await FailAsync(
                connection, refresh, lease, new Failure(Failures.Internal, $"{refresh.Name}: {refused.Sentence}")),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>
    /// Stores new credentials. The old ones are gone at the provider, so that nobody gets the new ones before they are on disk, and a store
    /// that fails is asked again for a while.
    /// </summary>
    private async Task<RefreshOutcome> KeepAsync(Connection connection, CredentialLease lease, JsonElement body)
    {
        var giveUpAt = time.GetUtcNow() + options.StorePatience;
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = pause * 2 > TimeSpan.FromSeconds(10) ? TimeSpan.FromSeconds(10) : pause * 2)
        {
            try
            {
                await store.ReplaceAsync(lease.Credentials.Id, lease.Credentials.Version, body, CancellationToken.None);
                break;
            }
            catch (Exception) when (time.GetUtcNow() < giveUpAt)
            {
                await Task.Delay(pause, time, CancellationToken.None);
            }
        }

        foreach (var holder in await store.ListHoldersAsync(lease.Credentials.Id, CancellationToken.None)) await RepairAsync(holder);

        // Where the write came too late, somebody else has stored what is right now.
        return await store.FindCredentialsAsync(connection.Id, CancellationToken.None) is { } stored
            ? new RefreshOutcome.Usable(stored)
            : new RefreshOutcome.None();
    }

    private async Task<RefreshOutcome> FailAsync(Connection connection, Operation refresh, CredentialLease lease, Failure failure)
    {
        var spent = lease.Credentials;
        var declared = refresh.Failures.FirstOrDefault(one => one.Code == failure.Code);

        // Before anything is declared dead: somebody may have stored others meanwhile.
        var stored = await store.FindCredentialsAsync(connection.Id, CancellationToken.None);
        if (stored is null) return new RefreshOutcome.None();
        if (stored.Id != spent.Id || stored.Version != spent.Version) return new RefreshOutcome.Usable(stored);

        var end = RefreshTimes.EndOf(failure, declared, spent, refresh.Effect, RefusalsToStop, time.GetUtcNow());
        await store.EndRefreshAsync(lease, end, CancellationToken.None);
        var health = declared?.Health ?? ConnectionHealth.NeedsReauth;
        if (end.Stop is { } stop)
        {
            foreach (var holder in await store.ListHoldersAsync(spent.Id, CancellationToken.None)) await ReportAsync(holder, stop, health);
            return new RefreshOutcome.Stopped(stored, stop);
        }

        if (declared?.Health is ConnectionHealth.PendingReview or ConnectionHealth.Suspended)
        {
            foreach (var holder in await store.ListHoldersAsync(spent.Id, CancellationToken.None)) await ReportAsync(holder, failure.Code, health);
        }

        return new RefreshOutcome.Later(stored, failure);
    }

    private async Task RepairAsync(Connection connection)
    {
        if (connection.Health is not (ConnectionHealth.Degraded or ConnectionHealth.PendingReview or ConnectionHealth.Suspended)) return;
        await store.SetHealthAsync(connection.Id, new HealthChange(ConnectionHealth.Active, null), CancellationToken.None);
    }

    private async Task ReportAsync(Connection connection, string code, ConnectionHealth health)
    {
        var (change, _) = HealthRules.After(connection, null, new Observation.Refused(code, health), isStopped: true);
        if (change is not null) await store.SetHealthAsync(connection.Id, change, CancellationToken.None);
    }

    private static RefreshEnd Unchanged(StoredCredentials stored) =>
        new(stored.IsInDoubt, stored.Refusals, stored.Failures, stored.NotBefore, stored.Stop);

    /// <summary>The new ones over the old ones: what an answer leaves out, such as a refresh token that stays, keeps its value.</summary>
    private static JsonElement Merge(JsonElement old, JsonElement answered)
    {
        var merged = JsonNode.Parse(old.GetRawText())?.AsObject() ?? [];
        foreach (var property in answered.EnumerateObject().Where(property => property.Value.ValueKind != JsonValueKind.Null))
        {
            merged[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }

        return JsonSerializer.SerializeToElement(merged);
    }
}
