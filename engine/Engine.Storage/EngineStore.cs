using System.Diagnostics;
using System.Text;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// Keeps everything in one database: a file in the data folder, or a PostgreSQL server that several engines share. Secrets, states, prompts
/// and replies are sealed with a key that lies elsewhere; there is no mode without. What a returned task acknowledges is on disk.
/// </summary>
public sealed partial class EngineStore : IRunStore, IConnectionStore, IAccessStore, IAsyncDisposable
{
    private readonly MasterKey key;
    private readonly Sealer sealer;
    private readonly PostgresListener? listener;
    private readonly PostgresVacuum? vacuum;
    private Database database;
    private RunWakes wakes;
    private bool isClosed;

    private EngineStore(Database database, MasterKey key)
    {
        this.database = database;
        this.key = key;
        sealer = new Sealer(key);
        (wakes, listener, vacuum) = database switch
        {
            SqliteDatabase file => ((RunWakes)new SqliteWakes(file, Save), (PostgresListener?)null, (PostgresVacuum?)null),
            PostgresDatabase server => (server.NewWakes(), server.NewListener(hint => Hinted?.Invoke(hint)), server.NewVacuum()),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>
    /// Called when another node stored something about a run: on any thread, only where several engines share the database. It must not block or
    /// throw. Losing hints only delays. Null: nobody is told.
    /// </summary>
    public Action<RunHint>? Hinted { get; set; }

    /// <summary>
    /// Opens the store. At the first start it makes the data folder, the database's tables and the key file; folder and files are readable by
    /// their owner only.
    /// </summary>
    /// <param name="keyFile">The file of the key that seals; must lie outside the data folder. Without it the data cannot be read; engines that
    /// share a database need the same.</param>
    /// <param name="time">Tells the time of an engine that has its database for itself; see <see cref="Time"/>.</param>
    /// <exception cref="StorageUnavailableException">The folder, the database or the key cannot be used; says what would be right.</exception>
    public static async Task<EngineStore> OpenAsync(StorePlace place, string keyFile, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        ArgumentNullException.ThrowIfNull(time);

        if (place is StorePlace.Folder folder) KeyFile.RefuseInside(keyFile, folder.Path);
        var opened = await OpenAsync(place, time, cancellation);
        try
        {
            var store = new EngineStore(opened, await SealCheck.OpenKeyAsync(opened, keyFile, cancellation));
            await store.MoveOldCredentialsAsync(cancellation);
            store.IsHurried = true;
            if (LostAnswers.OfProcess() is { } wanted) store.LoseAnswers().OnceItWorks = wanted;
            return store;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The clock by which everything stored is due, which everything in an engine must go by: the given one over a data folder, the database's
    /// own over a server, so that engines whose machines' clocks differ agree.
    /// </summary>
    public TimeProvider Time => database.Time;

    /// <summary>
    /// Whether a caller is told within a second that the database does not answer. Default: he is. An engine that starts, and a command, rather wait
    /// as long as the database's own limits allow.
    /// </summary>
    public bool IsHurried
    {
        get => database.IsHurried;
        set => database.IsHurried = value;
    }

    /// <summary>For tests: from now on answers of the database may be lost, at any call. To be called before others use the store.</summary>
    internal LostAnswers LoseAnswers()
    {
        var lost = new LostAnswers();
        (database, wakes) = (lost.Around(database), lost.Around(wakes));
        return lost;
    }

    /// <summary>A key of 32 bytes for a purpose outside the database, from which the sealing key cannot be found.</summary>
    public byte[] DeriveKey(string purpose) => DeriveKey(key, purpose);

    /// <summary>A key of 32 bytes for a purpose, from a key file that seals no database; the file is made where it is missing.</summary>
    /// <exception cref="StorageUnavailableException">The file cannot be used.</exception>
    public static byte[] DeriveKey(string keyFile, string purpose)
    {
        using var own = KeyFile.Open(keyFile, sealedWith: null);
        return DeriveKey(own, purpose);
    }

    /// <summary>Finishes the writes that wait, then closes. Harmless a second time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isClosed, true)) return;
        if (listener is not null) await listener.DisposeAsync();
        if (vacuum is not null) await vacuum.DisposeAsync();
        if (wakes is IAsyncDisposable own) await own.DisposeAsync();
        await database.DisposeAsync();
        key.Dispose();
    }

    private static async Task<Database> OpenAsync(StorePlace place, TimeProvider time, CancellationToken cancellation) => place switch
    {
        StorePlace.Folder folder => SqliteDatabase.Open(folder.Path, time),
        StorePlace.Server server => await PostgresDatabase.OpenAsync(server, time, cancellation),
        _ => throw new UnreachableException(),
    };

    private static byte[] DeriveKey(MasterKey from, string purpose)
    {
        var derived = new byte[MasterKey.LengthBytes];
        from.Derive(Encoding.UTF8.GetBytes($"other\u001f{purpose}"), derived);
        return derived;
    }
}
