namespace Engine.Storage;

/// <summary>How something is done in a lane.</summary>
internal enum SessionUse
{
    /// <summary>It changes nothing.</summary>
    Read,

    /// <summary>A transaction.</summary>
    Write,

    /// <summary>One statement, which is a transaction by itself, and may be sent again where its outcome is not known.</summary>
    Statement,
}

/// <summary>Something that waits for a lane.</summary>
internal abstract class PostgresWork
{
    public abstract void Perform(PostgresLane lane);
}

internal sealed class PostgresWork<T>(Func<Session, T> perform, SessionUse use, CancellationToken cancellation) : PostgresWork
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
            outcome.TrySetResult(use switch
            {
                SessionUse.Read => lane.Read(perform),
                SessionUse.Write => lane.Write(perform),
                SessionUse.Statement => lane.State(perform),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
        catch (Exception thrown)
        {
            outcome.TrySetException(lane.ForCaller(thrown));
        }
    }
}
