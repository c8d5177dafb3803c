namespace Engine.Storage;

/// <summary>A database that the store's SQL runs in.</summary>
internal abstract class Database : IAsyncDisposable
{
    private volatile bool isHurried;

    /// <summary>
    /// Whether who reads or writes is told within a second that the database does not answer, as whoever asks over HTTP must be. Default: they
    /// wait as long as the database's own limits allow, as an engine that only starts does.
    /// </summary>
    public virtual bool IsHurried
    {
        get => isHurried;
        set => isHurried = value;
    }

    /// <summary>What messages call it: the file, or host and database. Never a secret.</summary>
    public abstract string Name { get; }

    public abstract SqlDialect Dialect { get; }

    /// <summary>The clock by which everything in it is due.</summary>
    public abstract TimeProvider Time { get; }

    /// <summary>Reads what has been committed.</summary>
    public abstract Task<T> ReadAsync<T>(Func<Session, T> read, CancellationToken cancellation);

    /// <summary>
    /// Does the write in a transaction; ends after it is on disk. The function may be called again after a conflict with another node, so it
    /// must change nothing outside the session but what it overwrites. A cancellation counts until the write begins.
    /// </summary>
    public abstract Task<T> WriteAsync<T>(Func<Session, T> write, CancellationToken cancellation);

    /// <summary>
    /// The same for the engine's own work, whose outcome must be known however long it takes: nobody asked for it over HTTP, and doing it
    /// again costs more than waiting.
    /// </summary>
    public virtual Task<T> WorkAsync<T>(Func<Session, T> write, CancellationToken cancellation) => WriteAsync(write, cancellation);

    public abstract ValueTask DisposeAsync();
}
