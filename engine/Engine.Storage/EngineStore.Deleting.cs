using System.Text;
using System.Text.Json;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private static readonly TimeSpan CallsKept = TimeSpan.FromDays(2);

    public Task<DeleteOutcome> DeleteConnectionAsync(ConnectionId id, bool isRevoked, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var connection = session.First($"{SelectConnection} WHERE id = @id {session.ForUpdate}", ReadConnection, ("@id", id.Value));
                if (connection is null) return new DeleteOutcome.NoSuchConnection();
                var run = session.First(
                    "SELECT id FROM runs WHERE connection = @id AND is_open = 1", row => row.GetString(0), ("@id", id.Value));
                if (run is not null) return new DeleteOutcome.RunOpen(new RunId(run));

                // Credentials that another connection holds too stay good for that one.
                LockCredential(session, connection.Credential);
                var isShared = connection.Credential is { } credential && session.Number(
                    "SELECT 1 FROM connections WHERE credential = @credential AND id <> @id",
                    ("@credential", credential.Value), ("@id", id.Value)) is not null;
                if (isRevoked && !isShared) KeepForRevocation(session, connection);
                session.Execute("DELETE FROM connections WHERE id = @id", ("@id", id.Value));
                session.Execute("DELETE FROM care WHERE connection = @id", ("@id", id.Value));
                session.Execute("DELETE FROM operation_calls WHERE connection = @id", ("@id", id.Value));
                DropUnheld(session, connection.Credential?.Value);
                return (DeleteOutcome)new DeleteOutcome.Deleted(connection);
            },
            cancellation);

    public Task<IReadOnlyList<Revocation>> ClaimRevocationsAsync(
        ConnectionId? only, int max, TimeSpan leaseFor, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlyList<Revocation>>(
            session => session.List(
                $"""
                UPDATE revocations SET due = @until, lease_until = @until, tries = tries + 1
                WHERE connection IN (
                  SELECT connection FROM revocations
                  WHERE (due <= @now AND CAST(@only AS TEXT) IS NULL) OR (connection = @only AND coalesce(lease_until, 0) <= @now)
                  ORDER BY due LIMIT @max {session.SkipLocked})
                RETURNING connection, provider, world, body, created_at, tries
                """,
                row =>
                {
                    var id = new ConnectionId(row.GetString(0));
                    var body = JsonElement.Parse(sealer.Open(RevocationPlace(id), row.GetBytes(3)));
                    return new Revocation(
                        id, row.GetString(1), row.TextOrNull(2),
                        body.TryGetProperty("credentials", out var credentials) && credentials.ValueKind == JsonValueKind.Object ? credentials : null,
                        body.GetProperty("params"), row.Time(4), row.GetInt32(5) - 1);
                },
                ("@only", only?.Value), ("@max", max), ("@now", Now), ("@until", (Time.GetUtcNow() + leaseFor).ToColumn())),
            cancellation);

    public Task FinishRevocationAsync(ConnectionId id, DateTimeOffset? again, CancellationToken cancellation) => database.WriteAsync(
        session => again is { } due
            ? session.Execute("UPDATE revocations SET due = @due, lease_until = NULL WHERE connection = @id", ("@id", id.Value), ("@due", due.ToColumn()))
            : session.Execute("DELETE FROM revocations WHERE connection = @id", ("@id", id.Value)),
        cancellation);

    public Task<CallBeginning> BeginCallAsync(IdempotencyKey key, ConnectionId connection, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(key);
        return database.WriteAsync(
            session =>
            {
                session.Execute(
                    "DELETE FROM operation_calls WHERE created_at < @old", ("@old", (Time.GetUtcNow() - CallsKept).ToColumn()));
                var known = session.First<CallBeginning>(
                    "SELECT request_hash, answer FROM operation_calls WHERE key = @key",
                    row => row.GetString(0) != key.RequestHash ? new CallBeginning.KeyReused()
                        : row.BytesOrNull(1) is { } answer
                            ? new CallBeginning.Repeated(Encoding.UTF8.GetString(sealer.Open(CallPlace(key.Key), answer)))
                            : new CallBeginning.Open(),
                    ("@key", key.Key));
                if (known is not null) return known;
                session.Execute(
                    "INSERT INTO operation_calls (key, request_hash, connection, created_at) VALUES (@key, @hash, @connection, @now)",
                    ("@key", key.Key), ("@hash", key.RequestHash), ("@connection", connection.Value), ("@now", Now));
                return (CallBeginning)new CallBeginning.First();
            },
            cancellation);
    }

    public Task FinishCallAsync(string key, string? answer, CancellationToken cancellation) => database.WriteAsync(
        session => answer is null
            ? session.Execute("DELETE FROM operation_calls WHERE key = @key", ("@key", key))
            : session.Execute(
                "UPDATE operation_calls SET answer = @answer WHERE key = @key",
                ("@key", key), ("@answer", sealer.Seal(CallPlace(key), Encoding.UTF8.GetBytes(answer)))),
        cancellation);

    /// <summary>Of two connections that are deleted at the same time, the second must see that it holds the credentials alone.</summary>
    private static void LockCredential(Session session, CredentialId? id) =>
        session.Number($"SELECT version FROM credentials WHERE id = @id {session.ForUpdate}", ("@id", id?.Value));

    private void KeepForRevocation(Session session, Connection connection)
    {
        var credentials = session.First($"{SelectCredentials} WHERE id = @id", ReadCredentials, ("@id", connection.Credential?.Value));
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { credentials = credentials?.Body, @params = connection.Params });
        session.Execute(
            """
            INSERT INTO revocations (connection, provider, world, body, created_at, due)
            VALUES (@connection, @provider, @world, @body, @now, @now) ON CONFLICT (connection) DO NOTHING
            """,
            ("@connection", connection.Id.Value), ("@provider", connection.Provider), ("@world", connection.World),
            ("@body", sealer.Seal(RevocationPlace(connection.Id), body)), ("@now", Now));
    }

    private static SealedPlace RevocationPlace(ConnectionId id) => new("revocations", "body", id.Value, 0);

    private static SealedPlace CallPlace(string key) => new("operation_calls", "answer", key, 0);
}
