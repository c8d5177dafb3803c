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
                var number = setback.Lease.Row;
                var isHeld = session.Execute(
                    """
                    UPDATE wakes SET
                      crashes = @crashes, retry_due = @retry_due, due = CASE WHEN inbox_last > @heard THEN @now ELSE @due END,
                      holder = NULL, lease_until = NULL
                    WHERE run = @number AND fence = @fence AND lease_until IS NOT NULL
                    """,
                    ("@number", number), ("@fence", setback.Lease.Fence), ("@crashes", setback.Crashes), ("@heard", setback.Heard), ("@now", Now),
                    ("@due", setback.IsParked ? null : setback.At.ToColumn()), ("@retry_due", setback.IsParked ? setback.At.ToColumn() : null)) == 1;
                if (!isHeld) return false;
                var journalLast = session.Number(
                    "UPDATE runs SET journal_last = journal_last + @journaled WHERE number = @number RETURNING journal_last",
                    ("@number", number), ("@journaled", setback.Journal.Count)) ?? 0;
                InsertJournal(session, number, journalLast - setback.Journal.Count + 1, setback.Journal);
                if (setback.IsParked) session.Hint(setback.Lease.Run, hasWork: false);
                return true;
            },
            cancellation);
    }

    /// <summary>Parked runs that are to be tried again now, the oldest first.</summary>
    public Task<IReadOnlyList<RunId>> ListDueRetriesAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<RunId>>(
        session => session.List(
            $"SELECT id FROM {StoredRow.Tables} WHERE lease_until IS NULL AND retry_due <= @now ORDER BY retry_due LIMIT 100",
            row => new RunId(row.GetString(0)),
            ("@now", Now)),
        cancellation);

    /// <summary>Gives a parked run back to the pump, due now. False where it is not parked, or worked on.</summary>
    public Task<bool> RetryAsync(RunId id, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var isFreed = session.Execute(
                """
                UPDATE wakes SET due = @now, retry_due = NULL
                WHERE run = (SELECT number FROM runs WHERE id = @id) AND lease_until IS NULL AND retry_due IS NOT NULL
                """,
                ("@id", id.Value), ("@now", Now)) == 1;
            if (isFreed) session.Hint(id, hasWork: true);
            return isFreed;
        },
        cancellation);
}
