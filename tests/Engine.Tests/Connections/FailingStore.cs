using System.Text.Json;
using Engine.Runs;

namespace Engine.Tests.Connections;

/// <summary>A store whose writes of new credentials fail some times, or whose process dies at one of the writes of a refresh.</summary>
internal sealed class FailingStore(IConnectionStore inner) : IConnectionStore
{
    public int FailingReplaces { get; init; }

    public int Replaces { get; private set; }

    /// <summary>What happens just before it is asked when the next look is due.</summary>
    public Action NextCareAsked { get; init; } = () => { };

    /// <summary>The write of a refresh at which the process dies, counted from 1, and whether that one is still made; null: it lives.</summary>
    public (int Write, bool IsMade)? DiesAt { get; init; }

    private int writes;

    public Task<bool> ReplaceAsync(CredentialId id, long spentVersion, JsonElement body, CancellationToken cancellation) =>
        ++Replaces <= FailingReplaces
            ? throw new IOException("the disk is full")
            : WriteAsync(() => inner.ReplaceAsync(id, spentVersion, body, cancellation));

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => inner.FindConnectionAsync(id, cancellation);

    public Task<StoredCredentials?> FindCredentialsAsync(ConnectionId id, CancellationToken cancellation) => inner.FindCredentialsAsync(id, cancellation);

    public Task<IReadOnlyList<Connection>> ListHoldersAsync(CredentialId id, CancellationToken cancellation) => inner.ListHoldersAsync(id, cancellation);

    public Task<CredentialLease?> LeaseAsync(CredentialId id, string node, TimeSpan leaseFor, CancellationToken cancellation) =>
        WriteAsync(() => inner.LeaseAsync(id, node, leaseFor, cancellation));

    public Task<bool> MarkSpentAsync(CredentialLease lease, CancellationToken cancellation) => WriteAsync(() => inner.MarkSpentAsync(lease, cancellation));

    public Task EndRefreshAsync(CredentialLease lease, RefreshEnd end, CancellationToken cancellation) => inner.EndRefreshAsync(lease, end, cancellation);

    public Task<IReadOnlyList<Care>> ClaimCareAsync(ClaimRequest request, CancellationToken cancellation) => inner.ClaimCareAsync(request, cancellation);

    public Task<Care?> TakeCareAsync(ConnectionId id, string node, TimeSpan leaseFor, CancellationToken cancellation) =>
        inner.TakeCareAsync(id, node, leaseFor, cancellation);

    public Task FinishCareAsync(Care care, CareResult result, CancellationToken cancellation) => inner.FinishCareAsync(care, result, cancellation);

    public Task HurryCareAsync(ConnectionId id, CancellationToken cancellation) => inner.HurryCareAsync(id, cancellation);

    public Task<DateTimeOffset?> NextCareAsync(CancellationToken cancellation)
    {
        NextCareAsked();
        cancellation.ThrowIfCancellationRequested();
        return inner.NextCareAsync(cancellation);
    }

    public Task SetHealthAsync(ConnectionId id, HealthChange change, CancellationToken cancellation) => inner.SetHealthAsync(id, change, cancellation);

    public Task<ClaimOutcome> ClaimConnectionAsync(ConnectionId id, string subject, CancellationToken cancellation) =>
        inner.ClaimConnectionAsync(id, subject, cancellation);

    public Task<DeleteOutcome> DeleteConnectionAsync(ConnectionId id, bool isRevoked, CancellationToken cancellation) =>
        inner.DeleteConnectionAsync(id, isRevoked, cancellation);

    public Task<IReadOnlyList<Revocation>> ClaimRevocationsAsync(ConnectionId? only, int max, TimeSpan leaseFor, CancellationToken cancellation) =>
        inner.ClaimRevocationsAsync(only, max, leaseFor, cancellation);

    public Task FinishRevocationAsync(ConnectionId id, DateTimeOffset? again, CancellationToken cancellation) =>
        inner.FinishRevocationAsync(id, again, cancellation);

    public Task<CallBeginning> BeginCallAsync(IdempotencyKey key, ConnectionId connection, CancellationToken cancellation) =>
        inner.BeginCallAsync(key, connection, cancellation);

    public Task FinishCallAsync(string key, string? answer, CancellationToken cancellation) => inner.FinishCallAsync(key, answer, cancellation);

    private async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        if (DiesAt is not var (last, isMade)) return await write();
        if (++writes > last || (writes == last && !isMade)) throw new IOException("the process is dead");
        var made = await write();
        return writes < last ? made : throw new IOException("the process has died");
    }
}
