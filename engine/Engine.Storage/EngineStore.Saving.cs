using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private long Now => Time.GetUtcNow().ToColumn();

    public Task<bool> SaveAsync(RunSave save, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(save);

        var body = SealedBody.Of(save.Run, sealer);
        var leftover = save.Leftover is null ? null : SealLeftover(save.Run.Id, save.Leftover);
        return save is { Connection: null, Leftover: null, IsLeftoverUsedUp: false }
            ? wakes.SaveAsync(save, body, cancellation)
            : database.WorkAsync(session => SaveAll(session, save, body, leftover), cancellation);
    }

    private bool SaveAll(Session session, RunSave save, SealedBody body, byte[]? leftover)
    {
        if (!Save(session, save, body)) return false;
        if (save.Connection is not null) PutConnection(session, save.Connection);
        if (save.Connection is not null) PassHooks(session, save.Run.Id, save.Connection.Id);
        if (save.IsLeftoverUsedUp) DeleteTaken(session, save.Run.Id);
        if (leftover is not null) PutLeftover(session, save.Run, leftover);
        return true;
    }

    /// <summary>Stores what touches nothing but the run.</summary>
    private bool Save(Session session, RunSave save, SealedBody body)
    {
        if (UpdateRun(session, save) is not { } number) return false;
        session.Execute(
            "UPDATE run_bodies SET state = @state, prompt = NULL WHERE run = @number",
            ("@number", number), ("@state", body.State));
        ForgetApplied(session, number, save.Run);
        if (save.IsVisible) session.Hint(save.Run.Id, hasWork: false);
        return true;
    }

    private long InsertRun(Session session, StoredRun run, SealedBody body, int journaled)
    {
        var isOpen = !run.Status.IsFinal();
        var number = session.Number(
            """
            INSERT INTO runs (
              id, flow, flow_version, purpose, subject, connection, world, status, step,
              created_at, updated_at, revision, exit, is_open, prompt_id, journal_last)
            VALUES (
              @id, @flow, @flow_version, @purpose, @subject, @connection, @world, @status, @step,
              @created_at, @updated_at, @revision, @exit, @is_open, @prompt_id, @journal_last)
            RETURNING number
            """,
            ("@id", run.Id.Value), ("@flow", run.Flow), ("@flow_version", run.FlowVersion),
            ("@purpose", run.Purpose.ToColumn()), ("@subject", run.Subject), ("@connection", run.Connection?.Value),
            ("@world", run.World), ("@status", run.Status.ToColumn()), ("@step", run.Step),
            ("@created_at", run.CreatedAt.ToColumn()), ("@updated_at", run.UpdatedAt.ToColumn()),
            ("@revision", run.Revision), ("@exit", run.Exit is null ? null : StoredJson.ToText(run.Exit)), ("@is_open", isOpen),
            ("@prompt_id", isOpen ? run.Prompt?.Id.Value : null), ("@journal_last", journaled)) ?? 0;
        session.Execute(
            "INSERT INTO wakes (run, due, rounds, inbox_seen) VALUES (@number, @due, @rounds, @inbox_seen)",
            ("@number", number), ("@due", isOpen ? Now : null), ("@rounds", run.Rounds), ("@inbox_seen", run.InboxSeen));
        session.Execute(
            "INSERT INTO run_bodies (run, state) VALUES (@number, @state)",
            ("@number", number), ("@state", body.State));
        return number;
    }

    /// <summary>
    /// Null where the lease was lost. An inbox item that this save has not seen keeps the run due now, so that a reply
    /// that came while its holder was at work is looked at next.
    /// </summary>
    private long? UpdateRun(Session session, RunSave save)
    {
        var run = save.Run;
        var isOpen = !run.Status.IsFinal();
        var isHeld = session.Execute(
            """
            UPDATE wakes SET
              due = CASE WHEN @is_open = 0 THEN NULL WHEN inbox_last > @inbox_seen THEN @now ELSE @due END,
              rounds = @rounds, inbox_seen = @inbox_seen,
              holder = CASE WHEN @is_released = 1 THEN NULL ELSE holder END,
              lease_until = CASE WHEN @is_released = 1 THEN NULL ELSE lease_until END,
              crashes = CASE WHEN @is_released = 1 THEN NULL ELSE crashes END,
              retry_due = CASE WHEN @is_released = 1 THEN NULL ELSE retry_due END
            WHERE run = @number AND fence = @fence AND lease_until IS NOT NULL
            """,
            ("@number", save.Lease.Row), ("@fence", save.Lease.Fence), ("@now", Now), ("@is_open", isOpen), ("@due", run.Due?.ToColumn()),
            ("@rounds", run.Rounds), ("@inbox_seen", run.InboxSeen), ("@is_released", save.IsReleased || !isOpen)) == 1;
        if (!isHeld) return null;
        var journalLast = session.Number(
            """
            UPDATE runs SET
              connection = @connection, status = @status, step = @step, updated_at = @updated_at, revision = @revision, exit = @exit,
              is_open = @is_open, prompt_id = @prompt_id, journal_last = journal_last + @journaled
            WHERE number = @number RETURNING journal_last
            """,
            ("@number", save.Lease.Row), ("@connection", run.Connection?.Value), ("@status", run.Status.ToColumn()), ("@step", run.Step),
            ("@updated_at", run.UpdatedAt.ToColumn()), ("@revision", run.Revision),
            ("@exit", run.Exit is null ? null : StoredJson.ToText(run.Exit)), ("@is_open", isOpen),
            ("@prompt_id", isOpen ? run.Prompt?.Id.Value : null), ("@journaled", save.Journal.Count)) ?? 0;
        InsertJournal(session, save.Lease.Row, journalLast - save.Journal.Count + 1, save.Journal);
        return save.Lease.Row;
    }

    private static void InsertJournal(Session session, long number, long firstSeq, IReadOnlyList<JournalEntry> journal)
    {
        for (var i = 0; i < journal.Count; i++)
        {
            session.Execute(
                """
                INSERT INTO journal (run, seq, at, kind, step, detail)
                VALUES (@number, @seq, @at, @kind, @step, @detail)
                """,
                ("@number", number), ("@seq", firstSeq + i), ("@at", journal[i].At.ToColumn()),
                ("@kind", journal[i].Kind),
                ("@step", journal[i].Step), ("@detail", StoredJson.ToText(journal[i].Detail)));
        }
    }

    /// <summary>
    /// What a person typed is wiped as soon as it was applied; after the run's end nothing is left to apply.
    /// </summary>
    private static void ForgetApplied(Session session, long number, StoredRun run) => session.Execute(
        "DELETE FROM inbox WHERE run = @number AND seq <= @seen",
        ("@number", number), ("@seen", run.Status.IsFinal() ? long.MaxValue : run.InboxSeen));
}
