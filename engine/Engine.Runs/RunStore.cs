using System.Collections.Immutable;
using Engine.Flows;

namespace Engine.Runs;

/// <summary>
/// Keeps runs, their inbox and journal, and connections. The due time in a run's own row is the only schedule. Everything of one
/// save is one transaction. All methods may be called from any thread.
/// </summary>
public interface IRunStore
{
    /// <summary>Stores a new run, due now. The same idempotency key again gives the run that it made first.</summary>
    Task<RunCreation> CreateAsync(StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation);

    /// <summary>The run with its state and prompt; null where there is none.</summary>
    Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation);

    /// <summary>Runs, newest first, without state and prompt.</summary>
    Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation);

    /// <summary>
    /// Takes runs that are due and that nobody holds, or whose holder's lease has passed: each gets the next fence (the last one and 1),
    /// which the caller must show at every save.
    /// </summary>
    Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation);

    /// <summary>Lengthens leases; gives those that were lost.</summary>
    Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation);

    /// <summary>
    /// Stores what an advance changed; concurrent saves share a commit. False where the lease was lost: nothing was stored. A run whose
    /// inbox holds items after <see cref="StoredRun.InboxSeen"/> stays due now, whatever the save says: they came meanwhile.
    /// </summary>
    Task<bool> SaveAsync(RunSave save, CancellationToken cancellation);

    /// <summary>
    /// Stores only when to look again, counts a poll round, and lets go of the lease. False where the lease was lost. Unseen inbox items
    /// keep the run due now, as with <see cref="SaveAsync"/>.
    /// </summary>
    Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation);

    /// <summary>
    /// Stores that a run could not be advanced and when it is tried again, and lets go of the lease. False where the lease was lost. What came
    /// into its inbox meanwhile makes it due now. The next advance that goes well forgets it.
    /// </summary>
    Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation);

    /// <summary>The run's inbox after a sequence number, in order.</summary>
    Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation);

    /// <summary>Takes a person's reply, if it answers the current prompt, and makes the run due now. See <see cref="ReplyOutcome"/>.</summary>
    Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation);

    /// <summary>
    /// Takes a person's return from the provider's page, once for each visit, and makes the run due now. False where the visit was used
    /// before or the run has ended.
    /// </summary>
    Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation);

    /// <summary>
    /// Takes a provider's call of one of the run's hooks, and makes the run due now. False where its key came before, or the run has ended:
    /// nothing changes then.
    /// </summary>
    Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation);

    /// <summary>Asks for the run's cancellation and makes it due now. False where there is no such run; harmless after its end.</summary>
    Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation);

    /// <summary>When the next run falls due, held runs at the end of their lease; null where none waits.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation);

    /// <summary>What happened to a run, in order, after a sequence number.</summary>
    Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation);

    Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation);

    /// <summary>The connection of a flow with this identity, in the sandbox or at the real provider; null where there is none.</summary>
    Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation);

    /// <summary>All connections, newest first, without credentials; of one subject where it is given.</summary>
    Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation);

    /// <summary>
    /// What earlier runs of the flow, in the sandbox or at the real provider, left there for this subject, as JSON; taken by at most one open run. Null: nothing.
    /// </summary>
    Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation);
}

