using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    /// <summary>Rows that ask for work now and that nobody holds, the oldest first.</summary>
    public Task<IReadOnlyList<WorkRow>> ListDueWorkAsync(int max, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<WorkRow>>(
            session => session.List(
                """
                SELECT kind, id, due FROM (
                  SELECT 'delivery' AS kind, id, received_at AS due FROM deliveries WHERE done_at IS NULL
                  UNION ALL SELECT 'revocation', connection, due FROM revocations WHERE due <= @now
                  UNION ALL SELECT 'retry', id, retry_due FROM runs JOIN wakes ON run = number WHERE lease_until IS NULL AND retry_due <= @now
                  UNION ALL SELECT 'care', connection, coalesce(lease_until, due) FROM care WHERE coalesce(lease_until, due) <= @now
                ) AS asked ORDER BY due LIMIT @max
                """,
                row => new WorkRow(Enum.Parse<WorkKind>(row.GetString(0), ignoreCase: true), row.GetString(1), row.Time(2)),
                ("@now", Now), ("@max", max)),
            cancellation);

    /// <summary>How late runs are, for whoever watches.</summary>
    public Task<RunLateness> MeasureLatenessAsync(CancellationToken cancellation) => database.ReadAsync(
        session =>
        {
            var now = Time.GetUtcNow();
            return session.First(
                """
                SELECT count(*),
                  coalesce(sum(CASE WHEN lease_until IS NULL AND due <= @now THEN 1 ELSE 0 END), 0),
                  coalesce(sum(CASE WHEN lease_until <= @now THEN 1 ELSE 0 END), 0),
                  min(coalesce(lease_until, due))
                FROM wakes WHERE coalesce(lease_until, due, retry_due) IS NOT NULL
                """,
                row => new RunLateness(
                    row.GetInt64(0), row.GetInt64(1), row.GetInt64(2),
                    row.TimeOrNull(3) is { } oldest && oldest < now ? now - oldest : TimeSpan.Zero),
                ("@now", now.ToColumn())) ?? new RunLateness(0, 0, 0, TimeSpan.Zero);
        },
        cancellation);
}
