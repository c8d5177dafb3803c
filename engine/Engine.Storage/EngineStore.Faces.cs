using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    private const string SelectFace = $"""
        SELECT id, flow, status, step, created_at, updated_at, due, exit, retry_due, crashes,
          (SELECT kind FROM journal WHERE journal.run = runs.number AND journal.seq = runs.journal_last)
        FROM {StoredRow.Tables}
        """;

    /// <summary>The faces of these runs, as they are stored now; those that are not there are left out.</summary>
    public Task<IReadOnlyList<RunFace>> FindFacesAsync(IReadOnlyCollection<RunId> ids, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return database.ReadAsync<IReadOnlyList<RunFace>>(
            session => [.. ids.Select(id => session.First($"{SelectFace} WHERE id = @id", ReadFace, ("@id", id.Value))).OfType<RunFace>()],
            cancellation);
    }

    /// <summary>Faces by filter, the newest first.</summary>
    public Task<IReadOnlyList<RunFace>> ListFacesAsync(FaceFilter filter, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filter);
        List<string> conditions = ["1 = 1"];
        if (filter.Flow is not null) conditions.Add("flow = @flow");
        if (filter.Status is not null) conditions.Add("status = @status");
        if (filter.Text is not null) conditions.Add("id LIKE @text ESCAPE '!'");
        var sql = $"{SelectFace} WHERE {string.Join(" AND ", conditions)} ORDER BY created_at DESC, number DESC LIMIT @limit OFFSET @skip";
        return database.ReadAsync<IReadOnlyList<RunFace>>(
            session => session.List(
                sql, ReadFace,
                ("@flow", filter.Flow), ("@status", filter.Status?.ToColumn()), ("@text", $"%{LikeText(filter.Text)}%"),
                ("@limit", Math.Clamp(filter.Limit, 1, 500)), ("@skip", filter.Skip)),
            cancellation);
    }

    /// <summary>The runs that have not ended, in the order they began, after a number; with the number to go on after.</summary>
    public Task<IReadOnlyList<(long Number, RunId Id)>> ListOpenAsync(long after, int max, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<(long Number, RunId Id)>>(
            session => session.List(
                "SELECT number, id FROM runs WHERE is_open = 1 AND number > @after ORDER BY number LIMIT @max",
                row => (row.GetInt64(0), new RunId(row.GetString(1))),
                ("@after", after), ("@max", max)),
            cancellation);

    /// <summary>How many runs there are in each status, among those that began since.</summary>
    public Task<IReadOnlyDictionary<RunStatus, long>> CountByStatusAsync(DateTimeOffset since, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyDictionary<RunStatus, long>>(
            session => session.List(
                "SELECT status, count(*) FROM runs WHERE created_at >= @since GROUP BY status",
                row => KeyValuePair.Create(row.Word<RunStatus>(0), row.GetInt64(1)),
                ("@since", since.ToColumn())).ToDictionary(),
            cancellation);

    private static string? LikeText(string? text) => text?.Replace("!", "!!", StringComparison.Ordinal)
        .Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private static RunFace ReadFace(Row row) => new(
        new RunId(row.GetString(0)), row.GetString(1), row.Word<RunStatus>(2), row.GetString(3), row.Time(4), row.Time(5),
        row.TimeOrNull(6), row.TextOrNull(7) is { } exit ? StoredJson.Read<Exit>(exit).Code : null, row.TextOrNull(10) ?? "")
    {
        RetryAt = row.TimeOrNull(8),
        Crashes = (int)(row.NumberOrNull(9) ?? 0),
    };
}
