namespace Engine.Host;

/// <summary>
/// Runs asynchronous work on the calling thread alone, so that it is known when all of it waits for the time: then nothing is queued.
/// </summary>
internal sealed class VirtualThread : SynchronizationContext, IDisposable
{
    private readonly Lock gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> queue = new();
    private readonly SemaphoreSlim queued = new(0);
    private readonly SynchronizationContext? before = Current;
    private bool isLeft;

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
        while (queued.Wait(0, CancellationToken.None)) RunOne();
    }

    /// <summary>Waits for what another thread is about to queue, and does it. A hint wakes its waiter by way of the thread pool.</summary>
    public void RunNext()
    {
        queued.Wait(CancellationToken.None);
        RunOne();
        RunQueued();
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (gate)
        {
            // A rehearsal that was stopped leaves work behind that nobody does any more.
            if (isLeft) return;
            queue.Enqueue((d, state));
            queued.Release();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public void Dispose()
    {
        SetSynchronizationContext(before);
        lock (gate)
        {
            isLeft = true;
            queued.Dispose();
        }
    }

    private void RunOne()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (gate) next = queue.Dequeue();
        next.Callback(next.State);
    }
}