/// <summary>A run as it is stored. What pages and lists need stands in columns; the rest is in <paramref name="State"/>.</summary>
/// <param name="FlowVersion">The version it began with and goes on with.</param>
/// <param name="World">The sandbox world its calls go to; null: the real provider.</param>
/// <param name="Connection">The connection to re-authorize; after success the one that was stored. Null otherwise.</param>
/// <param name="Step">The step it stands at.</param>
/// <param name="Due">When it must be looked at again; null once it has ended.</param>
/// <param name="Revision">Starts at 1, +1 at each save that changed what can be seen.</param>
/// <param name="Rounds">Poll rounds since the last save.</param>
/// <param name="InboxSeen">The last inbox item that was applied.</param>
/// <param name="Exit">Null until it has ended.</param>
/// <param name="Prompt">What the person must see now; null for nothing. Sealed at rest.</param>
/// <param name="State">The machine's whole state as <c>RunCodec</c> writes it. Sealed at rest; empty in lists.</param>
public sealed record StoredRun(
    RunId Id,
    string Flow,
    string FlowVersion,
    Purpose Purpose,
    string Subject,
    ConnectionId? Connection,
    string? World,
    RunStatus Status,
    string Step,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? Due,
    long Revision,
    int Rounds,
    long InboxSeen,
    Exit? Exit,
    PromptView? Prompt,
    ReadOnlyMemory<byte> State)
{
    /// <summary>The addresses of a new run's hooks, kept with it at its creation. Empty where a run is read.</summary>
    public ImmutableArray<HookAddress> Hooks { get; init; } = [];

    /// <summary>How often in a row it could not be advanced at this step; 0 where the last time went well. Written by <see cref="IRunStore.SetBackAsync"/> alone.</summary>
    public int Crashes { get; init; }

    /// <summary>When it is tried again, where that is work outside the pump; null where the pump looks at it, or is trying. Written as <see cref="Crashes"/>.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>Whether it is tried again as outgoing work, or is being tried so.</summary>
    public bool IsSetBack => Crashes >= Engine.Runs.Crashes.Quick && !Status.IsFinal();
}

/// <summary>A caller's promise that the same request is sent again, not a new one.</summary>
/// <param name="Key">The caller's text, at most 255 characters.</param>
/// <param name="RequestHash">SHA-256 of the request; the same key with another request is refused.</param>
public sealed record IdempotencyKey(string Key, string RequestHash);

/// <summary>What creating a run gave.</summary>
public abstract record RunCreation
{
    private RunCreation() { }

    public sealed record Created : RunCreation;

    /// <summary>The key was used before, for this run.</summary>
    public sealed record Repeated(RunId Id) : RunCreation;

    /// <summary>The key was used before, with another request.</summary>
    public sealed record KeyReused : RunCreation;

    /// <summary>The connection is being re-authorized by this run already.</summary>
    public sealed record AlreadyOpen(RunId Id) : RunCreation;
}

/// <summary>Which runs to list.</summary>
/// <param name="Among">The only runs that may be listed; null for any.</param>
/// <param name="Limit">1 to 200. Default: 50.</param>
public sealed record RunFilter(
    string? Flow = null, string? Subject = null, RunStatus? Status = null, bool IsOpenOnly = false,
    IReadOnlyCollection<RunId>? Among = null, int Limit = 50);

/// <summary>A wish for due runs.</summary>
/// <param name="Node">Who asks.</param>
/// <param name="Max">Runs at the most.</param>
/// <param name="LeaseFor">How long they are held unless renewed.</param>
public sealed record ClaimRequest(string Node, int Max, TimeSpan LeaseFor)
{
    /// <summary>Flow versions whose runs are not wanted, since this process cannot load them. Default: none.</summary>
    public IReadOnlyCollection<string> Without { get; init; } = [];

    /// <summary>The runs whose state the caller has: of those into whose inbox nothing came, no more is read. Default: none.</summary>
    public KnownRun Known { get; init; } = (_, _) => null;
}

/// <summary>
/// A run's row as it was left under the lease before this one, which its holder alone changes; state, prompt, due time, rounds, inbox and what is
/// known of crashes may be missing. Null where the caller does not have it.
/// </summary>
/// <param name="row">See <see cref="Lease.Row"/>.</param>
/// <param name="fence">The fence of the new lease.</param>
public delegate StoredRun? KnownRun(long row, long fence);

/// <summary>The right to advance a run until a time.</summary>
/// <param name="Fence">Grows with each claim; a save with an older one is refused.</param>
public readonly record struct Lease(RunId Run, long Fence, DateTimeOffset Until)
{
    /// <summary>The store's own number of the run: no other run of the store has it, and it means nothing elsewhere.</summary>
    public required long Row { get; init; }
}

/// <summary>A run that was claimed, with the inbox items it has not seen.</summary>
public sealed record ClaimedRun(Lease Lease, StoredRun Run, IReadOnlyList<InboxItem> Inbox);

