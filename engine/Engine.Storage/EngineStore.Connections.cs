using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private const string SelectConnection = """
        SELECT id, flow, provider, subject, identity_key, identity_label, params, health, cause,
          created_at, updated_at, revision, world, credential, health_since
        FROM connections
        """;

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => database.ReadAsync(
        session => session.First($"{SelectConnection} WHERE id = @id", ReadConnection, ("@id", id.Value)),
        cancellation);

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, bool isInSandbox, CancellationToken cancellation) =>
        database.ReadAsync(
        session => session.First(
            $"""
             {SelectConnection} WHERE flow = @flow AND identity_key = @identity_key
               AND CASE WHEN world IS NULL THEN 0 ELSE 1 END = @is_in_sandbox
             ORDER BY updated_at DESC, number DESC LIMIT 1
             """,
            ReadConnection,
            ("@flow", flow), ("@identity_key", identityKey), ("@is_in_sandbox", isInSandbox ? 1 : 0)),
        cancellation);

    public Task<IReadOnlyList<Connection>> ListConnectionsAsync(string? subject, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Connection>>(
            session => session.List(
                $"""
                 {SelectConnection} {(subject is null ? "" : "WHERE subject = @subject")}
                 ORDER BY created_at DESC, number DESC
                 """,
                ReadConnection,
                ("@subject", subject)),
            cancellation);

    /// <summary>
    /// Stores a new connection, or brings one up to date; one that was deleted meanwhile stays deleted. New credentials take the place of the old ones
    /// here and nowhere earlier: until this commit the old ones are what is stored.
    /// </summary>
    private void PutConnection(Session session, Connection connection)
    {
        var changed = connection.Revision == 1 ? InsertConnection(session, connection) : UpdateConnection(session, connection);
        if (changed == 0) return;
        if (connection.Credentials is { } credentials) SwapCredentials(session, connection, credentials);
        HurryCare(session, connection.Id, Now);
    }

    private static int InsertConnection(Session session, Connection connection) => session.Execute(
        """
        INSERT INTO connections (
          id, flow, provider, subject, identity_key, identity_label, params, health, cause,
          created_at, updated_at, revision, world, health_since)
        VALUES (
          @id, @flow, @provider, @subject, @identity_key, @identity_label, @params, @health,
          @cause, @created_at, @updated_at, 1, @world, @updated_at)
        ON CONFLICT (id) DO NOTHING
        """,
        ("@id", connection.Id.Value), ("@flow", connection.Flow), ("@provider", connection.Provider),
        ("@subject", connection.Subject),
        ("@identity_key", connection.IdentityKey), ("@identity_label", connection.IdentityLabel),
        ("@params", connection.Params.GetRawText()), ("@health", connection.Health.ToColumn()), ("@cause", connection.Cause),
        ("@created_at", connection.CreatedAt.ToColumn()), ("@updated_at", connection.UpdatedAt.ToColumn()),
        ("@world", connection.World));

    private static int UpdateConnection(Session session, Connection connection) => session.Execute(
        """
        UPDATE connections SET
          identity_key = @identity_key, identity_label = @identity_label, params = @params,
          health_since = CASE WHEN health = @health THEN health_since ELSE @updated_at END, health = @health, cause = @cause,
          updated_at = @updated_at, revision = CASE WHEN revision + 1 > @revision THEN revision + 1 ELSE @revision END, world = @world
        WHERE id = @id
        """,
        ("@id", connection.Id.Value),
        ("@identity_key", connection.IdentityKey), ("@identity_label", connection.IdentityLabel),
        ("@params", connection.Params.GetRawText()), ("@health", connection.Health.ToColumn()), ("@cause", connection.Cause),
        ("@updated_at", connection.UpdatedAt.ToColumn()), ("@revision", connection.Revision), ("@world", connection.World));

    private static Connection ReadConnection(Row row) => new(
        Id: new ConnectionId(row.GetString(0)),
        Flow: row.GetString(1),
        Provider: row.GetString(2),
        Subject: row.GetString(3),
        IdentityKey: row.TextOrNull(4),
        IdentityLabel: row.TextOrNull(5),
        Params: JsonElement.Parse(row.GetString(6)),
        Credentials: null,
        Health: row.Word<ConnectionHealth>(7),
        Cause: row.TextOrNull(8),
        CreatedAt: row.Time(9),
        UpdatedAt: row.Time(10),
        Revision: row.GetInt32(11))
    {
        World = row.TextOrNull(12),
        Credential = row.TextOrNull(13) is { } credential ? new CredentialId(credential) : null,
        HealthSince = row.TimeOrNull(14),
    };
}
