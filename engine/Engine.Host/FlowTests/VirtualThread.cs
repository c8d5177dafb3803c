using System.Collections.Concurrent;

namespace Engine.Host;

/// <summary>
/// Runs asynchronous work on the calling thread alone, so that it is known when all of it waits for the time: then nothing is queued.
/// </summary>
internal sealed class VirtualThread : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> queue = [];
    private readonly SynchronizationContext? before = Current;

    private VirtualThread()
    {
    }

    /// <summary>Takes over the calling thread until it is disposed.</summary>
    public static VirtualThread Enter()
    {
        var thread = new VirtualThread();
        SetSynchronizationContext(thread);
        return thread;
    }

    /// <summary>Does what is queued, until nothing is.</summary>
    public void RunQueued()
    {
        while (queue.TryTake(out var item)) item.Callback(item.State);
    }

    /// <summary>Waits for what another thread is about to queue, and does it. A hint wakes its waiter by way of the thread pool.</summary>
    public void RunNext()
    {
        var (callback, state) = queue.Take();
        callback(state);
        RunQueued();
    }

    public override void Post(SendOrPostCallback d, object? state) => queue.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public void Dispose()
    {
        SetSynchronizationContext(before);
        queue.Dispose();
    }
}
