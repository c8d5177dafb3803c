using Engine.Benchmarks;
using Engine.Host;
using Engine.Runs;
using Engine.Storage;
using Engine.Tests.Storage;

namespace Engine.Tests.History;

/// <summary>A store to play scenarios over, with the clock that it goes by. Used by one thread.</summary>
internal sealed class PlayedStore : IDisposable
{
    private readonly EngineStore? kept;
    private readonly IAsyncDisposable? place;

    private PlayedStore(IRunStore store, VirtualTime time, EngineStore? kept, IAsyncDisposable? place) => (Runs, Time, this.kept, this.place) = (store, time, kept, place);

    public IRunStore Runs { get; private set; }

    public VirtualTime Time { get; }

    /// <summary>Loses answers of the database; null where there is none.</summary>
    public LostAnswers? Lost { get; private init; }

    private static DateTimeOffset Start { get; } = new(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);

    public static PlayedStore InMemory()
    {
        var time = new VirtualTime(Start);
        return new PlayedStore(new MemoryRunStore(time), time, null, null);
    }

    public static PlayedStore OnSqlite()
    {
        var (time, folder) = (new VirtualTime(Start), StoreFolder.New());
        var store = Blocked(() => folder.OpenAsync(time));
        return new PlayedStore(new BlockingStore(store), time, store, folder) { Lost = store.LoseAnswers() };
    }

    public static PlayedStore OnPostgres()
    {
        var (time, database) = (new VirtualTime(Start), Blocked(PostgresStore.NewAsync));
        var store = Blocked(() => database.OpenAsync(time));
        return new PlayedStore(new BlockingStore(store), time, store, database) { Lost = store.LoseAnswers() };
    }

    /// <summary>The connections of a subject, after which they are forgotten: the next run must not find them.</summary>
    public IReadOnlyList<Connection> TakeConnections(string subject)
    {
        var found = Blocked(() => Runs.ListConnectionsAsync(subject, default));
        if (kept is null) Runs = new MemoryRunStore(Time);
        else foreach (var connection in found) Blocked(() => kept.DeleteConnectionAsync(connection.Id, isRevoked: false, default));
        return found;
    }

    /// <summary>
    /// The person has left for the provider's page before coming back: a database lets nobody come back who did not leave. Several runs share it,
    /// so that each visit gets a name of its own.
    /// </summary>
    public Return Leave(RunId run, Return back)
    {
        if (kept is null) return back;
        var own = back with { Visit = EngineAddress.HashOf($"{run} {back.Visit.Hex}") };
        var visit = new Visit(run, back.Prompt, "provider", null, EngineAddress.HashOf("browser"), false, null, Time.GetUtcNow() + TimeSpan.FromHours(1));
        if (Blocked(() => kept.FindVisitAsync(own.Visit, default)) is null) Blocked(async () => { await kept.AddVisitAsync(own.Visit, visit, default); return 0; });
        return own;
    }

    public void Dispose()
    {
        // The database's place closes its stores itself; a folder does not.
        if (kept is not null && place is StoreFolder) Blocked(async () => { await kept.DisposeAsync(); return 0; });
        if (place is not null) Blocked(async () => { await place.DisposeAsync(); return 0; });
    }

    /// <summary>Waits on this thread, for work that goes on on others.</summary>
    public static T Blocked<T>(Func<Task<T>> work)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return work().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}

/// <summary>A store whose every call is done when it returns, so that virtual time never waits for it.</summary>
internal sealed class BlockingStore(IRunStore inner) : DisturbedStore(inner)
{
    protected override Task<T> DoAsync<T>(string name, Func<Task<T>> call) => Task.FromResult(PlayedStore.Blocked(call));
}

/// <summary>A store each of whose calls is made in some other way.</summary>
internal abstract class DisturbedStore(IRunStore inner) : PassingStore(inner)
{
    /// <param name="name">The method's name without <c>Async</c>.</param>
    protected abstract Task<T> DoAsync<T>(string name, Func<Task<T>> call);

    public override Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation) => DoAsync("ClaimDue", () => base.ClaimDueAsync(request, cancellation));

    public override Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) => DoAsync("Create", () => base.CreateAsync(run, key, journal, cancellation));

    public override Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => DoAsync("Find", () => base.FindAsync(id, cancellation));

    public override Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => DoAsync("List", () => base.ListAsync(filter, cancellation));

    public override Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) => DoAsync("Renew", () => base.RenewAsync(leases, by, cancellation));

    public override Task<bool> SaveAsync(RunSave save, CancellationToken cancellation) => DoAsync("Save", () => base.SaveAsync(save, cancellation));

    public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) => DoAsync("Postpone", () => base.PostponeAsync(lease, due, cancellation));

    public override Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation) => DoAsync("SetBack", () => base.SetBackAsync(setback, cancellation));

    public override Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) => DoAsync("ReadInbox", () => base.ReadInboxAsync(id, after, cancellation));

    public override Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) => DoAsync("AcceptReply", () => base.AcceptReplyAsync(id, reply, cancellation));

    public override Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => DoAsync("AcceptReturn", () => base.AcceptReturnAsync(id, back, cancellation));

    public override Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => DoAsync("AcceptSignal", () => base.AcceptSignalAsync(id, signal, cancellation));

    public override Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => DoAsync("RequestCancel", () => base.RequestCancelAsync(id, cancellation));

    public override Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => DoAsync("NextDue", () => base.NextDueAsync(cancellation));

    public override Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) => DoAsync("ReadJournal", () => base.ReadJournalAsync(id, after, cancellation));

    public override Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => DoAsync("FindConnection", () => base.FindConnectionAsync(id, cancellation));

    public override Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) =>
        DoAsync("FindConnection", () => base.FindConnectionAsync(flow, identityKey, isInSandbox, cancellation));

    public override Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) => DoAsync("ListConnections", () => base.ListConnectionsAsync(subject, cancellation));

    public override Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) => DoAsync("TakeLeftover", () => base.TakeLeftoverAsync(flow, subject, isInSandbox, takenBy, cancellation));
}

/// <summary>The calls after which the store holds something else than before.</summary>
internal static class Writes
{
    private static readonly HashSet<string> Names = ["Create", "Save", "Postpone", "AcceptReply", "AcceptReturn", "AcceptSignal", "RequestCancel", "TakeLeftover"];

    public static bool Has(string name) => Names.Contains(name);
}
