using System.Text;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;
using Microsoft.Data.Sqlite;

namespace Engine.Storage;

public sealed partial class SqliteStore
{
    private const string SelectConnection = """
        SELECT id, flow, provider, subject, identity_key, identity_label, params, health, cause,
          created_at, updated_at, revision, credentials
        FROM connections
        """;

    public Task<Connection?> FindConnectionAsync(ConnectionId id, CancellationToken cancellation) => database.ReadAsync(
        session => session.First($"{SelectConnection} WHERE id = @id", ReadWithCredentials, ("@id", id.Value)),
        cancellation);

    public Task<Connection?> FindConnectionAsync(string flow, string identityKey, CancellationToken cancellation) =>
        database.ReadAsync(
        session => session.First(
            $"""
             {SelectConnection} WHERE flow = @flow AND identity_key = @identity_key
             ORDER BY updated_at DESC, number DESC LIMIT 1
             """,
            ReadWithCredentials,
            ("@flow", flow), ("@identity_key", identityKey)),
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

    private byte[]? SealCredentials(Connection connection) => connection.Credentials is { } credentials
        ? sealer.Seal(CredentialsPlace(connection), Encoding.UTF8.GetBytes(credentials.GetRawText()))
        : null;

    private static void PutConnection(Session session, Connection connection, byte[]? credentials) => session.Execute(
        """
        INSERT INTO connections (
          id, flow, provider, subject, identity_key, identity_label, params, credentials, health, cause,
          created_at, updated_at, revision)
        VALUES (
          @id, @flow, @provider, @subject, @identity_key, @identity_label, @params, @credentials, @health,
          @cause, @created_at, @updated_at, @revision)
        ON CONFLICT (id) DO UPDATE SET
          identity_key = excluded.identity_key, identity_label = excluded.identity_label, params = excluded.params,
          credentials = excluded.credentials, health = excluded.health, cause = excluded.cause,
          updated_at = excluded.updated_at, revision = excluded.revision
        """,
        ("@id", connection.Id.Value), ("@flow", connection.Flow), ("@provider", connection.Provider),
        ("@subject", connection.Subject),
        ("@identity_key", connection.IdentityKey), ("@identity_label", connection.IdentityLabel),
        ("@params", connection.Params.GetRawText()),
        ("@credentials", credentials), ("@health", connection.Health.ToColumn()), ("@cause", connection.Cause),
        ("@created_at", connection.CreatedAt.ToColumn()), ("@updated_at", connection.UpdatedAt.ToColumn()),
        ("@revision", connection.Revision));

    private static Connection ReadConnection(SqliteDataReader row) => new(
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
        Revision: row.GetInt32(11));

    private Connection ReadWithCredentials(SqliteDataReader row)
    {
        var connection = ReadConnection(row);
        return row.BytesOrNull(12) is { } credentials
            ? connection with { Credentials = OpenCredentials(connection, credentials) }
            : connection;
    }

    private JsonElement OpenCredentials(Connection connection, byte[] credentials) =>
        JsonElement.Parse(sealer.Open(CredentialsPlace(connection), credentials));

    private static SealedPlace CredentialsPlace(Connection connection) =>
        new("connections", "credentials", connection.Id.Value, connection.Revision);
}
