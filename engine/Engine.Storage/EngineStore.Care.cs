using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public Task<IReadOnlyList<Care>> ClaimCareAsync(ClaimRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return database.WriteAsync<IReadOnlyList<Care>>(
            session =>
            {
                var due = session.List(
                    $"SELECT connection FROM care WHERE coalesce(lease_until, due) <= @now ORDER BY coalesce(lease_until, due) LIMIT @max {session.SkipLocked}",
                    row => new ConnectionId(row.GetString(0)),
                    ("@now", Now), ("@max", request.Max));
                return [.. due.Select(id => TakeCare(session, id, request.Node, request.LeaseFor)).OfType<Care>()];
            },
            cancellation);
    }

    public Task<Care?> TakeCareAsync(ConnectionId id, string node, TimeSpan leaseFor, CancellationToken cancellation) =>
        database.WriteAsync(session => TakeCare(session, id, node, leaseFor), cancellation);

    public Task FinishCareAsync(Care care, CareResult result, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(care);
        ArgumentNullException.ThrowIfNull(result);
        return database.WriteAsync(
            session =>
            {
                var id = care.Connection.Id.Value;
                var isSame = session.Number($"SELECT revision FROM connections WHERE id = @id {session.ForUpdate}", ("@id", id)) == care.Connection.Revision;
                var isKept = session.Execute(
                    """
                    UPDATE care SET
                      due = CASE WHEN @is_same = 1 THEN @due ELSE @now END, probe_due = @probe_due, suspected = @suspected, suspicions = @suspicions,
                      holder = NULL, lease_until = NULL
                    WHERE connection = @id AND fence = @fence
                    """,
                    ("@id", id), ("@fence", care.Fence), ("@is_same", isSame), ("@due", result.Due.ToColumn()), ("@now", Now),
                    ("@probe_due", result.ProbeDue?.ToColumn()), ("@suspected", isSame ? result.Suspicion?.Code : null),
                    ("@suspicions", isSame ? result.Suspicion?.Times ?? 0 : 0)) == 1;
                if (isKept && isSame && result.Change is { } change) SetHealth(session, care.Connection.Id, change);
                return isKept;
            },
            cancellation);
    }

    public Task HurryCareAsync(ConnectionId id, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            HurryCare(session, id, Now);
            return true;
        },
        cancellation);

    public Task<DateTimeOffset?> NextCareAsync(CancellationToken cancellation) => database.ReadAsync(
        session => session.Number(
            """
            SELECT min(due) FROM (
              SELECT min(coalesce(lease_until, due)) AS due FROM care UNION ALL SELECT min(due) FROM revocations) AS waiting
            """) is { } ticks
                ? new DateTimeOffset(ticks, TimeSpan.Zero)
                : (DateTimeOffset?)null,
        cancellation);

    public Task SetHealthAsync(ConnectionId id, HealthChange change, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(change);
        return database.WriteAsync(session => SetHealth(session, id, change), cancellation);
    }

    public Task<ClaimOutcome> ClaimConnectionAsync(ConnectionId id, string subject, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var claimed = session.Execute(
                """
                UPDATE connections SET
                  subject = @subject, health = @active, cause = NULL, health_since = @now, updated_at = @now, revision = revision + 1
                WHERE id = @id AND health = @unclaimed
                """,
                ("@id", id.Value), ("@subject", subject), ("@now", Now),
                ("@active", ConnectionHealth.Active.ToColumn()), ("@unclaimed", ConnectionHealth.Unclaimed.ToColumn()));
            if (claimed == 1)
            {
                HurryCare(session, id, Now);
                return ClaimOutcome.Claimed;
            }

            var owner = session.First("SELECT subject FROM connections WHERE id = @id", row => row.GetString(0), ("@id", id.Value));
            return owner is null ? ClaimOutcome.NoSuchConnection : owner == subject ? ClaimOutcome.Claimed : ClaimOutcome.NotUnclaimed;
        },
        cancellation);

    /// <summary>What is known now may be old: the next look is due, and its probe with it.</summary>
    private static void HurryCare(Session session, ConnectionId id, long now) => session.Execute(
        """
        INSERT INTO care (connection, due) SELECT id, @now FROM connections WHERE id = @id
        ON CONFLICT (connection) DO UPDATE SET due = @now, probe_due = NULL
        """,
        ("@id", id.Value), ("@now", now));

    private int SetHealth(Session session, ConnectionId id, HealthChange change) => session.Execute(
        """
        UPDATE connections SET
          health_since = CASE WHEN health = @health THEN health_since ELSE @now END, health = @health, cause = @cause,
          updated_at = @now, revision = revision + 1
        WHERE id = @id AND (health <> @health OR cause IS DISTINCT FROM @cause)
        """,
        ("@id", id.Value), ("@health", change.Health.ToColumn()), ("@cause", change.Cause), ("@now", Now));

    private Care? TakeCare(Session session, ConnectionId id, string node, TimeSpan leaseFor)
    {
        var taken = session.List(
            """
            UPDATE care SET fence = fence + 1, holder = @node, lease_until = @until
            WHERE connection = @id AND (lease_until IS NULL OR lease_until <= @now)
            RETURNING fence, probe_due, suspected, suspicions
            """,
            row => (
                Fence: row.GetInt64(0), ProbeDue: row.TimeOrNull(1),
                Suspicion: row.TextOrNull(2) is { } code ? new Suspicion(code, row.GetInt32(3)) : null),
            ("@id", id.Value), ("@node", node), ("@now", Now), ("@until", (Time.GetUtcNow() + leaseFor).ToColumn()));
        return taken is [var (fence, probeDue, suspicion)]
            && session.First($"{SelectConnection} WHERE id = @id", ReadConnection, ("@id", id.Value)) is { } connection
                ? new Care(connection, fence, probeDue, suspicion)
                : null;
    }
}
