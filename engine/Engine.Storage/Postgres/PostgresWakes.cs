using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// Wake-ups in PostgreSQL: one statement takes a batch of runs, and one stores what many of them wait for. Each statement is a transaction.
/// Leases are given and renewed by the database's own clock.
/// </summary>
internal sealed class PostgresWakes : RunWakes, IAsyncDisposable
{
    private const int BatchLimit = 500;

    private readonly PostgresLanes lanes;
    private readonly PostgresSaves saving;
    private readonly TimeProvider time;
    private readonly PostgresBatches<Postponement, bool> postponing;
    private readonly PostgresBatches<WaitingSave, bool> saves;
    private readonly string claim;
    private readonly string claimWithout;
    private readonly string renew;
    private readonly string postpone;

    /// <param name="clock">The database's time in SQL.</param>
    /// <param name="tag">Marks this node's hints.</param>
    public PostgresWakes(PostgresLanes lanes, TimeProvider time, string clock, string tag)
    {
        this.lanes = lanes;
        this.time = time;
        saving = new PostgresSaves(clock, tag, () => Now);
        postponing = new PostgresBatches<Postponement, bool>(lanes, Postpone, BatchLimit);
        saves = new PostgresBatches<WaitingSave, bool>(lanes, saving.Save, BatchLimit);
        claim = ClaimSql(clock);
        claimWithout = ClaimSql(clock, "AND (SELECT flow_version FROM runs WHERE number = run) <> ALL(@without)");
        renew = RenewSql(clock);
        postpone = PostponeSql(clock);
    }

    private long Now => time.GetUtcNow().ToColumn();

    public override Task<IReadOnlyList<TakenRun>> ClaimAsync(ClaimRequest request, CancellationToken cancellation) =>
        lanes.DoAsync<IReadOnlyList<TakenRun>>(session => Claim(session, request), SessionUse.Statement, patience: null, cancellation);

