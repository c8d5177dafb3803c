using System.Text.Json;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public Task<RunCreation> CreateAsync(
        StoredRun run, IdempotencyKey? key, IReadOnlyList<JournalEntry> journal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(journal);

        var body = SealedBody.Of(run, sealer);
        return database.WriteAsync(
            session =>
            {
                if ((key is null ? null : FindRepeated(session, key)) is { } repeated) return repeated;
                if (FindOpenReauth(session, run) is { } open) return new RunCreation.AlreadyOpen(open);

                var number = InsertRun(session, run, body, journal.Count);
                InsertJournal(session, number, 1, journal);
                InsertHooks(session, run);
                if (key is not null) KeepKey(session, key, run.Id);
                session.Hint(run.Id, hasWork: true);
                return new RunCreation.Created();
            },
            cancellation);
    }

    public Task<StoredRun?> FindAsync(RunId id, CancellationToken cancellation) =>
        database.ReadAsync(session => Find(session, id), cancellation);

    public Task<IReadOnlyList<StoredRun>> ListAsync(RunFilter filter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);

        List<string> conditions = ["1 = 1"];
        if (filter.Flow is not null) conditions.Add("flow = @flow");
        if (filter.Subject is not null) conditions.Add("subject = @subject");
        if (filter.Status is not null) conditions.Add("status = @status");
        if (filter.Among is not null) conditions.Add(database.Dialect.IsAmong("id", "@among"));
        if (filter.IsOpenOnly) conditions.Add("is_open = 1");
        var sql = $"""
            SELECT {StoredRow.ColumnNames} FROM {StoredRow.Tables} WHERE {string.Join(" AND ", conditions)}
            ORDER BY {database.Dialect.NewestFirst} LIMIT @limit
            """;
        return database.ReadAsync<IReadOnlyList<StoredRun>>(
            session => session.List(
                sql,
                row => StoredRow.Read(row).Run,
                ("@flow", filter.Flow), ("@subject", filter.Subject), ("@status", filter.Status?.ToColumn()),
                ("@among", filter.Among is null ? null : JsonSerializer.Serialize(filter.Among.Select(run => run.Value))),
                ("@limit", Math.Clamp(filter.Limit, 1, 200))),
            cancellation);
    }

    public Task<IReadOnlyList<JournalEntry>> ReadJournalAsync(RunId id, long after, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<JournalEntry>>(
            session => session.List(
                """
                SELECT seq, at, kind, step, detail FROM journal
                WHERE run = (SELECT number FROM runs WHERE id = @id) AND seq > @after ORDER BY seq
                """,
                row => new JournalEntry(
                    row.GetInt64(0), row.Time(1), row.GetString(2), row.GetString(3),
                    StoredJson.Read<Dictionary<string, string>>(row.GetString(4))),
                ("@id", id.Value), ("@after", after)),
            cancellation);

    private StoredRun? Find(Session session, RunId id) =>
        session.First($"{StoredRowWithBody.Select} WHERE runs.id = @id", StoredRowWithBody.Read, ("@id", id.Value))
            ?.OpenAsSeen(sealer);

    private static RunCreation? FindRepeated(Session session, IdempotencyKey key) => session.First<RunCreation>(
        "SELECT request_hash, run FROM idempotency_keys WHERE key = @key",
        row => row.GetString(0) == key.RequestHash
            ? new RunCreation.Repeated(new RunId(row.GetString(1)))
            : new RunCreation.KeyReused(),
        ("@key", key.Key));

    private void KeepKey(Session session, IdempotencyKey key, RunId run) => session.Execute(
        "INSERT INTO idempotency_keys (key, request_hash, run, created_at) VALUES (@key, @request_hash, @run, @now)",
        ("@key", key.Key), ("@request_hash", key.RequestHash), ("@run", run.Value), ("@now", Now));

    private static RunId? FindOpenReauth(Session session, StoredRun run)
    {
        if (run.Purpose == Purpose.Connect || run.Connection is not { } connection) return null;
        var open = session.First(
            "SELECT id FROM runs WHERE connection = @connection AND purpose IN ('reauth', 'reconfigure') AND is_open = 1",
            row => row.GetString(0),
            ("@connection", connection.Value));
        return open is null ? null : new RunId(open);
    }
}
