using Engine.Runs;

namespace Engine.Storage;

/// <summary>A row of <c>runs</c> with its row of <c>wakes</c>: the run without its sealed parts, and what only the store knows of it.</summary>
/// <param name="Run">Without prompt and state.</param>
/// <param name="AnsweredPrompt">The last prompt that got an accepted reply; null for none.</param>
/// <param name="InboxLast">The newest inbox item's number; 0 before the first.</param>
internal sealed record StoredRow(long Number, StoredRun Run, string? AnsweredPrompt, long InboxLast)
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string ColumnNames = """
        runs.number, runs.id, runs.flow, runs.flow_version, runs.purpose, runs.subject, runs.connection,
        runs.world, runs.status, runs.step,
        runs.created_at, runs.updated_at, wakes.due, runs.revision, wakes.rounds, wakes.inbox_seen, runs.exit,
        runs.answered_prompt_id, wakes.inbox_last, wakes.crashes, wakes.retry_due
        """;

    /// <summary>Where <see cref="ColumnNames"/> are.</summary>
    public const string Tables = "runs JOIN wakes ON wakes.run = runs.number";

    public const int ColumnCount = 21;

    public static StoredRow Read(Row row) => new(
        row.GetInt64(0),
        new StoredRun(
            Id: new RunId(row.GetString(1)),
            Flow: row.GetString(2),
            FlowVersion: row.GetString(3),
            Purpose: row.Word<Flows.Purpose>(4),
            Subject: row.GetString(5),
            Connection: row.TextOrNull(6) is { } connection ? new ConnectionId(connection) : null,
            World: row.TextOrNull(7),
            Status: row.Word<RunStatus>(8),
            Step: row.GetString(9),
            CreatedAt: row.Time(10),
            UpdatedAt: row.Time(11),
            Due: row.TimeOrNull(12),
            Revision: row.GetInt64(13),
            Rounds: row.GetInt32(14),
            InboxSeen: row.GetInt64(15),
            Exit: row.TextOrNull(16) is { } exit ? StoredJson.Read<Exit>(exit) : null,
            Prompt: null,
            State: default)
        {
            Crashes = (int)(row.NumberOrNull(19) ?? 0),
            RetryAt = row.TimeOrNull(20),
        },
        row.TextOrNull(17),
        row.GetInt64(18));
}
