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
        claimWithout = ClaimSql(clock, "AND flow_version <> ALL(@without)");
        renew = RenewSql(clock);
        postpone = PostponeSql(clock);
    }

    private long Now => time.GetUtcNow().ToColumn();

    public override Task<IReadOnlyList<TakenRun>> ClaimAsync(ClaimRequest request, CancellationToken cancellation) =>
        lanes.DoAsync<IReadOnlyList<TakenRun>>(session => Claim(session, request), SessionUse.Statement, patience: null, cancellation);

    public override Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation) =>
        leases.Count == 0 ? Task.FromResult<IReadOnlyList<RunId>>([]) : lanes.DoAsync<IReadOnlyList<RunId>>(
            session => session.List(
                renew,
                row => new RunId(row.GetString(0)),
                ("@ids", Columns.Texts(leases.Select(lease => lease.Run.Value))), ("@fences", leases.Select(lease => lease.Fence).ToArray()),
                ("@now", Now), ("@by", by.Ticks)),
            SessionUse.Statement, patience: null, cancellation);

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

    private static string ClaimSql(string clock, string without = "") =>
        $"""
         WITH taken AS (
           UPDATE runs SET fence = fence + 1, holder = @node, lease_until = {clock} + @lease
           WHERE number = ANY(ARRAY(
             SELECT number FROM runs WHERE is_open = 1 AND coalesce(lease_until, due) <= {clock} {without}
             ORDER BY coalesce(lease_until, due) LIMIT @max FOR UPDATE SKIP LOCKED))
           RETURNING runs.*)
         SELECT {StoredRow.ColumnNames.Replace("runs.", "taken.", StringComparison.Ordinal)}, run_bodies.state, run_bodies.prompt,
           taken.fence, taken.lease_until
         FROM taken LEFT JOIN run_bodies ON run_bodies.run = taken.number
         """;

    // A row that another statement of this node holds at this moment is left for the next time: waiting for each other is worse.
    private static string RenewSql(string clock) =>
        $"""
         WITH given AS (SELECT * FROM unnest(@ids, @fences) AS given(id, fence)),
         mine AS (
           SELECT runs.number FROM runs JOIN given ON runs.id = given.id AND runs.fence = given.fence
           WHERE runs.lease_until IS NOT NULL FOR UPDATE OF runs SKIP LOCKED),
         renewed AS (UPDATE runs SET lease_until = {clock} + @by WHERE number = ANY(ARRAY(SELECT number FROM mine)))
         SELECT given.id FROM given
         WHERE NOT EXISTS (
           SELECT 1 FROM runs WHERE runs.id = given.id AND runs.fence = given.fence AND runs.lease_until IS NOT NULL)
         """;

    private static string PostponeSql(string clock) =>
        $"""
         UPDATE runs SET
           due = CASE WHEN runs.inbox_last > runs.inbox_seen THEN {clock} ELSE given.due END,
           rounds = rounds + 1, holder = NULL, lease_until = NULL, crashes = NULL, retry_due = NULL
         FROM unnest(@ids, @fences, @dues) AS given(id, fence, due)
         WHERE runs.id = given.id AND runs.fence = given.fence AND runs.lease_until IS NOT NULL
         RETURNING runs.id
         """;

    private List<TakenRun> Claim(Session session, ClaimRequest request)
    {
        // Rarely anything is left to others: a text of its own, so that the usual one stays as lean as it is.
        var isWithout = request.Without.Count > 0;
        var taken = session.List(
            isWithout ? claimWithout : claim,
            row => new TakenRun(
                StoredRowWithBody.Read(row), row.GetInt64(StoredRow.ColumnCount + 2), row.Time(StoredRow.ColumnCount + 3), []),
            ("@node", request.Node), ("@max", request.Max), ("@lease", request.LeaseFor.Ticks), ("@now", Now),
            ("@without", isWithout ? Columns.Texts(request.Without) : null));
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
            row => row.GetString(0),
            ("@ids", Columns.Texts(batch.Select(one => one.Lease.Run.Value))), ("@fences", batch.Select(one => one.Lease.Fence).ToArray()),
            ("@dues", batch.Select(one => one.Due.ToColumn()).ToArray()), ("@now", Now)).ToHashSet(StringComparer.Ordinal);
        return [.. batch.Select(one => done.Contains(one.Lease.Run.Value))];
    }

    private sealed record Postponement(Lease Lease, DateTimeOffset Due);
}
