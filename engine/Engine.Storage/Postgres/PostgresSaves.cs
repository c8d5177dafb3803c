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
             @ids, @fences, @connections, @statuses, @steps, @updated, @dues, @revisions, @rounds, @seen, @exits, @open, @prompt_ids, @released,
             @journaled, @forgets, @states, @prompts)
           AS given(
             id, fence, connection, status, step, updated_at, due, revision, rounds, inbox_seen, exit, is_open, prompt_id, is_released,
             journaled, forget, state, prompt)),
         saved AS (
           UPDATE runs SET
             connection = given.connection, status = given.status, step = given.step, updated_at = given.updated_at,
             due = CASE WHEN given.is_open = 0 THEN NULL WHEN runs.inbox_last > given.inbox_seen THEN {clock} ELSE given.due END,
             revision = given.revision, rounds = given.rounds, inbox_seen = given.inbox_seen, exit = given.exit,
             is_open = given.is_open, prompt_id = given.prompt_id,
             holder = CASE WHEN given.is_released = 1 THEN NULL ELSE runs.holder END,
             lease_until = CASE WHEN given.is_released = 1 THEN NULL ELSE runs.lease_until END,
             crashes = CASE WHEN given.is_released = 1 THEN NULL ELSE runs.crashes END,
             retry_due = CASE WHEN given.is_released = 1 THEN NULL ELSE runs.retry_due END,
             journal_last = runs.journal_last + given.journaled
           FROM given WHERE runs.id = given.id AND runs.fence = given.fence AND runs.lease_until IS NOT NULL
           RETURNING runs.id, runs.number, runs.journal_last - given.journaled AS journal_before, given.forget, given.state, given.prompt),
         body AS (
           UPDATE run_bodies SET state = saved.state, prompt = saved.prompt FROM saved WHERE run_bodies.run = saved.number),
         entry AS (
           INSERT INTO journal (run, seq, at, kind, step, detail)
           SELECT saved.number, saved.journal_before + e.place, e.at, e.kind, e.step, e.detail
           FROM unnest(@e_ids, @e_places, @e_ats, @e_kinds, @e_steps, @e_details) AS e(id, place, at, kind, step, detail)
           JOIN saved ON saved.id = e.id),
         forgotten AS (DELETE FROM inbox USING saved WHERE inbox.run = saved.number AND inbox.seq <= saved.forget)
         SELECT id, CASE WHEN CAST(@hints AS TEXT) IS NOT NULL THEN pg_notify('{RunHints.Channel}', @hints) END FROM saved
         """;

    /// <summary>Stores them; says of each whether its lease still held.</summary>
    public IReadOnlyList<bool> Save(Session session, IReadOnlyList<WaitingSave> batch)
    {
        // Each sealed state is another one, also of the same text: what stands there now tells whether a save in doubt was done.
        var known = batch.Any(one => one.IsInDoubt) ? FindStored(session, batch) : [];
        WaitingSave[] open = [.. batch.Where(one => !known.Contains(one.Save.Run.Id.Value))];
        foreach (var one in open) one.IsInDoubt = true;
        if (open.Length > 0) known.UnionWith(Store(session, open));
        return [.. batch.Select(one => known.Contains(one.Save.Run.Id.Value))];
    }

    private static HashSet<string> FindStored(Session session, IReadOnlyList<WaitingSave> batch) => session.List(
        """
        SELECT given.id FROM unnest(@ids, @states) AS given(id, state)
        JOIN runs ON runs.id = given.id JOIN run_bodies ON run_bodies.run = runs.number AND run_bodies.state = given.state
        """,
        row => row.GetString(0),
        ("@ids", Columns.Texts(batch.Select(one => one.Save.Run.Id.Value))),
        ("@states", batch.Select(one => one.Body.State).ToArray())).ToHashSet(StringComparer.Ordinal);

    private List<string> Store(Session session, WaitingSave[] batch)
    {
        StoredRun[] runs = [.. batch.Select(one => one.Save.Run)];
        var entries = batch.SelectMany(one => one.Save.Journal.Select((entry, place) => (Id: one.Save.Run.Id.Value, Place: place + 1L, Entry: entry))).ToList();
        return session.List(
            sql,
            row => row.GetString(0),
            ("@now", now()),
            ("@ids", Columns.Texts(runs.Select(run => run.Id.Value))),
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
            ("@prompts", batch.Select(one => one.Body.Prompt).ToArray()),
            ("@e_ids", Columns.Texts(entries.Select(entry => entry.Id))),
            ("@e_places", entries.Select(entry => entry.Place).ToArray()),
            ("@e_ats", entries.Select(entry => entry.Entry.At.ToColumn()).ToArray()),
            ("@e_kinds", Columns.Texts(entries.Select(entry => entry.Entry.Kind))),
            ("@e_steps", Columns.Texts(entries.Select(entry => entry.Entry.Step))),
            ("@e_details", Columns.Texts(entries.Select(entry => StoredJson.ToText(entry.Entry.Detail)))),
            ("@hints", RunHints.Write(tag, [.. batch.Where(one => one.Save.IsVisible).Select(one => new RunHint(one.Save.Run.Id, false))])));
    }
}