/// <summary>What one advance stores, all or nothing.</summary>
/// <param name="Run">The new row. Its <see cref="StoredRun.Rounds"/> is stored as given.</param>
/// <param name="IsReleased">Whether the lease ends with this save.</param>
/// <param name="Connection">The connection to store or bring up to date; null for none.</param>
/// <param name="Leftover">What to keep for the subject's next run, as JSON; null for none.</param>
/// <param name="IsLeftoverUsedUp">Whether what this run took is gone for good.</param>
public sealed record RunSave(
    Lease Lease,
    StoredRun Run,
    IReadOnlyList<JournalEntry> Journal,
    bool IsReleased,
    Connection? Connection,
    string? Leftover,
    bool IsLeftoverUsedUp)
{
    /// <summary>Whether what can be seen of the run changes, which those who look at it are told. Default: it does.</summary>
    public bool IsVisible { get; init; } = true;

    /// <summary>Names the run and its step, never what is stored.</summary>
    public override string ToString() => $"{Run.Id} at '{Run.Step}', fence {Lease.Fence}";
}

/// <summary>A run that could not be advanced.</summary>
/// <param name="Crashes">How often in a row.</param>
/// <param name="At">When it is tried again.</param>
/// <param name="IsParked">Whether that is work outside the pump, see <see cref="WorkKind.Retry"/>; until then the pump looks at the run only where something comes in.</param>
/// <param name="Heard">The last inbox item that was given with the claim: what came later makes the run due now.</param>
public sealed record RunSetback(Lease Lease, int Crashes, DateTimeOffset At, bool IsParked, long Heard, IReadOnlyList<JournalEntry> Journal);

/// <summary>Something from outside that a run must be told, in the order it came.</summary>
public sealed record InboxItem(long Seq, DateTimeOffset At, InboxContent Content);

/// <summary>What an inbox item says. Sealed at rest.</summary>
public abstract record InboxContent
{
    private InboxContent() { }

    public sealed record Replied(Reply Reply) : InboxContent;

    public sealed record CancelRequested : InboxContent;

    /// <summary>An operator ends the pause before the current step's next call.</summary>
    public sealed record Hurried : InboxContent;

    public sealed record Returned(Return Return) : InboxContent;

    public sealed record Signalled(Signal Signal) : InboxContent;
}

/// <summary>A person's answer to a prompt.</summary>
/// <param name="TransactionId">Chosen by the client; the same one again gets the same outcome.</param>
/// <param name="Action"><c>submit</c>, <c>cancel</c>, or one of the prompt's actions.</param>
/// <param name="Values">By field name, normalised. May hold secrets.</param>
public sealed record Reply(PromptId Prompt, string TransactionId, string Action, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>Names the prompt and the action, never a value.</summary>
    public override string ToString() => $"{Action} to {Prompt}";
}

/// <summary>What became of a reply.</summary>
public abstract record ReplyOutcome
{
    private ReplyOutcome() { }

    /// <summary>It is in the inbox; also given again for the same transaction.</summary>
    public sealed record Accepted(bool IsRepeated) : ReplyOutcome;

    /// <summary>The prompt it answers is not the current one, or was answered already.</summary>
    public sealed record Stale(PromptView? Current) : ReplyOutcome;

    public sealed record NoSuchRun : ReplyOutcome;
}

/// <summary>One thing that happened to a run. Holds no secret and nothing a person typed.</summary>
/// <param name="Seq">Counts from 1 within the run; set by the store.</param>
/// <param name="Kind">A stable word: <c>started</c>, <c>step_entered</c>, <c>call_sent</c>, <c>call_answered</c>, <c>call_failed</c>, <c>prompted</c>, <c>replied</c>, <c>ended</c>…</param>
/// <param name="Detail">Ids, codes and counts; empty where there are none.</param>
public sealed record JournalEntry(long Seq, DateTimeOffset At, string Kind, string Step, IReadOnlyDictionary<string, string> Detail);
