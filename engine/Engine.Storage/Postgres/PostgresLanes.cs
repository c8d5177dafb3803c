using System.Collections.Concurrent;

namespace Engine.Storage;

/// <summary>
/// A few connections with a thread each, that work on whatever waits. More than a server has processors and disks for would wait inside it
/// instead of here.
/// </summary>
internal sealed class PostgresLanes : IAsyncDisposable
{
    private readonly BlockingCollection<PostgresWork> waiting = [];
    private readonly PostgresPlace place;
    private readonly string tag;
    private readonly Task[] lanes;

    /// <param name="tag">Marks this node's hints.</param>
    public PostgresLanes(PostgresPlace place, string tag, int count)
    {
        (this.place, this.tag) = (place, tag);
        lanes = [.. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
            Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
    }

    /// <param name="patience">How long the caller waits for the outcome; null: as long as it takes.</param>
    public async Task<T> DoAsync<T>(Func<Session, T> perform, SessionUse use, TimeSpan? patience, CancellationToken cancellation)
    {
        var work = new PostgresWork<T>(perform, use, cancellation);
        try
        {
            waiting.Add(work, CancellationToken.None);
        }
        catch (InvalidOperationException closed)
        {
            throw new ObjectDisposedException("the store is closed", closed);
        }

        if (patience is not { } limit) return await work.Outcome;
        try
        {
            return await work.Outcome.WaitAsync(limit, TimeProvider.System, CancellationToken.None);
        }
        catch (TimeoutException late)
        {
            work.Forget();
            throw new StorageUnavailableException(place.Name, PostgresTrouble.NoAnswer, late);
        }
    }

    /// <summary>Finishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.CompleteAdding();
        await Task.WhenAll(lanes);
        waiting.Dispose();
    }

    private void Run()
    {
        using var lane = new PostgresLane(place, tag);
        foreach (var work in waiting.GetConsumingEnumerable()) work.Perform(lane);
    }
}
