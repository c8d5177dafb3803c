using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private const string SelectCredentials = """
        SELECT credentials.id, credentials.provider, version, body, stored_at, expires_at, refresh_expires_at,
          spent_version, refusals, failures, not_before, stop, fence, lease_until
        FROM credentials
        """;

    public Task<StoredCredentials?> FindCredentialsAsync(ConnectionId id, CancellationToken cancellation) => database.ReadAsync(
        session => session.First(
            $"{SelectCredentials} WHERE credentials.id = (SELECT credential FROM connections WHERE id = @id)",
            ReadCredentials,
            ("@id", id.Value)),
        cancellation);

    public Task<IReadOnlyList<Connection>> ListHoldersAsync(CredentialId id, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Connection>>(
            session => session.List($"{SelectConnection} WHERE credential = @id ORDER BY number", ReadConnection, ("@id", id.Value)),
            cancellation);

    public Task<CredentialLease?> LeaseAsync(CredentialId id, string node, TimeSpan leaseFor, CancellationToken cancellation)
    {
        // A failure reads as "held": a lease that was given to nobody would hold up everyone until its end.
        return database.WriteAsync(
            session => session.Execute(
                """
                UPDATE credentials SET fence = fence + 1, holder = @node, lease_until = @until
                WHERE id = @id AND (lease_until IS NULL OR lease_until <= @now)
                """,
                ("@id", id.Value), ("@node", node), ("@now", Now), ("@until", (Time.GetUtcNow() + leaseFor).ToColumn())) == 0
                ? null
                : session.First(
                    $"{SelectCredentials} WHERE id = @id",
                    row => new CredentialLease(ReadCredentials(row), row.GetInt64(12), row.Time(13)),
                    ("@id", id.Value)),
            cancellation);
    }

    public Task<bool> MarkSpentAsync(CredentialLease lease, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return database.WriteAsync(
            session => session.Execute(
                """
                UPDATE credentials SET spent_version = version, tries = tries + 1
                WHERE id = @id AND fence = @fence AND lease_until > @now AND version = @version
                """,
                ("@id", lease.Credentials.Id.Value), ("@fence", lease.Fence), ("@now", Now),
                ("@version", lease.Credentials.Version)) == 1,
            cancellation);
    }

    public Task<bool> ReplaceAsync(CredentialId id, long spentVersion, JsonElement body, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                var sealedBody = SealBody(id, spentVersion + 1, body);
                var place = session.List(
                    $"SELECT provider, world FROM credentials WHERE id = @id {session.ForUpdate}",
                    row => (Provider: row.GetString(0), World: row.TextOrNull(1)),
                    ("@id", id.Value));
                if (place is not [var (provider, world)]) return false;

                // Where other credentials have this fingerprint, which no honest provider lets happen, both keep a row of their own.
                var fingerprint = FingerprintOf(world, body);
                var isTaken = session.Number(
                    "SELECT 1 FROM credentials WHERE provider = @provider AND fingerprint = @fingerprint AND id <> @id",
                    ("@provider", provider), ("@fingerprint", fingerprint), ("@id", id.Value)) is not null;
                return session.Execute(
                    """
                    UPDATE credentials SET
                      body = @body, version = version + 1, fingerprint = @fingerprint, stored_at = @now, expires_at = @expires_at,
                      refresh_expires_at = @refresh_expires_at, holder = NULL, lease_until = NULL, spent_version = NULL,
                      tries = 0, refusals = 0, failures = 0, not_before = NULL, stop = NULL
                    WHERE id = @id AND version = @version
                    """,
                    ("@id", id.Value), ("@version", spentVersion), ("@body", sealedBody), ("@now", Now),
                    ("@fingerprint", isTaken ? id.Value : fingerprint),
                    ("@expires_at", StoredCredentials.FindMoment(body, "expires_at")?.ToColumn()),
                    ("@refresh_expires_at", StoredCredentials.FindMoment(body, "refresh_expires_at")?.ToColumn())) == 1;
            },
            cancellation);

    public Task EndRefreshAsync(CredentialLease lease, RefreshEnd end, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(lease);
        ArgumentNullException.ThrowIfNull(end);
        return database.WriteAsync(
            session => session.Execute(
                """
                UPDATE credentials SET
                  holder = NULL, lease_until = NULL, spent_version = CASE WHEN @in_doubt = 1 THEN version END,
                  tries = CASE WHEN @in_doubt = 1 THEN tries ELSE 0 END,
                  refusals = @refusals, failures = @failures, not_before = @not_before, stop = @stop
                WHERE id = @id AND fence = @fence AND version = @version
                """,
                ("@id", lease.Credentials.Id.Value), ("@fence", lease.Fence), ("@version", lease.Credentials.Version),
                ("@in_doubt", end.IsInDoubt), ("@refusals", end.Refusals), ("@failures", end.Failures),
                ("@not_before", end.NotBefore?.ToColumn()), ("@stop", end.Stop)),
            cancellation);
    }

    /// <summary>
    /// Gives a connection new credentials: a row of their own, or the one of a connection that has the same already. The old row goes when nobody
    /// holds it any more; a refresh of it that is under way then finds nothing to write to.
    /// </summary>
    private void SwapCredentials(Session session, Connection connection, JsonElement body)
    {
        var fingerprint = FingerprintOf(connection.World, body);
        var (old, revision) = session.List(
            $"SELECT credential, revision FROM connections WHERE id = @id {session.ForUpdate}",
            row => (row.TextOrNull(0), row.GetInt32(1)),
            ("@id", connection.Id.Value)) is [var row] ? row : (null, connection.Revision);
        var same = session.First(
            $"SELECT id FROM credentials WHERE provider = @provider AND fingerprint = @fingerprint {session.ForUpdate}",
            row => row.GetString(0),
            ("@provider", connection.Provider), ("@fingerprint", fingerprint));

        // A name never used before: a revision is the connection's own and only grows.
        var id = new CredentialId(same ?? string.Create(CultureInfo.InvariantCulture, $"{connection.Id}.{revision}"));
        var version = same is null ? 1 : (session.Number("SELECT version FROM credentials WHERE id = @id", ("@id", same)) ?? 0) + 1;
        session.Execute(
            """
            INSERT INTO credentials (id, provider, world, fingerprint, body, version, stored_at, expires_at, refresh_expires_at)
            VALUES (@id, @provider, @world, @fingerprint, @body, @version, @now, @expires_at, @refresh_expires_at)
            ON CONFLICT (id) DO UPDATE SET
              body = excluded.body, version = excluded.version, stored_at = excluded.stored_at, expires_at = excluded.expires_at,
              refresh_expires_at = excluded.refresh_expires_at, spent_version = NULL, tries = 0, refusals = 0, failures = 0,
              not_before = NULL, stop = NULL
            """,
            ("@id", id.Value), ("@provider", connection.Provider), ("@world", connection.World), ("@fingerprint", fingerprint),
            ("@body", SealBody(id, version, body)), ("@version", version), ("@now", Now),
            ("@expires_at", StoredCredentials.FindMoment(body, "expires_at")?.ToColumn()),
            ("@refresh_expires_at", StoredCredentials.FindMoment(body, "refresh_expires_at")?.ToColumn()));
        session.Execute("UPDATE connections SET credential = @credential WHERE id = @id", ("@credential", id.Value), ("@id", connection.Id.Value));
        DropUnheld(session, old);
    }

    private static void DropUnheld(Session session, string? credential) => session.Execute(
        "DELETE FROM credentials WHERE id = @id AND NOT EXISTS (SELECT 1 FROM connections WHERE credential = @id)",
        ("@id", credential));

    /// <summary>What is spent at a refresh says whether credentials are the same; where there is none, all of them do.</summary>
    private string FingerprintOf(string? world, JsonElement body)
    {
        var spent = body.ValueKind == JsonValueKind.Object && body.TryGetProperty("refresh_token", out var token)
            && token.ValueKind == JsonValueKind.String
                ? token.GetString() ?? ""
                : body.GetRawText();
        return Convert.ToHexStringLower(
            HMACSHA256.HashData(DeriveKey("credential fingerprint"), Encoding.UTF8.GetBytes($"{world}\u001f{spent}")));
    }

    private byte[] SealBody(CredentialId id, long version, JsonElement body) =>
        sealer.Seal(CredentialsPlace(id, version), Encoding.UTF8.GetBytes(body.GetRawText()));

    private StoredCredentials ReadCredentials(Row row)
    {
        var (id, version) = (new CredentialId(row.GetString(0)), row.GetInt64(2));
        var body = JsonElement.Parse(sealer.Open(CredentialsPlace(id, version), row.GetBytes(3)));
        return new StoredCredentials(id, row.GetString(1), version, body, row.Time(4))
        {
            ExpiresAt = row.TimeOrNull(5),
            RefreshExpiresAt = row.TimeOrNull(6),
            IsInDoubt = row.NumberOrNull(7) == version,
            Refusals = row.GetInt32(8),
            Failures = row.GetInt32(9),
            NotBefore = row.TimeOrNull(10),
            Stop = row.TextOrNull(11),
        };
    }

    private static SealedPlace CredentialsPlace(CredentialId id, long version) => new("credentials", "body", id.Value, version);

    /// <summary>Before credentials had rows of their own they stood, sealed, in their connection's.</summary>
    private Task<int> MoveOldCredentialsAsync(CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var old = session.List(
                $"{SelectConnection} WHERE credentials IS NOT NULL",
                ReadConnection);
            foreach (var connection in old)
            {
                var found = session.First(
                    "SELECT credentials FROM connections WHERE id = @id", row => row.GetBytes(0), ("@id", connection.Id.Value));
                if (found is null) continue;
                var plain = sealer.Open(new SealedPlace("connections", "credentials", connection.Id.Value, connection.Revision), found);
                SwapCredentials(session, connection, JsonElement.Parse(plain));
                session.Execute("UPDATE connections SET credentials = NULL WHERE id = @id", ("@id", connection.Id.Value));
            }

            return old.Count;
        },
        cancellation);
}
