using Engine.Runs;

namespace Engine.Benchmarks;

/// <summary>A store that is another one; what derives from it watches or disturbs some of its calls.</summary>
internal class PassingStore(IRunStore inner) : IRunStore
{
    public virtual Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation) =>
        inner.ClaimDueAsync(request, cancellation);

    public virtual Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) =>
        inner.CreateAsync(run, key, journal, cancellation);

    public virtual Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public virtual Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => inner.ListAsync(filter, cancellation);

    public virtual Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        inner.RenewAsync(leases, by, cancellation);

    public virtual Task<bool> SaveAsync(RunSave save, CancellationToken cancellation) => inner.SaveAsync(save, cancellation);

    public virtual Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        inner.PostponeAsync(lease, due, cancellation);

    public virtual Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation) => inner.SetBackAsync(setback, cancellation);

    public virtual Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadInboxAsync(id, after, cancellation);

    public virtual Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) =>
        inner.AcceptReplyAsync(id, reply, cancellation);

    public virtual Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => inner.AcceptReturnAsync(id, back, cancellation);

    public virtual Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => inner.AcceptSignalAsync(id, signal, cancellation);

    public virtual Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => inner.RequestCancelAsync(id, cancellation);

    public virtual Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => inner.NextDueAsync(cancellation);

    public virtual Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadJournalAsync(id, after, cancellation);

    public virtual Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => inner.FindConnectionAsync(id, cancellation);

    public virtual Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) =>
        inner.FindConnectionAsync(flow, identityKey, isInSandbox, cancellation);

    public virtual Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        inner.ListConnectionsAsync(subject, cancellation);

    public virtual Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) =>
        inner.TakeLeftoverAsync(flow, subject, isInSandbox, takenBy, cancellation);
}
