using Engine.Runs;

namespace Engine.Benchmarks;

/// <summary>A store that notes when claimed runs were due, and is otherwise the one behind it.</summary>
internal sealed class WatchedStore(IRunStore inner, Lateness lateness) : IRunStore
{
    public async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await inner.ClaimDueAsync(request, cancellation);
        foreach (var one in claimed)
        {
            if (one.Run.Due is { } due) lateness.Claimed(one.Run.Id, due);
        }

        return claimed;
    }

    public Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) =>
        inner.CreateAsync(run, key, journal, cancellation);

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => inner.ListAsync(filter, cancellation);

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        inner.RenewAsync(leases, by, cancellation);

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation) => inner.SaveAsync(save, cancellation);

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        inner.PostponeAsync(lease, due, cancellation);

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadInboxAsync(id, after, cancellation);

    public Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) =>
        inner.AcceptReplyAsync(id, reply, cancellation);

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => inner.AcceptReturnAsync(id, back, cancellation);

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => inner.AcceptSignalAsync(id, signal, cancellation);

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => inner.RequestCancelAsync(id, cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => inner.NextDueAsync(cancellation);

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadJournalAsync(id, after, cancellation);

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => inner.FindConnectionAsync(id, cancellation);

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, CancellationToken cancellation) =>
        inner.FindConnectionAsync(flow, identityKey, cancellation);

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        inner.ListConnectionsAsync(subject, cancellation);

    public Task<string?> TakeLeftoverAsync(string flow, string subject, RunId takenBy, CancellationToken cancellation) =>
        inner.TakeLeftoverAsync(flow, subject, takenBy, cancellation);
}
