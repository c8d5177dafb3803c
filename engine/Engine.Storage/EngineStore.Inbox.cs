using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private const string RepliedKind = "replied";
    private const string CancelKind = "cancel_requested";
    private const string HurryKind = "hurried";

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<InboxItem>>(
            session => session.Number("SELECT number FROM runs WHERE id = @id", ("@id", id.Value)) is { } number
                ? ReadInbox(session, number, id, after)
                : [],
            cancellation);

    public async Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reply);

        var outcome = await database.WriteAsync(session => AcceptReply(session, id, reply), cancellation);
        return outcome is ReplyOutcome.Stale
            ? new ReplyOutcome.Stale((await FindAsync(id, cancellation))?.Prompt)
            : outcome;
    }

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            if (FindTarget(session, id) is not { } target) return false;
            if (!target.IsOpen || IsCancelWaiting(session, target)) return true;
            Append(session, id, target, CancelKind, null);
            return true;
        },
        cancellation);

    private ReplyOutcome AcceptReply(Session session, RunId id, Reply reply)
    {
        if (FindTarget(session, id) is not { } target) return new ReplyOutcome.NoSuchRun();
        var isRepeated = session.Number(
            "SELECT 1 FROM accepted_replies WHERE run = @number AND transaction_id = @transaction_id",
            ("@number", target.Number), ("@transaction_id", reply.TransactionId)) is not null;
        if (isRepeated) return new ReplyOutcome.Accepted(IsRepeated: true);
        var prompt = reply.Prompt.Value;
        if (target.Prompt != prompt || target.AnsweredPrompt == prompt) return new ReplyOutcome.Stale(null);

        var content = sealer.Seal(InboxPlace(id, target.InboxLast + 1), StoredJson.ToBytes(reply));
        Append(session, id, target, RepliedKind, content);
        session.Execute(
            "INSERT INTO accepted_replies (run, transaction_id) VALUES (@number, @transaction_id)",
            ("@number", target.Number), ("@transaction_id", reply.TransactionId));
        session.Execute(
            "UPDATE runs SET answered_prompt_id = @prompt WHERE number = @number",
            ("@number", target.Number), ("@prompt", prompt));
        return new ReplyOutcome.Accepted(IsRepeated: false);
    }

    private List<InboxItem> ReadInbox(Session session, long number, RunId id, long after) => session.List(
        $"SELECT {SealedItem.ColumnNames} FROM inbox WHERE run = @number AND seq > @after ORDER BY seq",
        row => Open(id, SealedItem.Read(row)),
        ("@number", number), ("@after", after));

    private InboxItem Open(RunId id, SealedItem item) => new(item.Seq, item.At, ReadContent(id, item.Seq, item.Kind, item.Content));

    private InboxContent ReadContent(RunId id, long seq, string kind, byte[]? content) => (kind, content) switch
    {
        (CancelKind, null) => new InboxContent.CancelRequested(),
        (HurryKind, null) => new InboxContent.Hurried(),
        (RepliedKind, not null) =>
            new InboxContent.Replied(StoredJson.Read<Reply>(sealer.Open(InboxPlace(id, seq), content))),
        (ReturnedKind, not null) =>
            new InboxContent.Returned(StoredJson.Read<Return>(sealer.Open(InboxPlace(id, seq), content))),
        (SignalledKind, not null) =>
            new InboxContent.Signalled(StoredJson.Read<Signal>(sealer.Open(InboxPlace(id, seq), content))),
        _ => throw new SealBrokenException(InboxPlace(id, seq).ToString()),
    };

    private static SealedPlace InboxPlace(RunId id, long seq) => new("inbox", "content", id.Value, seq);

    /// <summary>Whoever changes a run takes its row of <c>wakes</c> first, and reads what is in the others only then.</summary>
    private static InboxTarget? FindTarget(Session session, RunId id)
    {
        var found = session.List(
            $"SELECT run, inbox_seen, inbox_last FROM wakes WHERE run = (SELECT number FROM runs WHERE id = @id) {session.ForUpdate}",
            row => (Number: row.GetInt64(0), Seen: row.GetInt64(1), Last: row.GetInt64(2)),
            ("@id", id.Value));
        return found is not [var held] ? null : session.First(
            "SELECT is_open, prompt_id, answered_prompt_id FROM runs WHERE number = @number",
            row => new InboxTarget(held.Number, row.GetBoolean(0), row.TextOrNull(1), row.TextOrNull(2), held.Seen, held.Last),
            ("@number", held.Number));
    }

    /// <summary>One waiting request is enough; there may be another once it was applied.</summary>
    private static bool IsCancelWaiting(Session session, InboxTarget target) => session.Number(
        "SELECT 1 FROM inbox WHERE run = @number AND kind = @kind AND seq > @seen",
        ("@number", target.Number), ("@kind", CancelKind), ("@seen", target.InboxSeen)) is not null;

    private void Append(Session session, RunId id, InboxTarget target, string kind, byte[]? content)
    {
        session.Execute(
            "INSERT INTO inbox (run, seq, at, kind, content) VALUES (@number, @seq, @now, @kind, @content)",
            ("@number", target.Number), ("@seq", target.InboxLast + 1), ("@now", Now), ("@kind", kind),
            ("@content", content));
        session.Execute(
            "UPDATE wakes SET inbox_last = @seq, due = @now WHERE run = @number",
            ("@number", target.Number), ("@seq", target.InboxLast + 1), ("@now", Now));
        session.Hint(id, hasWork: true);
    }

    /// <summary>What must be known of a run to put something into its inbox.</summary>
    private sealed record InboxTarget(long Number, bool IsOpen, string? Prompt, string? AnsweredPrompt, long InboxSeen, long InboxLast);
}
