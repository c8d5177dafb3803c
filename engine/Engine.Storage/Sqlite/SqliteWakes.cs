using Engine.Runs;

namespace Engine.Storage;

/// <summary>Wake-ups in a file: each is a small write, and its writer puts those that wait into one commit.</summary>
/// <param name="save">Stores an advance in a session of the writer.</param>
internal sealed class SqliteWakes(SqliteDatabase database, Func<Session, RunSave, SealedBody, bool> save) : RunWakes
{
    public override async Task<IReadOnlyList<TakenRun>> ClaimAsync(ClaimRequest request, CancellationToken cancellation)
    {
        var claimed = await database.WorkAsync(
            session =>
            {
                var now = database.Time.GetUtcNow();

                // Rarely anything is left to others: a text of its own, so that the usual one stays as lean as it is.
                var without = request.Without.Count == 0
                    ? "" : "AND @without NOT LIKE '%|' || (SELECT flow_version FROM runs WHERE number = run) || '|%'";
                return session.List(
                    $"""
                    UPDATE wakes SET fence = fence + 1, holder = @node, lease_until = @until
                    WHERE run IN (
                      SELECT run FROM wakes WHERE coalesce(lease_until, due) <= @now {without}
                      ORDER BY coalesce(lease_until, due) LIMIT @max)
                    RETURNING {Wake.ColumnNames}
                    """,
                    Wake.Read,
                    ("@node", request.Node), ("@now", now.ToColumn()), ("@until", (now + request.LeaseFor).ToColumn()), ("@max", request.Max),
                    ("@without", $"|{string.Join('|', request.Without)}|"));
            },
            cancellation);

        // Read after the commit, off the writer's way: only the holder, which is the caller, changes these rows.
        var taken = new List<TakenRun>(claimed.Count);
        foreach (var wake in claimed)
        {
            var run = wake.With(request.Known) ?? await database.ReadAsync(session => ReadTaken(session, wake), cancellation);
            if (run is not null) taken.Add(run);
        }

        return taken;
    }

    public override Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        database.WorkAsync<IReadOnlyList<RunId>>(
            session =>
            {
                var until = (database.Time.GetUtcNow() + by).ToColumn();
                return [.. leases.Where(lease => !Renew(session, lease, until)).Select(lease => lease.Run)];
            },
            cancellation);

    public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) => database.WorkAsync(
        session => session.Execute(
            """
            UPDATE wakes SET
              due = CASE WHEN inbox_last > inbox_seen THEN @now ELSE @due END, rounds = rounds + 1, holder = NULL, lease_until = NULL,
              crashes = NULL, retry_due = NULL
            WHERE run = @number AND fence = @fence AND lease_until IS NOT NULL
            """,
            ("@number", lease.Row), ("@fence", lease.Fence), ("@now", database.Time.GetUtcNow().ToColumn()), ("@due", due.ToColumn())) == 1,
        cancellation);

    public override Task<bool> SaveAsync(RunSave wanted, SealedBody body, CancellationToken cancellation) =>
        database.WorkAsync(session => save(session, wanted, body), cancellation);

    private static bool Renew(Session session, Lease lease, long until) => session.Execute(
        "UPDATE wakes SET lease_until = @until WHERE run = @number AND fence = @fence AND lease_until IS NOT NULL",
        ("@number", lease.Row), ("@fence", lease.Fence), ("@until", until)) == 1;

    private static TakenRun? ReadTaken(Session session, Wake wake)
    {
        var found = session.First(
            $"{StoredRowWithBody.Select} WHERE wakes.run = @number AND wakes.fence = @fence",
            StoredRowWithBody.Read,
            ("@number", wake.Number), ("@fence", wake.Fence));
        if (found is null) return null;
        var seen = found.Row.Run.InboxSeen;
        var inbox = found.Row.InboxLast <= seen ? [] : session.List(
            $"SELECT {SealedItem.ColumnNames} FROM inbox WHERE run = @number AND seq > @seen ORDER BY seq",
            SealedItem.Read,
            ("@number", wake.Number), ("@seen", seen));
        return new TakenRun(found, wake.Fence, wake.Until, inbox);
    }
}
