using System.Collections.Immutable;
using System.Diagnostics;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>What operators look at, and what they do. Lists go by place, not by page number, so that page 2,000 costs what page 1 does.</summary>
public sealed partial class EngineStore
{
    private const string SelectStanding =
        $"SELECT {StoredRow.ColumnNames}, wakes.holder, wakes.fence, wakes.lease_until FROM {StoredRow.Tables}";

    /// <summary>Runs, newest first.</summary>
    public Task<IReadOnlyList<RunStanding>> ListStandingsAsync(RunQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        var limit = Math.Clamp(query.Limit, 1, 200);
        return database.ReadAsync<IReadOnlyList<RunStanding>>(
            session =>
            [
                .. PartsOf(query).SelectMany(part => ListPart(session, query, part, limit))
                    .DistinctBy(run => run.Place.Number)
                    .OrderByDescending(run => run.Place.CreatedAt).ThenByDescending(run => run.Place.Number).Take(limit),
            ],
            cancellation);
    }

    /// <summary>One run; null where there is none.</summary>
    public Task<RunStanding?> FindStandingAsync(RunId id, CancellationToken cancellation) => database.ReadAsync(
        session => session.First($"{SelectStanding} WHERE id = @id", row => StandingOf(StoredRow.Read(row), Held.Read(row)), ("@id", id.Value)),
        cancellation);

    /// <summary>How many runs there are by status, and how many are late.</summary>
    public Task<RunCounts> CountRunsAsync(DateTimeOffset lateSince, CancellationToken cancellation) => database.ReadAsync(
        session => new RunCounts(
            session.List(
                """
                SELECT status, count(*) FROM runs WHERE is_open = 1 GROUP BY status
                UNION ALL SELECT status, count(*) FROM runs WHERE is_open = 0 GROUP BY status
                """,
                row => KeyValuePair.Create(row.Word<RunStatus>(0), row.GetInt64(1))).ToImmutableDictionary(),
            session.Number(
                "SELECT count(*) FROM wakes WHERE coalesce(lease_until, due) < @late", ("@late", lateSince.ToColumn())) ?? 0),
        cancellation);

    /// <summary>How many open runs pin each version of each flow.</summary>
    public Task<IReadOnlyList<PinnedCount>> CountPinnedAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<PinnedCount>>(
        session => session.List(
            "SELECT flow, flow_version, count(*) FROM runs WHERE is_open = 1 GROUP BY flow, flow_version ORDER BY flow, flow_version",
            row => new PinnedCount(row.GetString(0), row.GetString(1), row.GetInt64(2))),
        cancellation);

