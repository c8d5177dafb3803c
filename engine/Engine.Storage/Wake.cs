using Engine.Runs;

namespace Engine.Storage;

/// <summary>A row of <c>wakes</c> that was just claimed.</summary>
internal sealed record Wake(
    long Number, DateTimeOffset? Due, int Rounds, long InboxSeen, long InboxLast, int Crashes, DateTimeOffset? RetryAt, long Fence, DateTimeOffset Until)
{
    /// <summary>The columns that <see cref="Read"/> takes, in its order.</summary>
    public const string ColumnNames = "run, due, rounds, inbox_seen, inbox_last, crashes, retry_due, fence, lease_until";

    public static Wake Read(Row row) => new(
        row.GetInt64(0), row.TimeOrNull(1), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4), (int)(row.NumberOrNull(5) ?? 0),
        row.TimeOrNull(6), row.GetInt64(7), row.Time(8));

    /// <summary>The claimed run where the claimer knows all the rest of it; null where it must be read.</summary>
    public TakenRun? With(KnownRun known)
    {
        if (InboxLast > InboxSeen || known(Number, Fence) is not { } row) return null;
        var run = row with { Due = Due, Rounds = Rounds, InboxSeen = InboxSeen, Crashes = Crashes, RetryAt = RetryAt };
        return new TakenRun(new StoredRowWithBody(new StoredRow(Number, run, null, InboxLast), null), Fence, Until, []);
    }
}
