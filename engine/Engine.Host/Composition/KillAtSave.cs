using System.Diagnostics;
using System.Globalization;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// For crash tests: kills this very process, as a power cut would, at one save of its life. The variable
/// <c>ENGINE_TEST_KILL_AT_SAVE</c> says which, counted from 1: <c>before:3</c> or <c>after:3</c>. Without it there is no such thing.
/// </summary>
internal sealed class KillAtSave : IRunStore
{
    private readonly IRunStore inner;
    private readonly bool isBefore;
    private readonly int number;
    private int saves;

    private KillAtSave(IRunStore inner, bool isBefore, int number)
    {
        this.inner = inner;
        this.isBefore = isBefore;
        this.number = number;
    }

    /// <summary>The store itself, unless the variable is set.</summary>
    public static IRunStore Wrap(IRunStore store) =>
        Environment.GetEnvironmentVariable("ENGINE_TEST_KILL_AT_SAVE")?.Split(':') is [("before" or "after") and var when, var number]
            ? new KillAtSave(store, when == "before", int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture))
            : store;

    public Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) =>
        AroundAsync(() => inner.CreateAsync(run, key, journal, cancellation));

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation) => AroundAsync(() => inner.SaveAsync(save, cancellation));

    public Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation) =>
        AroundAsync(() => inner.AcceptReplyAsync(id, reply, cancellation));

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) =>
        AroundAsync(() => inner.AcceptReturnAsync(id, back, cancellation));

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) =>
        AroundAsync(() => inner.AcceptSignalAsync(id, signal, cancellation));

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) =>
        AroundAsync(() => inner.RequestCancelAsync(id, cancellation));

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => inner.FindAsync(id, cancellation);

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => inner.ListAsync(filter, cancellation);

    public Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation) =>
        inner.ClaimDueAsync(request, cancellation);

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        inner.RenewAsync(leases, by, cancellation);

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        inner.PostponeAsync(lease, due, cancellation);

    public Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation) => inner.SetBackAsync(setback, cancellation);

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadInboxAsync(id, after, cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => inner.NextDueAsync(cancellation);

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        inner.ReadJournalAsync(id, after, cancellation);

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => inner.FindConnectionAsync(id, cancellation);

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) =>
        inner.FindConnectionAsync(flow, identityKey, isInSandbox, cancellation);

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        inner.ListConnectionsAsync(subject, cancellation);

    public Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) =>
        inner.TakeLeftoverAsync(flow, subject, isInSandbox, takenBy, cancellation);

    private async Task<T> AroundAsync<T>(Func<Task<T>> save)
    {
        var isTheOne = Interlocked.Increment(ref saves) == number;
        if (isTheOne && isBefore) Kill();
        var outcome = await save();
        if (isTheOne) Kill();
        return outcome;
    }

    private static void Kill()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
