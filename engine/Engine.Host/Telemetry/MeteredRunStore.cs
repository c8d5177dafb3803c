using Engine.Runs;

namespace Engine.Host;

/// <summary>Counts and times what an engine does with its store, and knows when the pump went round last. Where nobody listens it only passes on.</summary>
internal sealed class MeteredRunStore(IRunStore inner, EngineMeters meters, TimeProvider time) : IRunStore
{
    private long lastClaim;

    /// <summary>Is told of each run that this engine has brought to its end. Default: nobody.</summary>
    public Action<StoredRun> Ended { get; init; } = _ => { };

    /// <summary>
    /// Is told of each write that was refused since the run had passed to another engine, and of which kind it was: <c>renew</c>, <c>save</c>,
    /// <c>postpone</c>. Default: nobody.
    /// </summary>
    public Action<RunId, string> Refused { get; init; } = (_, _) => { };

    /// <summary>When due runs were last asked for with success; null before the first time.</summary>
    public DateTimeOffset? LastClaim => Interlocked.Read(ref lastClaim) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public async Task<RunCreation> CreateAsync(
        StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation)
    {
        var creation = await TimedAsync("create", Start(), inner.CreateAsync(run, key, journal, cancellation));
        if (creation is RunCreation.Created) meters.RunStarted(run);
        return creation;
    }

    public async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await TimedAsync("claim", Start(), inner.ClaimDueAsync(request, cancellation));
        var now = time.GetUtcNow();
        Interlocked.Exchange(ref lastClaim, now.UtcTicks);
        meters.RunsClaimed(claimed, now);
        return claimed;
    }

    public async Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation)
    {
        var lost = await TimedAsync("renew", Start(), inner.RenewAsync(leases, by, cancellation));
        meters.LeasesLost(lost.Count);
        foreach (var run in lost) Refused(run, "renew");
        return lost;
    }

    public async Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        if (!await TimedAsync("save", Start(), inner.SaveAsync(save, cancellation))) return IsRefused(save.Run.Id, "save");
        meters.Saved(save.Run);
        if (save.Run.Status.IsFinal()) Ended(save.Run);
        return true;
    }

    public async Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation)
    {
        if (!await TimedAsync("postpone", Start(), inner.PostponeAsync(lease, due, cancellation))) return IsRefused(lease.Run, "postpone");
        meters.Postponed();
        return true;
    }

    public Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation) => TimedAsync("set_back", Start(), inner.SetBackAsync(setback, cancellation));

    public async Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation)
    {
        var outcome = await TimedAsync("accept", Start(), inner.AcceptReplyAsync(id, reply, cancellation));
        if (outcome is ReplyOutcome.Accepted { IsRepeated: false }) meters.InboxAccepted("reply");
        return outcome;
    }

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) =>
        AcceptedAsync("return", Start(), inner.AcceptReturnAsync(id, back, cancellation));

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) =>
        AcceptedAsync("signal", Start(), inner.AcceptSignalAsync(id, signal, cancellation));

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) =>
        AcceptedAsync("cancel", Start(), inner.RequestCancelAsync(id, cancellation));

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => TimedAsync("find", Start(), inner.FindAsync(id, cancellation));

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) =>
        TimedAsync("list", Start(), inner.ListAsync(filter, cancellation));

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) =>
        TimedAsync("inbox", Start(), inner.ReadInboxAsync(id, after, cancellation));

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => TimedAsync("next_due", Start(), inner.NextDueAsync(cancellation));

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        TimedAsync("journal", Start(), inner.ReadJournalAsync(id, after, cancellation));

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) =>
        TimedAsync("connection", Start(), inner.FindConnectionAsync(id, cancellation));

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) =>
        TimedAsync("connection", Start(), inner.FindConnectionAsync(flow, identityKey, isInSandbox, cancellation));

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        TimedAsync("connections", Start(), inner.ListConnectionsAsync(subject, cancellation));

    public Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) =>
        TimedAsync("leftover", Start(), inner.TakeLeftoverAsync(flow, subject, isInSandbox, takenBy, cancellation));

    private bool IsRefused(RunId run, string operation)
    {
        meters.SaveRefused(operation);
        Refused(run, operation);
        return false;
    }

    private async Task<bool> AcceptedAsync(string kind, long began, Task<bool> accepting)
    {
        var isAccepted = await TimedAsync("accept", began, accepting);
        if (isAccepted) meters.InboxAccepted(kind);
        return isAccepted;
    }

    /// <summary>0 where nobody wants to know. Arguments are evaluated in order, so that this comes before the store is asked: SQLite answers reads at once.</summary>
    private long Start() => meters.TimesStore ? time.GetTimestamp() : 0;

    private Task<T> TimedAsync<T>(string operation, long began, Task<T> asked) => began == 0 ? asked : TimeAsync(operation, began, asked);

    private async Task<T> TimeAsync<T>(string operation, long began, Task<T> asked)
    {
        try
        {
            var answer = await asked;
            meters.StoreAnswered(operation, time.GetElapsedTime(began), null);
            return answer;
        }
        catch (Exception error)
        {
            meters.StoreAnswered(operation, time.GetElapsedTime(began), ErrorType.Of(error));
            throw;
        }
    }
}