    public override async Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation)
    {
        if (leases.Count == 0) return [];
        var lost = await lanes.DoAsync(
            session => session.List(
                renew,
                row => (row.GetInt64(0), row.GetInt64(1)),
                ("@runs", leases.Select(lease => lease.Row).ToArray()), ("@fences", leases.Select(lease => lease.Fence).ToArray()),
                ("@now", Now), ("@by", by.Ticks)),
            SessionUse.Statement, patience: null, cancellation);
        return [.. leases.Where(lease => lost.Contains((lease.Row, lease.Fence))).Select(lease => lease.Run)];
    }

    public override Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation) =>
        postponing.AddAsync(new Postponement(lease, due), cancellation);

    public override Task<bool> SaveAsync(RunSave save, SealedBody body, CancellationToken cancellation) =>
        saves.AddAsync(new WaitingSave(save, body), cancellation);

    /// <summary>Finishes the writes that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await postponing.DisposeAsync();
        await saves.DisposeAsync();
        await lanes.DisposeAsync();
    }

    // What lay in a server that stood still is not done any more by the time its lease would be over: whoever asked has gone, and the runs would
    // be held for nobody.
    private static string ClaimSql(string clock, string without = "") =>
        $"""
         UPDATE wakes SET fence = fence + 1, holder = @node, lease_until = {clock} + @lease
         WHERE run = ANY(ARRAY(
           SELECT run FROM wakes WHERE coalesce(lease_until, due) <= {clock} AND {clock} < @now + @lease {without}
           ORDER BY coalesce(lease_until, due) LIMIT @max FOR UPDATE SKIP LOCKED))
         RETURNING {Wake.ColumnNames}
         """;

    // A row that another statement of this node holds at this moment is left for the next time: waiting for each other is worse.
    private static string RenewSql(string clock) =>
        $"""
         WITH given AS (SELECT * FROM unnest(@runs, @fences) AS given(run, fence)),
         mine AS (
           SELECT wakes.run FROM wakes JOIN given ON wakes.run = given.run AND wakes.fence = given.fence
           WHERE wakes.lease_until IS NOT NULL FOR UPDATE OF wakes SKIP LOCKED),
         renewed AS (UPDATE wakes SET lease_until = {clock} + @by WHERE run = ANY(ARRAY(SELECT run FROM mine)))
         SELECT given.run, given.fence FROM given
         WHERE NOT EXISTS (
           SELECT 1 FROM wakes WHERE wakes.run = given.run AND wakes.fence = given.fence AND wakes.lease_until IS NOT NULL)
         """;

    private static string PostponeSql(string clock) =>
        $"""
         UPDATE wakes SET
           due = CASE WHEN wakes.inbox_last > wakes.inbox_seen THEN {clock} ELSE given.due END,
           rounds = rounds + 1, holder = NULL, lease_until = NULL, crashes = NULL, retry_due = NULL
         FROM unnest(@runs, @fences, @dues) AS given(run, fence, due)
         WHERE wakes.run = given.run AND wakes.fence = given.fence AND wakes.lease_until IS NOT NULL
         RETURNING wakes.run, wakes.fence
         """;

    private List<TakenRun> Claim(Session session, ClaimRequest request)
    {
        // Rarely anything is left to others: a text of its own, so that the usual one stays as lean as it is.
        var isWithout = request.Without.Count > 0;
        var claimed = session.List(
            isWithout ? claimWithout : claim,
            Wake.Read,
            ("@node", request.Node), ("@max", request.Max), ("@lease", request.LeaseFor.Ticks), ("@now", Now),
            ("@without", isWithout ? Columns.Texts(request.Without) : null));
        var (known, unknown) = (new List<TakenRun>(claimed.Count), new Dictionary<long, Wake>());
        foreach (var wake in claimed)
        {
            if (wake.With(request.Known) is { } run) known.Add(run);
            else unknown.Add(wake.Number, wake);
        }

        return unknown.Count == 0 ? known : [.. known, .. WithInboxes(session, ReadTaken(session, unknown))];
    }

    private static List<TakenRun> ReadTaken(Session session, Dictionary<long, Wake> claimed) => session.List(
        $"{StoredRowWithBody.Select} WHERE runs.number = ANY(@claimed)",
        row =>
        {
            var found = StoredRowWithBody.Read(row);
            var wake = claimed[found.Row.Number];
            return new TakenRun(found, wake.Fence, wake.Until, []);
        },
        ("@claimed", claimed.Keys.ToArray()));

    private static List<TakenRun> WithInboxes(Session session, List<TakenRun> taken)
    {
        long[] told = [.. taken.Where(run => run.Stored.Row.InboxLast > run.Stored.Row.Run.InboxSeen).Select(run => run.Stored.Row.Number)];
        if (told.Length == 0) return taken;

        var items = session.List(
            $"SELECT {SealedItem.ColumnNames}, run FROM inbox WHERE run = ANY(@told) ORDER BY run, seq",
            row => (Item: SealedItem.Read(row), Run: row.GetInt64(4)),
            ("@told", told)).ToLookup(item => item.Run, item => item.Item);
        return [.. taken.Select(run => run with
        {
            Inbox = [.. items[run.Stored.Row.Number].Where(item => item.Seq > run.Stored.Row.Run.InboxSeen)],
        })];
    }

    private IReadOnlyList<bool> Postpone(Session session, IReadOnlyList<Postponement> batch)
    {
        var done = session.List(
            postpone,
            row => (row.GetInt64(0), row.GetInt64(1)),
            ("@runs", batch.Select(one => one.Lease.Row).ToArray()), ("@fences", batch.Select(one => one.Lease.Fence).ToArray()),
            ("@dues", batch.Select(one => one.Due.ToColumn()).ToArray()), ("@now", Now)).ToHashSet();
        return [.. batch.Select(one => done.Contains((one.Lease.Row, one.Lease.Fence)))];
    }

    private sealed record Postponement(Lease Lease, DateTimeOffset Due);
}
