using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Engine.Storage;

/// <summary>
/// The only writer. It takes all waiting writes into one transaction, each inside a savepoint so that one that fails
/// takes none of the others with it, and ends their tasks after the commit: one flush to disk serves them all.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int BatchLimit = 1000;

    private readonly Channel<Write> waiting =
        Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnection connection;
    private readonly Session session;
    private readonly string file;
    private readonly Task loop;

    public Writer(SqliteConnection connection, Session session, string file)
    {
        this.connection = connection;
        this.session = session;
        this.file = file;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Does the write; ends after it is on disk. A cancellation counts until the write begins.</summary>
    public Task<T> WriteAsync<T>(Func<Session, T> perform, CancellationToken cancellation)
    {
        var write = new Write<T>(perform, cancellation);
        ObjectDisposedException.ThrowIf(!waiting.Writer.TryWrite(write), typeof(EngineStore));
        return write.Outcome;
    }

    /// <summary>Finishes what waits.</summary>
    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop;
        session.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Write>();
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchLimit && waiting.Reader.TryRead(out var write)) batch.Add(write);
            Commit(batch);
            batch.Clear();
        }
    }

    /// <summary>A border: whatever is thrown here goes to those who wait.</summary>
    private void Commit(List<Write> batch)
    {
        try
        {
            session.Execute("BEGIN IMMEDIATE");
            foreach (var write in batch) write.Perform(session, () => IsInTransaction);
            session.Execute("COMMIT");
        }
        catch (Exception e)
        {
            RollBack();
            var trouble = SqliteTrouble.ForCaller(file, e);
            foreach (var write in batch) write.Fail(trouble);
            return;
        }

        foreach (var write in batch) write.Finish(file);
    }

    /// <summary>False once SQLite has rolled a transaction back by itself, as it does when the disk is full.</summary>
    private bool IsInTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    private void RollBack()
    {
        try
        {
            if (IsInTransaction) session.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself; the next BEGIN tells whether the database can be used again.
        }
    }

    private abstract class Write
    {
        public abstract void Perform(Session session, Func<bool> isInTransaction);

        public abstract void Finish(string file);

        public abstract void Fail(Exception trouble);
    }

    private sealed class Write<T>(Func<Session, T> perform, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<bool>? finish;
        private Exception? failure;

        public Task<T> Outcome => outcome.Task;

        public override void Perform(Session session, Func<bool> isInTransaction)
        {
            if (cancellation.IsCancellationRequested)
            {
                finish = () => outcome.TrySetCanceled(cancellation);
                return;
            }

            session.Execute("SAVEPOINT write");
            try
            {
                var result = perform(session);
                finish = () => outcome.TrySetResult(result);
            }
            catch (Exception e) when (isInTransaction())
            {
                session.Execute("ROLLBACK TO write");
                failure = e;
            }

            session.Execute("RELEASE write");
        }

        public override void Finish(string file)
        {
            if (failure is not null) outcome.TrySetException(SqliteTrouble.ForCaller(file, failure));
            else finish?.Invoke();
        }

        public override void Fail(Exception trouble) => outcome.TrySetException(trouble);
    }
}
