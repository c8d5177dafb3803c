using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// What is written at each wake-up of each run. It decides how many runs an engine can keep waiting, so each database does it in its own way.
/// </summary>
internal abstract class RunWakes
{
    /// <summary>Takes due runs for a node.</summary>
    public abstract Task<IReadOnlyList<TakenRun>> ClaimAsync(ClaimRequest request, CancellationToken cancellation);

    /// <summary>Lengthens leases; gives those that were lost.</summary>
    public abstract Task<IReadOnlyList<RunId>> RenewAsync(IReadOnlyList<Lease> leases, TimeSpan by, CancellationToken cancellation);

    /// <summary>Stores when to look again, and lets go. False where the lease was lost.</summary>
    public abstract Task<bool> PostponeAsync(Lease lease, DateTimeOffset due, CancellationToken cancellation);

    /// <summary>Stores an advance that touches nothing but the run. False where the lease was lost.</summary>
    public abstract Task<bool> SaveAsync(RunSave save, SealedBody body, CancellationToken cancellation);
}

/// <summary>A run that was claimed, still sealed.</summary>
/// <param name="Inbox">The items it has not seen.</param>
internal sealed record TakenRun(StoredRowWithBody Stored, long Fence, DateTimeOffset Until, IReadOnlyList<SealedItem> Inbox)
{
    public Lease Lease => new(Stored.Row.Run.Id, Fence, Until) { Row = Stored.Row.Number };
}

/// <summary>An inbox item as it is stored.</summary>
/// <param name="Content">Sealed; null for a request to cancel.</param>
internal sealed record SealedItem(long Seq, DateTimeOffset At, string Kind, byte[]? Content)
{
    public const string ColumnNames = "seq, at, kind, content";

    public static SealedItem Read(Row row) => new(row.GetInt64(0), row.Time(1), row.GetString(2), row.BytesOrNull(3));
}
