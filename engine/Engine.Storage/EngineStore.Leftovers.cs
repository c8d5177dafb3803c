using System.Text;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    // A run that has taken a leftover but is not stored within this time was never made.
    private static readonly TimeSpan TakenBeforeStored = TimeSpan.FromMinutes(1);

    public Task<string?> TakeLeftoverAsync(
        string flow, string subject, bool isInSandbox, RunId takenBy, CancellationToken cancellation) => database.WorkAsync(
        session =>
        {
            var now = Time.GetUtcNow();
            var left = session.First(
                $"""
                SELECT run, value FROM leftovers
                WHERE subject = @subject AND flow = @flow AND run <> @taken_by
                  AND NOT EXISTS (
                    SELECT 1 FROM runs
                    WHERE runs.id = leftovers.run AND (is_open = 1 OR CASE WHEN world IS NULL THEN 0 ELSE 1 END <> @is_in_sandbox))
                  AND (taken_by IS NULL OR taken_by = @taken_by
                    OR EXISTS (SELECT 1 FROM runs WHERE runs.id = taken_by AND is_open = 0)
                    OR (taken_at < @abandoned AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = taken_by)))
                ORDER BY CASE WHEN taken_by = @taken_by THEN 0 ELSE 1 END, left_at DESC LIMIT 1 {session.SkipLocked}
                """,
                row => (LeftBy: row.GetString(0), Value: row.GetBytes(1)).ToTuple(),
                ("@subject", subject), ("@flow", flow), ("@is_in_sandbox", isInSandbox ? 1 : 0), ("@taken_by", takenBy.Value),
                ("@abandoned", (now - TakenBeforeStored).ToColumn()));
            if (left is null) return null;
            var (leftBy, value) = left;
            session.Execute(
                "UPDATE leftovers SET taken_by = @taken_by, taken_at = @now WHERE run = @run",
                ("@run", leftBy), ("@taken_by", takenBy.Value), ("@now", now.ToColumn()));
            return Encoding.UTF8.GetString(sealer.Open(LeftoverPlace(leftBy), value));
        },
        cancellation);

    private byte[] SealLeftover(RunId run, string leftover) =>
        sealer.Seal(LeftoverPlace(run.Value), Encoding.UTF8.GetBytes(leftover));

    private static void PutLeftover(Session session, StoredRun run, byte[] value) => session.Execute(
        """
        INSERT INTO leftovers (run, flow, subject, left_at, value) VALUES (@run, @flow, @subject, @left_at, @value)
        ON CONFLICT (run) DO UPDATE SET left_at = excluded.left_at, value = excluded.value
        """,
        ("@run", run.Id.Value), ("@flow", run.Flow), ("@subject", run.Subject),
        ("@left_at", run.UpdatedAt.ToColumn()), ("@value", value));

    private static void DeleteTaken(Session session, RunId takenBy) => session.Execute(
        "DELETE FROM leftovers WHERE taken_by = @taken_by", ("@taken_by", takenBy.Value));

    private static SealedPlace LeftoverPlace(string run) => new("leftovers", "value", run, 0);
}
