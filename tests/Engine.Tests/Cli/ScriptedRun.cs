using System.Collections.Immutable;
using Engine.Flows;
using Engine.Host;
using Engine.Runs;

namespace Engine.Tests.Cli;

/// <summary>One run that does what a test says, in place of the engine.</summary>
internal sealed class ScriptedRun(TimeProvider time) : IRunStore
{
    public static readonly RunId Id = new("run_01jabcdefghjkmnpqrstvwxyz0");

    private volatile StoredRun run = NewRun(time.GetUtcNow());

    public RunChanges Changes { get; } = new();

    /// <summary>What comes of a reply; by default nothing.</summary>
    public Action<Reply> OnReply { get; set; } = _ => { };

    /// <summary>What comes of a cancellation; by default the run is cancelled at once.</summary>
    public Action OnCancel { get; set; } = () => { };

    public List<Reply> Replies { get; } = [];

    public StartedRun Started => new(run, Text("Telegram by QR code", "Telegram по QR-коду"), null);

    public void Prompt(PromptView prompt, RunStatus status = RunStatus.WaitingUser) =>
        Change(run with { Prompt = prompt, Status = status, Step = prompt.Step });

    public void Work(string step) => Change(run with { Prompt = null, Status = RunStatus.Running, Step = step });

    public void End(RunStatus status, string code, LocalText? text = null) => Change(run with
    {
        Status = status,
        Prompt = null,
        Connection = status == RunStatus.Succeeded ? new ConnectionId("con_01jabcdefghjkmnpqrstvwxyz1") : null,
        Exit = new Exit(code, run.Step, time.GetUtcNow(), (text ?? LocalText.Empty).ByLanguage),
    });

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) => Task.FromResult<StoredRun?>(run);

    public Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation)
    {
        if (run.Prompt?.Id != reply.Prompt) return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Stale(run.Prompt));
        Replies.Add(reply);
        Change(run with { Prompt = run.Prompt with { IsBusy = true } });
        OnReply(reply);
        return Task.FromResult<ReplyOutcome>(new ReplyOutcome.Accepted(IsRepeated: false));
    }

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation)
    {
        OnCancel();
        return Task.FromResult(true);
    }

    public static LocalText Text(string en, string ru) => new(ImmutableDictionary<string, string>.Empty.Add("en", en).Add("ru", ru));

    private static StoredRun NewRun(DateTimeOffset now) => new(
        Id, "telegram-qr", "v1", Purpose.Connect, "", null, null, RunStatus.Running, "session", now, now, now, 1, 0, 0, null, null, default);

    private void Change(StoredRun changed)
    {
        run = changed with { UpdatedAt = time.GetUtcNow() };
        Changes.RunChanged(Id);
    }

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<RunCreation> CreateAsync(
        StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<string?> TakeLeftoverAsync(string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) => throw new NotSupportedException();
}
