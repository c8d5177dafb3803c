using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Engine.Storage;

/// <summary>
/// The database file <c>engine.db</c> in the data folder: one writer, and readers that never wait for it (WAL).
/// </summary>
internal sealed class SqliteDatabase : Database
{
    private const int IdleReaders = 16;

    // Beside the wait within SQLite, the library asks again until so many seconds are over.
    private const int ReaderSeconds = 1;

    /// <summary>
    /// How long a caller waits while another process keeps the file locked: whoever asks over HTTP is told within a second. The engine's own work
    /// waits longer, and none of it is lost by it: it is due again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(900);
    private static readonly TimeSpan WorkPatience = TimeSpan.FromSeconds(10);

    private static readonly string ShortWait = $"PRAGMA busy_timeout = {Writer.LockSliceMilliseconds}";

    // FULL: a commit is on disk before anyone is told of it. What is deleted is overwritten, though it is sealed.
    private const string WriterPragmas = """
        PRAGMA busy_timeout = 10000;
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -32000;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
        """;

    private const string ReaderPragmas = """
        PRAGMA busy_timeout = 900;
        PRAGMA temp_store = MEMORY;
        """;

    private readonly ConcurrentBag<Session> readers = [];
    private readonly Writer writer;
    private volatile bool isDisposed;

    private SqliteDatabase(string file, SqliteConnection connection, Session session, TimeProvider time)
    {
        Name = file;
        Time = time;
        writer = new Writer(connection, session, file, time);
    }

    public override string Name { get; }

    public override SqlDialect Dialect => SqlDialect.Sqlite;

    public override TimeProvider Time { get; }

    /// <summary>
    /// Opens the database, making folder and file where they are missing, and brings its schema up to date.
    /// </summary>
    public static SqliteDatabase Open(string folder, TimeProvider time)
    {
        var file = Path.Combine(folder, "engine.db");
        Prepare(folder, file);
        SqliteConnection? connection = null;
        try
        {
            connection = Connect(file, SqliteOpenMode.ReadWriteCreate, "PRAGMA schema_version");
            var session = new Session(connection, SqlDialect.Sqlite);
            OwnerOnly.Restrict(file);
            session.Run(WriterPragmas);
            Migrations.Apply(session, file, time);
            session.Run(ShortWait);
            return new SqliteDatabase(file, connection, session, time);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            var trouble = SqliteTrouble.ForCaller(file, e);
            if (ReferenceEquals(trouble, e)) throw;
            throw trouble;
        }
    }

    public override Task<T> WriteAsync<T>(Func<Session, T> write, CancellationToken cancellation) =>
        writer.WriteAsync(write, IsHurried ? Patience : WorkPatience, cancellation);

    public override Task<T> WorkAsync<T>(Func<Session, T> write, CancellationToken cancellation) =>
        writer.WriteAsync(write, WorkPatience, cancellation);

    /// <summary>
    /// Reads what has been committed. It runs at once, on the caller's thread: a look into SQLite's cache is no wait.
    /// </summary>
    public override Task<T> ReadAsync<T>(Func<Session, T> read, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<T>(cancellation);
        try
        {
            return Task.FromResult(Read(read));
        }
        catch (Exception e)
        {
            return Task.FromException<T>(SqliteTrouble.ForCaller(Name, e));
        }
    }

    public T Read<T>(Func<Session, T> read)
    {
        ObjectDisposedException.ThrowIf(isDisposed, typeof(EngineStore));
        if (!readers.TryTake(out var session)) session = new Session(Connect(Name, SqliteOpenMode.ReadOnly, ReaderPragmas, ReaderSeconds), SqlDialect.Sqlite);
        var isSound = false;
        try
        {
            var result = read(session);
            isSound = true;
            return result;
        }
        finally
        {
            if (!isSound || isDisposed || readers.Count >= IdleReaders) session.Dispose();
            else readers.Add(session);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        isDisposed = true;
        while (readers.TryTake(out var session)) session.Dispose();
        await writer.DisposeAsync();
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode, string pragmas, int seconds = 30)
    {
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = mode,
            Pooling = false,
            ForeignKeys = true,
            DefaultTimeout = seconds,
        }.ToString());
        try
        {
            opened.Open();
            using var command = opened.CreateCommand();
#pragma warning disable CA2100 // The text is a constant of this class.
            command.CommandText = pragmas;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static void Prepare(string folder, string file)
    {
        if (File.Exists(folder))
        {
            throw new StorageUnavailableException(folder, "the data folder is a file; name a folder");
        }

        try
        {
            OwnerOnly.CreateFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException(
                folder, $"the data folder cannot be used: {FileTrouble.ReasonOf(e)}", e);
        }
    }
}
