using Engine.Runs;
using Engine.Storage;

namespace Engine.Tests;

/// <summary>The SQLite store, watched: what was saved and postponed, and a way to make it fail.</summary>
internal sealed class LabStore(SqliteStore store) : IRunStore, IAsyncDisposable
{
    public List<RunSave> Saves { get; } = [];

    public int Postponed { get; private set; }

    /// <summary>Called before each save; may throw.</summary>
    public Action<RunSave> BeforeSave { get; set; } = _ => { };

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        BeforeSave(save);
        lock (Saves) Saves.Add(save);
        return store.SaveAsync(save, cancellation);
    }

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation)
    {
        Postponed++;
        return store.PostponeAsync(lease, due, cancellation);
    }

    public Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) =>
        store.CreateAsync(run, key, journal, cancellation);

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => store.FindAsync(id, cancellation);

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => store.ListAsync(filter, cancellation);

    public Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation) => store.ClaimDueAsync(request, cancellation);

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        store.RenewAsync(leases, by, cancellation);

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) => store.ReadInboxAsync(id, after, cancellation);

    public Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) => store.AcceptReplyAsync(id, reply, cancellation);

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => store.AcceptReturnAsync(id, back, cancellation);

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => store.AcceptSignalAsync(id, signal, cancellation);

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => store.RequestCancelAsync(id, cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => store.NextDueAsync(cancellation);

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        store.ReadJournalAsync(id, after, cancellation);

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => store.FindConnectionAsync(id, cancellation);

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, CancellationToken cancellation) =>
        store.FindConnectionAsync(flow, identityKey, cancellation);

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        store.ListConnectionsAsync(subject, cancellation);

    public Task<string?> TakeLeftoverAsync(string flow, string subject, RunId takenBy, CancellationToken cancellation) =>
        store.TakeLeftoverAsync(flow, subject, takenBy, cancellation);

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
