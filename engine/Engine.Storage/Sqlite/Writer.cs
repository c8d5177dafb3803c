using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Engine.Storage;

/// <summary>
/// The only writer. It takes all waiting writes into one transaction, each inside a savepoint so that one that fails
/// takes none of the others with it, and ends their tasks after the commit: one flush to disk serves them all. While another
/// process keeps the file locked, each write waits for as long as its caller has patience.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int BatchLimit = 1000;

    /// <summary>How long the writer waits for the lock in one go; then it looks who has waited long enough.</summary>
    public const int LockSliceMilliseconds = 200;

    private readonly Channel<Write> waiting =
        Channel.CreateUnbounded<Write>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnection connection;
    private readonly Session session;
    private readonly string file;
    private readonly TimeProvider time;
    private readonly Task loop;

    public Writer(SqliteConnection connection, Session session, string file, TimeProvider time)
    {
        this.connection = connection;
        this.session = session;
        this.file = file;
        this.time = time;
        loop = Task.Run(RunAsync);
    }

    /// <summary>Does the write; ends after it is on disk. A cancellation counts until the write begins.</summary>
    /// <param name="patience">How long it may wait for a lock that another process holds.</param>
    public Task<T> WriteAsync<T>(Func<Session, T> perform, TimeSpan patience, CancellationToken cancellation)
    {
        var write = new Write<T>(perform, time.GetUtcNow() + patience, cancellation);
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
            do
            {
                while (batch.Count < BatchLimit && waiting.Reader.TryRead(out var write)) batch.Add(write);
            }
            while (!TryCommit(batch));
        }
    }

    /// <summary>
    /// A border: whatever is thrown here goes to those who wait. False where the file stays locked and somebody has the patience to wait on;
    /// the batch then holds those.
    /// </summary>
    private bool TryCommit(List<Write> batch)
    {
        try
        {
            if (raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE") is var refused and not raw.SQLITE_OK)
            {
                var refusal = new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), refused);
                if (refused != raw.SQLITE_BUSY) throw refusal;
                DropImpatient(batch, SqliteTrouble.ForCaller(file, refusal));
                return batch.Count == 0;
            }

            foreach (var write in batch) write.Perform(session, () => IsInTransaction);
            session.Execute("COMMIT");
        }
        catch (Exception e)
        {
            RollBack();
            var trouble = SqliteTrouble.ForCaller(file, e);
            foreach (var write in batch) write.Fail(trouble);
            batch.Clear();
            return true;
        }

        foreach (var write in batch) write.Finish(file);
        batch.Clear();
        return true;
    }

    private void DropImpatient(List<Write> batch, Exception trouble)
    {
        var next = time.GetUtcNow() + TimeSpan.FromMilliseconds(LockSliceMilliseconds);
        foreach (var write in batch.Where(write => write.Until < next)) write.Fail(trouble);
        batch.RemoveAll(write => write.Until < next);
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

    /// <param name="until">When its caller has waited long enough for a locked file.</param>
    private abstract class Write(DateTimeOffset until)
    {
        public DateTimeOffset Until => until;

        public abstract void Perform(Session session, Func<bool> isInTransaction);

        public abstract void Finish(string file);

        public abstract void Fail(Exception trouble);
    }

    private sealed class Write<T>(Func<Session, T> perform, DateTimeOffset until, CancellationToken cancellation) : Write(until)
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
