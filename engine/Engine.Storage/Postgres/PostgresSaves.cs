using Engine.Runs;

namespace Engine.Storage;

/// <summary>An advance that waits to be stored.</summary>
internal sealed record WaitingSave(RunSave Save, SealedBody Body)
{
    /// <summary>Whether it was sent and its outcome is not known: the connection was lost meanwhile.</summary>
    public bool IsInDoubt { get; set; }
}

/// <summary>Many runs' advances in one statement.</summary>
/// <param name="clock">The database's time in SQL.</param>
/// <param name="tag">Marks this node's hints.</param>
internal sealed class PostgresSaves(string clock, string tag, Func<long> now)
{
    private readonly string sql =
        $"""
         WITH given AS (
           SELECT * FROM unnest(
             @runs, @fences, @connections, @statuses, @steps, @updated, @dues, @revisions, @rounds, @seen, @exits, @open, @prompt_ids, @released,
             @journaled, @forgets, @states)
           AS given(
             run, fence, connection, status, step, updated_at, due, revision, rounds, inbox_seen, exit, is_open, prompt_id, is_released,
             journaled, forget, state)),
         held AS (
           UPDATE wakes SET
             due = CASE WHEN given.is_open = 0 THEN NULL WHEN wakes.inbox_last > given.inbox_seen THEN {clock} ELSE given.due END,
             rounds = given.rounds, inbox_seen = given.inbox_seen,
             holder = CASE WHEN given.is_released = 1 THEN NULL ELSE wakes.holder END,
             lease_until = CASE WHEN given.is_released = 1 THEN NULL ELSE wakes.lease_until END,
             crashes = CASE WHEN given.is_released = 1 THEN NULL ELSE wakes.crashes END,
             retry_due = CASE WHEN given.is_released = 1 THEN NULL ELSE wakes.retry_due END
           FROM given WHERE wakes.run = given.run AND wakes.fence = given.fence AND wakes.lease_until IS NOT NULL
           RETURNING given.*),
         saved AS (
           UPDATE runs SET
             connection = held.connection, status = held.status, step = held.step, updated_at = held.updated_at,
             revision = held.revision, exit = held.exit, is_open = held.is_open, prompt_id = held.prompt_id,
             journal_last = runs.journal_last + held.journaled
           FROM held WHERE runs.number = held.run
           RETURNING held.run, held.fence, runs.journal_last - held.journaled AS journal_before, held.forget, held.state),
         body AS (
           UPDATE run_bodies SET state = saved.state, prompt = NULL FROM saved WHERE run_bodies.run = saved.run),
         entry AS (
           INSERT INTO journal (run, seq, at, kind, step, detail)
           SELECT saved.run, saved.journal_before + e.place, e.at, e.kind, e.step, e.detail
           FROM unnest(@e_runs, @e_places, @e_ats, @e_kinds, @e_steps, @e_details) AS e(run, place, at, kind, step, detail)
           JOIN saved ON saved.run = e.run),
         forgotten AS (DELETE FROM inbox USING saved WHERE inbox.run = saved.run AND inbox.seq <= saved.forget)
         SELECT run, fence, CASE WHEN CAST(@hints AS TEXT) IS NOT NULL THEN pg_notify('{RunHints.Channel}', @hints) END FROM saved
         """;

    /// <summary>Stores them; says of each whether its lease still held.</summary>
    public IReadOnlyList<bool> Save(Session session, IReadOnlyList<WaitingSave> batch)
    {
        // Each sealed state is another one, also of the same text: what stands there now tells whether a save in doubt was done.
        var known = batch.Any(one => one.IsInDoubt) ? FindStored(session, batch) : [];
        WaitingSave[] open = [.. batch.Where(one => !known.Contains((one.Save.Lease.Row, one.Save.Lease.Fence)))];
        foreach (var one in open) one.IsInDoubt = true;
        if (open.Length > 0) known.UnionWith(Store(session, open));
        return [.. batch.Select(one => known.Contains((one.Save.Lease.Row, one.Save.Lease.Fence)))];
    }

    private static HashSet<(long Run, long Fence)> FindStored(Session session, IReadOnlyList<WaitingSave> batch) => session.List(
        """
        SELECT given.run, given.fence FROM unnest(@runs, @fences, @states) AS given(run, fence, state)
        JOIN run_bodies ON run_bodies.run = given.run AND run_bodies.state = given.state
        """,
        row => (row.GetInt64(0), row.GetInt64(1)),
        ("@runs", batch.Select(one => one.Save.Lease.Row).ToArray()),
        ("@fences", batch.Select(one => one.Save.Lease.Fence).ToArray()),
        ("@states", batch.Select(one => one.Body.State).ToArray())).ToHashSet();

    private List<(long Run, long Fence)> Store(Session session, WaitingSave[] batch)
    {
        StoredRun[] runs = [.. batch.Select(one => one.Save.Run)];
        var entries = batch.SelectMany(one => one.Save.Journal.Select((entry, place) => (Run: one.Save.Lease.Row, Place: place + 1L, Entry: entry))).ToList();
        return session.List(
            sql,
            row => (row.GetInt64(0), row.GetInt64(1)),
            ("@now", now()),
            ("@runs", batch.Select(one => one.Save.Lease.Row).ToArray()),
            ("@fences", batch.Select(one => one.Save.Lease.Fence).ToArray()),
            ("@connections", Columns.Texts(runs.Select(run => run.Connection?.Value))),
            ("@statuses", Columns.Texts(runs.Select(run => run.Status.ToColumn()))),
            ("@steps", Columns.Texts(runs.Select(run => run.Step))),
            ("@updated", runs.Select(run => run.UpdatedAt.ToColumn()).ToArray()),
            ("@dues", runs.Select(run => run.Due?.ToColumn()).ToArray()),
            ("@revisions", runs.Select(run => run.Revision).ToArray()),
            ("@rounds", runs.Select(run => (long)run.Rounds).ToArray()),
            ("@seen", runs.Select(run => run.InboxSeen).ToArray()),
            ("@exits", Columns.Texts(runs.Select(run => run.Exit is null ? null : StoredJson.ToText(run.Exit)))),
            ("@open", runs.Select(run => run.Status.IsFinal() ? 0L : 1L).ToArray()),
            ("@prompt_ids", Columns.Texts(runs.Select(run => run.Status.IsFinal() ? null : run.Prompt?.Id.Value))),
            ("@released", batch.Select(one => one.Save.IsReleased || one.Save.Run.Status.IsFinal() ? 1L : 0L).ToArray()),
            ("@journaled", batch.Select(one => (long)one.Save.Journal.Count).ToArray()),
            ("@forgets", runs.Select(run => run.Status.IsFinal() ? long.MaxValue : run.InboxSeen).ToArray()),
            ("@states", batch.Select(one => one.Body.State).ToArray()),
            ("@e_runs", entries.Select(entry => entry.Run).ToArray()),
            ("@e_places", entries.Select(entry => entry.Place).ToArray()),
            ("@e_ats", entries.Select(entry => entry.Entry.At.ToColumn()).ToArray()),
            ("@e_kinds", Columns.Texts(entries.Select(entry => entry.Entry.Kind))),
            ("@e_steps", Columns.Texts(entries.Select(entry => entry.Entry.Step))),
            ("@e_details", Columns.Texts(entries.Select(entry => StoredJson.ToText(entry.Entry.Detail)))),
            ("@hints", RunHints.Write(tag, [.. batch.Where(one => one.Save.IsVisible).Select(one => new RunHint(one.Save.Run.Id, false))])));
    }
}
