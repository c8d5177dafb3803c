using System.Collections.Immutable;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public async Task<IReadOnlyList<ClaimedRun>> ClaimDueAsync(ClaimRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);

        var until = DateTimeOffset.MinValue;
        var taken = await database.WriteAsync(
            session =>
            {
                var now = Time.GetUtcNow();
                until = now + request.LeaseFor;

                // Rarely anything: a text of its own, so that the usual one stays as lean as it is.
                var without = request.Without.Count == 0 ? "" : "AND @without NOT LIKE '%|' || flow_version || '|%'";
                return session.List(
                    $"""
                    UPDATE runs SET fence = fence + 1, holder = @node, lease_until = @until
                    WHERE number IN (
                      SELECT number FROM runs WHERE is_open = 1 AND coalesce(lease_until, due) <= @now {without}
                      ORDER BY coalesce(lease_until, due) LIMIT @max {session.SkipLocked})
                    RETURNING number, fence
                    """,
                    row => (Number: row.GetInt64(0), Fence: row.GetInt64(1)),
                    ("@node", request.Node), ("@now", now.ToColumn()), ("@until", until.ToColumn()),
                    ("@max", request.Max), ("@without", $"|{string.Join('|', request.Without)}|"));
            },
            cancellation);

        // Opened after the commit, off the writer's way: only the holder, which is the caller, changes these rows.
        var claimed = new List<ClaimedRun>(taken.Count);
        foreach (var (number, fence) in taken)
        {
            try
            {
                var run = await database.ReadAsync(session => ReadClaimed(session, number, fence, until), cancellation);
                if (run is not null) claimed.Add(run);
            }
            catch (SealBrokenException broken)
            {
                await EndUnreadableAsync(number, fence, broken.Place, cancellation);
            }
        }

        claimed.Sort((a, b) => Nullable.Compare(a.Run.Due, b.Run.Due));
        return claimed;
    }

    public Task<IReadOnlyList<RunId>> RenewAsync(
        IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(leases);

        return database.WriteAsync<IReadOnlyList<RunId>>(
            session =>
            {
                var until = (Time.GetUtcNow() + by).ToColumn();
                return [.. leases.Where(lease => !Renew(session, lease, until)).Select(lease => lease.Run)];
            },
            cancellation);
    }

    public Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        database.WriteAsync(
        session => session.Execute(
            """
            UPDATE runs SET
              due = CASE WHEN inbox_last > inbox_seen THEN @now ELSE @due END, rounds = rounds + 1, holder = NULL, lease_until = NULL
            WHERE id = @id AND fence = @fence AND lease_until IS NOT NULL
            """,
            ("@id", lease.Run.Value), ("@fence", lease.Fence), ("@now", Now), ("@due", due.ToColumn())) == 1,
        cancellation);

    public Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellation) => database.ReadAsync<DateTimeOffset?>(
        session => session.Number("SELECT min(coalesce(lease_until, due)) FROM runs WHERE is_open = 1") is { } ticks
            ? new DateTimeOffset(ticks, TimeSpan.Zero)
            : null,
        cancellation);

    private static bool Renew(Session session, Lease lease, long until) => session.Execute(
        "UPDATE runs SET lease_until = @until WHERE id = @id AND fence = @fence AND lease_until IS NOT NULL",
        ("@id", lease.Run.Value), ("@fence", lease.Fence), ("@until", until)) == 1;

    private ClaimedRun? ReadClaimed(Session session, long number, long fence, DateTimeOffset until)
    {
        var found = session.First(
            $"{StoredRowWithBody.Select} WHERE runs.number = @number AND runs.fence = @fence",
            StoredRowWithBody.Read,
            ("@number", number), ("@fence", fence));
        if (found is null) return null;
        var run = found.Open(sealer);
        var inbox = found.Row.InboxLast > run.InboxSeen ? ReadInbox(session, number, run.Id, run.InboxSeen) : [];
        return new ClaimedRun(new Lease(run.Id, fence, until), run, inbox);
    }

    /// <summary>
    /// A run whose state does not open can never go on: it ends as failed, and stops no other. What did not open is set
    /// aside.
    /// </summary>
    private Task<bool> EndUnreadableAsync(long number, long fence, string place, CancellationToken cancellation) =>
        database.WriteAsync(
        session =>
        {
            var row = session.First(
                $"SELECT {StoredRow.ColumnNames} FROM runs WHERE number = @number AND fence = @fence",
                StoredRow.Read,
                ("@number", number), ("@fence", fence));
            if (row is null) return false;
            var now = Time.GetUtcNow();
            var exit = new Exit("internal", row.Run.Step, now, ImmutableDictionary<string, string>.Empty);
            var seq = session.Number(
                """
                UPDATE runs SET
                  status = 'failed', is_open = 0, due = NULL, prompt_id = NULL, holder = NULL, lease_until = NULL,
                  exit = @exit, updated_at = @now, revision = revision + 1,
                  inbox_seen = inbox_last, journal_last = journal_last + 1
                WHERE number = @number RETURNING journal_last
                """,
                ("@number", number), ("@exit", StoredJson.ToText(exit)), ("@now", now.ToColumn())) ?? 0;
            var detail = ImmutableDictionary<string, string>.Empty.Add("code", exit.Code).Add("unreadable", place);
            InsertJournal(session, number, seq, [new JournalEntry(seq, now, "ended", row.Run.Step, detail)]);
            session.Execute(
                """
                INSERT INTO unreadable_bodies (run, found_at, state, prompt)
                SELECT run, @now, state, prompt FROM run_bodies WHERE run = @number
                """,
                ("@number", number), ("@now", now.ToColumn()));
            session.Execute("DELETE FROM run_bodies WHERE run = @number", ("@number", number));
            session.Execute("DELETE FROM inbox WHERE run = @number", ("@number", number));
            return true;
        },
        cancellation);
}