    /// <summary>Does it, notes it in the run's journal and in the operators' log, all or nothing. False where the run is unknown or has ended.</summary>
    /// <param name="who">The name of the API key.</param>
    public Task<bool> ActAsync(RunId id, RunAction action, string who, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            if (FindTarget(session, id) is not { IsOpen: true } target) return false;
            var journaled = session.List(
                "UPDATE runs SET journal_last = journal_last + 1 WHERE number = @number RETURNING journal_last, step",
                row => (Seq: row.GetInt64(0), Step: row.GetString(1)), ("@number", target.Number));
            if (journaled is not [var (seq, step)]) return false;
            var detail = ImmutableDictionary<string, string>.Empty.Add("action", action.ToColumn()).Add("by", who);
            InsertJournal(session, target.Number, seq, [new JournalEntry(seq, Time.GetUtcNow(), "operator", step, detail)]);
            LogOperator(session, who, action.ToColumn(), id.Value, step);
            switch (action)
            {
                case RunAction.Wake:
                    session.Execute("UPDATE wakes SET due = @now WHERE run = @number", ("@number", target.Number), ("@now", Now));
                    break;
                case RunAction.AskAgain:
                    Append(session, id, target, HurryKind, null);
                    break;
                case RunAction.Cancel:
                    if (!IsCancelWaiting(session, target)) Append(session, id, target, CancelKind, null);
                    break;
                default:
                    throw new UnreachableException();
            }

            return true;
        },
        cancellation);

    /// <summary>Notes what an operator did to something that is no run.</summary>
    public Task LogOperatorAsync(string who, string action, string on, string detail, CancellationToken cancellation) =>
        database.WriteAsync(session => LogOperator(session, who, action, on, detail), cancellation);

    /// <summary>What operators did, newest first.</summary>
    public Task<IReadOnlyList<OperatorEntry>> ListOperatorLogAsync(int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<OperatorEntry>>(
            session => session.List(
                "SELECT at, who, action, object, detail FROM operator_log ORDER BY number DESC LIMIT @limit",
                row => new OperatorEntry(row.Time(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
                ("@limit", limit)),
            cancellation);

    /// <summary>
    /// The queries whose results together hold the newest runs: each can go along an index. Ended and open runs have indexes of their own, so that
    /// those cost a waiting run nothing.
    /// </summary>
    private static IEnumerable<(string Where, string? Flow)> PartsOf(RunQuery query)
    {
        string[] texts = query.Text switch
        {
            null => [""],
            _ when query.Text.StartsWith("run_", StringComparison.Ordinal) => [" AND id = @text"],
            _ when query.Text.StartsWith("con_", StringComparison.Ordinal) => [" AND connection = @text"],
            { Length: 8 } => [" AND subject = @text", " AND substr(id, 23) = @text"],
            _ => [" AND subject = @text"],
        };
        string[] states = query switch
        {
            { LateSince: not null } => [" AND is_open = 1 AND coalesce(lease_until, due) < @late"],
            { Status: { } status } => [$" AND is_open = {(status.IsFinal() ? 0 : 1)} AND status = @status"],
            { IsOpenOnly: true } => [" AND is_open = 1"],
            { Flows.IsEmpty: false } => [" AND is_open = 1", " AND is_open = 0"],
            _ => [""],
        };
        if (query is { LateSince: not null, Status: not null }) states = [states[0] + " AND status = @status"];
        return from state in states
               from flow in query.Flows.IsEmpty ? [null] : query.Flows.Cast<string?>()
               from text in texts
               select (state + text + (flow is null ? "" : " AND flow = @flow"), flow);
    }

    private static List<RunStanding> ListPart(Session session, RunQuery query, (string Where, string? Flow) part, int limit)
    {
        var more = (query.IsSandbox is { } isSandbox ? $" AND world IS {(isSandbox ? "NOT " : "")}NULL" : "")
            + (query.Before is null ? "" : " AND created_at <= @at AND (created_at < @at OR number < @number)");
        List<(string, object?)> values = [("@limit", limit)];
        if (query.Text is not null) values.Add(("@text", query.Text));
        if (query.LateSince is { } late) values.Add(("@late", late.ToColumn()));
        if (query.Status is { } status) values.Add(("@status", status.ToColumn()));
        if (part.Flow is not null) values.Add(("@flow", part.Flow));
        if (query.Before is { } before) values.AddRange([("@at", before.CreatedAt.ToColumn()), ("@number", before.Number)]);
        return session.List(
            $"{SelectStanding} WHERE 1 = 1{part.Where}{more} ORDER BY created_at DESC, number DESC LIMIT @limit",
            row => StandingOf(StoredRow.Read(row), Held.Read(row)),
            values.ToArray());
    }

    private static RunStanding StandingOf(StoredRow row, Held held) => new(
        row.Run, new RunPlace(row.Run.CreatedAt, row.Number), held.Node, held.Fence, held.Until, row.InboxLast - row.Run.InboxSeen);

    private int LogOperator(Session session, string who, string action, string on, string detail) => session.Execute(
        "INSERT INTO operator_log (at, who, action, object, detail) VALUES (@now, @who, @action, @object, @detail)",
        ("@now", Now), ("@who", who), ("@action", action), ("@object", on), ("@detail", detail));

    private sealed record Held(string? Node, long Fence, DateTimeOffset? Until)
    {
        public static Held Read(Row row) => new(
            row.TextOrNull(StoredRow.ColumnCount), row.GetInt64(StoredRow.ColumnCount + 1), row.TimeOrNull(StoredRow.ColumnCount + 2));
    }
}
