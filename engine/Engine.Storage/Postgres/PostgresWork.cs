namespace Engine.Storage;

/// <summary>Something that waits for a lane.</summary>
internal abstract class PostgresWork
{
    public abstract void Perform(PostgresLane lane);
}

internal sealed class PostgresWork<T>(Func<Session, T> perform, bool isWrite, CancellationToken cancellation) : PostgresWork
{
    private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isForgotten;

    public Task<T> Outcome => outcome.Task;

    /// <summary>Nobody waits any more: it is not begun.</summary>
    public void Forget() => isForgotten = true;

    /// <summary>A border: whatever is thrown here goes to the one who waits.</summary>
    public override void Perform(PostgresLane lane)
    {
        if (isForgotten || cancellation.IsCancellationRequested)
        {
            outcome.TrySetCanceled(cancellation);
            return;
        }

        try
        {
            outcome.TrySetResult(isWrite ? lane.Write(perform) : lane.Read(perform));
        }
        catch (Exception thrown)
        {
            outcome.TrySetException(lane.ForCaller(thrown));
        }
    }
}
