using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

internal sealed partial class MemoryRunStore
{
    public Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var due = rows.Where(row => row.IsOpen && row.WakeAt <= now
                    && !request.Without.Contains(row.Run.FlowVersion, StringComparer.Ordinal))
                .OrderBy(row => row.WakeAt).Take(request.Max).ToList();
            return Done<IReadOnlyList<ClaimedRun>>([.. due.Select(row => Claim(row, now + request.LeaseFor)).OrderBy(claimed => claimed.Run.Due)]);
        }
    }

    public Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation)
    {
        lock (gate)
        {
            var lost = new List<RunId>();
            foreach (var lease in leases)
            {
                if (FindHeld(lease) is { } row) row.LeaseUntil = time.GetUtcNow() + by;
                else lost.Add(lease.Run);
            }

            return Done<IReadOnlyList<RunId>>(lost);
        }
    }

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (FindHeld(save.Lease) is not { } row) return Done(false);
            Watch(CrashPoint.BeforeSave, save);
            var isOpen = !save.Run.Status.IsFinal();
            row.Run = save.Run with
            {
                Due = !isOpen ? null : row.InboxLast > save.Run.InboxSeen ? time.GetUtcNow() : save.Run.Due,
                Prompt = isOpen ? save.Run.Prompt : null,
                Crashes = save.IsReleased ? 0 : row.Run.Crashes,
                RetryAt = save.IsReleased ? null : row.Run.RetryAt,
            };
            row.Note(save.Journal);
            if (save.IsReleased || !isOpen) row.LeaseUntil = null;
            row.Inbox.RemoveAll(item => !isOpen || item.Seq <= save.Run.InboxSeen);
            if (save.Connection is { } connection) Keep(connection);
            if (save.IsLeftoverUsedUp) leftovers.RemoveAll(left => left.TakenBy == save.Run.Id);
            if (save.Leftover is { } json) Leave(save.Run, json);
            Watch(CrashPoint.AfterSave, save);
            return Done(true);
        }
    }

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (FindHeld(lease) is not { } row) return Done(false);
            Watch(CrashPoint.BeforeSave, null);
            row.Run = row.Run with
            {
                Due = row.InboxLast > row.Run.InboxSeen ? time.GetUtcNow() : due,
                Rounds = row.Run.Rounds + 1,
                Crashes = 0,
                RetryAt = null,
            };
            row.LeaseUntil = null;
            Watch(CrashPoint.AfterSave, null);
            return Done(true);
        }
    }

    public Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (FindHeld(setback.Lease) is not { } row) return Done(false);
            row.Run = row.Run with
            {
                Due = row.InboxLast > setback.Heard ? time.GetUtcNow() : setback.IsParked ? null : setback.At,
                Crashes = setback.Crashes,
                RetryAt = setback.IsParked ? setback.At : null,
            };
            row.Note(setback.Journal);
            row.LeaseUntil = null;
            return Done(true);
        }
    }

    public Task<IReadOnlyList<InboxItem>> ReadInboxAsync(RunId id, long after, CancellationToken cancellation)
    {
        lock (gate) return Done<IReadOnlyList<InboxItem>>([.. Find(id)?.Inbox.Where(item => item.Seq > after) ?? []]);
    }

    public Task<ReplyOutcome> AcceptReplyAsync(RunId id, Reply reply, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (Find(id) is not { } row) return Done<ReplyOutcome>(new ReplyOutcome.NoSuchRun());
            if (row.Transactions.Contains(reply.TransactionId)) return Done<ReplyOutcome>(new ReplyOutcome.Accepted(IsRepeated: true));
            if (row.Run.Prompt?.Id != reply.Prompt || row.Answered == reply.Prompt)
            {
                return Done<ReplyOutcome>(new ReplyOutcome.Stale(row.AsSeen().Prompt));
            }

            row.Transactions.Add(reply.TransactionId);
            row.Answered = reply.Prompt;
            Append(row, new InboxContent.Replied(reply));
            return Done<ReplyOutcome>(new ReplyOutcome.Accepted(IsRepeated: false));
        }
    }

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation) =>
        AcceptOnce(id, $"visit {back.Visit.Hex}", new InboxContent.Returned(back));

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation) =>
        AcceptOnce(id, $"hook {signal.Hook} {signal.Key}", new InboxContent.Signalled(signal));

    private Task<bool> AcceptOnce(RunId id, string key, InboxContent content)
    {
        lock (gate)
        {
            if (Find(id) is not { IsOpen: true } row || !row.Received.Add(key)) return Done(false);
            Append(row, content);
            return Done(true);
        }
    }

    public Task<bool> RequestCancelAsync(RunId id, CancellationToken cancellation)
    {
        lock (gate)
        {
            if (Find(id) is not { } row) return Done(false);
            if (row.IsOpen && !row.Inbox.Exists(item => item.Content is InboxContent.CancelRequested)) Append(row, new InboxContent.CancelRequested());
            return Done(true);
        }
    }

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation)
    {
        lock (gate) return Done(rows.Where(row => row.IsOpen).Min(row => row.WakeAt));
    }

    private static ClaimedRun Claim(Row row, DateTimeOffset until)
    {
        row.Fence++;
        row.LeaseUntil = until;
        return new ClaimedRun(
            new Lease(row.Run.Id, row.Fence, until) { Row = row.Number }, row.Run, [.. row.Inbox.Where(item => item.Seq > row.Run.InboxSeen)]);
    }

    private Row? FindHeld(Lease lease) =>
        Find(lease.Run) is { LeaseUntil: not null } row && row.Fence == lease.Fence ? row : null;

    private void Append(Row row, InboxContent content)
    {
        var now = time.GetUtcNow();
        row.Inbox.Add(new InboxItem(++row.InboxLast, now, content));
        row.Run = row.Run with { Due = now };
    }

    private void Keep(Connection connection)
    {
        var index = connections.FindIndex(known => known.Id == connection.Id);
        if (index < 0) connections.Add(connection);
        else connections[index] = connection with { Credentials = connection.Credentials ?? connections[index].Credentials };
    }

    private void Leave(StoredRun run, string json)
    {
        leftovers.RemoveAll(left => left.LeftBy == run.Id);
        leftovers.Add(new Left(run.Id, run.Flow, run.Subject, json) { LeftAt = run.UpdatedAt });
    }
}
