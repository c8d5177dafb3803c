using System.Collections.Concurrent;

namespace Engine.Runs;

/// <summary>
/// Tells those who wait in this process that a run has changed, or that work was added. A hint only: it may come too often, and
/// whoever waits must look at the store.
/// </summary>
public sealed class RunChanges
{
    private readonly ConcurrentDictionary<RunId, TaskCompletionSource> watched = new();
    private volatile TaskCompletionSource work = NewSource();

    /// <summary>Is told each run that changed, on the thread that changed it: it must return at once. Null: nobody.</summary>
    public Action<RunId>? Observer { get; set; }

    /// <summary>A task that ends at the run's next change. Take it before reading the run, so that no change falls between.</summary>
    public Task NextChange(RunId run) => watched.GetOrAdd(run, _ => NewSource()).Task;

    /// <summary>A task that ends when something became due at once.</summary>
    public Task NextWork() => work.Task;

    /// <summary>Says that a run's row or prompt changed.</summary>
    public void RunChanged(RunId run)
    {
        if (watched.TryRemove(run, out var source)) source.TrySetResult();
        Observer?.Invoke(run);
    }

    /// <summary>Lets go of all who wait for a run that has ended: it changes no more, and would be waited for without end.</summary>
    public void Forget(RunId run) => RunChanged(run);

    /// <summary>
    /// Says that something came into a run's inbox: whoever works on the run looks now, also while a call is under way, and
    /// where nobody does, it is due.
    /// </summary>
    public void InboxGrew(RunId run)
    {
        RunChanged(run);
        WorkAdded();
    }

    /// <summary>Says that a run became due now.</summary>
    public void WorkAdded() => Interlocked.Exchange(ref work, NewSource()).TrySetResult();

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
