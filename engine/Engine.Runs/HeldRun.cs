namespace Engine.Runs;

/// <summary>A claimed run while this process works on it.</summary>
internal sealed class HeldRun(ClaimedRun claimed)
{
    private readonly TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClaimedRun Claimed => claimed;

    public Lease Lease => claimed.Lease;

    /// <summary>Ends when another worker may have the run.</summary>
    public Task Lost => lost.Task;

    public void Lose() => lost.TrySetResult();
}
