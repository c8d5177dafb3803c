using Engine.Runs;

namespace Engine.Storage;

/// <summary>Runs that could not be advanced. They are few: their statements are the same for both databases.</summary>
public sealed partial class EngineStore
{
    public Task<bool> SetBackAsync(RunSetback setback, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(setback);
        return database.WorkAsync(
            session =>
            {
                var updated = session.List(
                    """
                    UPDATE runs SET
                      crashes = @crashes, retry_due = @retry_due,
                      due = CASE WHEN inbox_last > @heard THEN @now ELSE @due END,
                      journal_last = journal_last + @journaled, holder = NULL, lease_until = NULL
                    WHERE id = @id AND fence = @fence AND lease_until IS NOT NULL
                    RETURNING number, journal_last
                    """,
                    row => (Number: row.GetInt64(0), JournalLast: row.GetInt64(1)),
                    ("@id", setback.Lease.Run.Value), ("@fence", setback.Lease.Fence), ("@crashes", setback.Crashes), ("@heard", setback.Heard), ("@now", Now),
                    ("@due", setback.IsParked ? null : setback.At.ToColumn()), ("@retry_due", setback.IsParked ? setback.At.ToColumn() : null),
                    ("@journaled", setback.Journal.Count));
                if (updated is not [var (number, journalLast)]) return false;
                InsertJournal(session, number, journalLast - setback.Journal.Count + 1, setback.Journal);
                if (setback.IsParked) session.Hint(setback.Lease.Run, hasWork: false);
                return true;
            },
            cancellation);
    }

    /// <summary>Parked runs that are to be tried again now, the oldest first.</summary>
    public Task<IReadOnlyList<RunId>> ListDueRetriesAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<RunId>>(
        session => session.List(
            "SELECT id FROM runs WHERE is_open = 1 AND lease_until IS NULL AND retry_due <= @now ORDER BY retry_due LIMIT 100",
            row => new RunId(row.GetString(0)),
            ("@now", Now)),
        cancellation);

    /// <summary>Gives a parked run back to the pump, due now. False where it is not parked, or worked on.</summary>
    public Task<bool> RetryAsync(RunId id, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var isFreed = session.Execute(
                "UPDATE runs SET due = @now, retry_due = NULL WHERE id = @id AND is_open = 1 AND lease_until IS NULL AND retry_due IS NOT NULL",
                ("@id", id.Value), ("@now", Now)) == 1;
            if (isFreed) session.Hint(id, hasWork: true);
            return isFreed;
        },
        cancellation);
}
