using System.Threading.Channels;

namespace Engine.Storage;

/// <summary>
/// Gathers small writes of one kind: while a few statements are under way, what comes waits for the next. One that fails takes none of the
/// others with it.
/// </summary>
internal sealed class PostgresBatches<TItem, TResult> : IAsyncDisposable
{
    /// <summary>Statements under way at the same time: each waits for its flush to disk.</summary>
    private const int Statements = 3;

    private readonly Channel<Waiting> channel = Channel.CreateUnbounded<Waiting>();
    private readonly PostgresLanes lanes;
    private readonly Func<Session, IReadOnlyList<TItem>, IReadOnlyList<TResult>> perform;
    private readonly int limit;
    private readonly Task loops;

    /// <param name="perform">Does a batch in one statement; gives an outcome for each.</param>
    public PostgresBatches(PostgresLanes lanes, Func<Session, IReadOnlyList<TItem>, IReadOnlyList<TResult>> perform, int limit)
    {
        this.lanes = lanes;
        this.perform = perform;
        this.limit = limit;
        loops = Task.WhenAll(Enumerable.Range(0, Statements).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Ends when the item's statement is on disk. A cancellation counts until it begins.</summary>
    public Task<TResult> AddAsync(TItem item, CancellationToken cancellation)
    {
        var waiting = new Waiting(item, cancellation);
        ObjectDisposedException.ThrowIf(!channel.Writer.TryWrite(waiting), typeof(EngineStore));
        return waiting.Outcome.Task;
    }

    public async ValueTask DisposeAsync()
    {
        channel.Writer.TryComplete();
        await loops;
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>();
        while (await channel.Reader.WaitToReadAsync())
        {
            while (batch.Count < limit && channel.Reader.TryRead(out var waiting))
            {
                if (waiting.Cancellation.IsCancellationRequested) waiting.Outcome.TrySetCanceled(waiting.Cancellation);
                else batch.Add(waiting);
            }

            if (batch.Count > 0) await DoAsync(batch);
            batch.Clear();
        }
    }

    /// <summary>A border: whatever is thrown here goes to those who wait.</summary>
    private async Task DoAsync(List<Waiting> batch)
    {
        try
        {
            TItem[] items = [.. batch.Select(waiting => waiting.Item)];
            var outcomes = await lanes.DoAsync(session => perform(session, items), SessionUse.Statement, patience: null, CancellationToken.None);
            for (var i = 0; i < batch.Count; i++) batch[i].Outcome.TrySetResult(outcomes[i]);
        }
        catch (Exception thrown) when (batch.Count == 1 || thrown is StorageUnavailableException)
        {
            foreach (var waiting in batch) waiting.Outcome.TrySetException(thrown);
        }
        catch (Exception)
        {
            foreach (var waiting in batch) await DoAsync([waiting]);
        }
    }

    private sealed record Waiting(TItem Item, CancellationToken Cancellation)
    {
        public TaskCompletionSource<TResult> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
