using System.Text;
using Engine.Runs;

namespace Engine.Storage;

/// <summary>
/// Keeps everything in one SQLite file, <c>engine.db</c> in the data folder. Secrets, states, prompts and replies are
/// sealed with a key that lies elsewhere; there is no mode without. What a returned task acknowledges is on disk.
/// </summary>
public sealed partial class EngineStore : IRunStore, IConnectionStore, IAccessStore, IAsyncDisposable
{
    private readonly SqliteDatabase database;
    private readonly MasterKey key;
    private readonly Sealer sealer;
    private readonly TimeProvider time;

    private EngineStore(SqliteDatabase database, MasterKey key, TimeProvider time)
    {
        this.database = database;
        this.key = key;
        this.time = time;
        sealer = new Sealer(key);
    }

    /// <summary>
    /// Opens the store. At the first start it makes the data folder, the database and the key file, all readable by
    /// their owner only.
    /// </summary>
    /// <param name="dataFolder">The folder of the database.</param>
    /// <param name="keyFile">The file of the key that seals; must lie outside the data folder. Without it the data
    /// cannot be read.</param>
    /// <exception cref="StorageUnavailableException">The folder, the database or the key cannot be used; says what
    /// would be right.</exception>
    public static async Task<EngineStore> OpenAsync(
        string dataFolder, string keyFile, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(dataFolder);
        ArgumentException.ThrowIfNullOrEmpty(keyFile);
        ArgumentNullException.ThrowIfNull(time);

        KeyFile.RefuseInside(keyFile, dataFolder);
        var opened = SqliteDatabase.Open(dataFolder, time);
        try
        {
            var store = new EngineStore(opened, await SealCheck.OpenKeyAsync(opened, keyFile, cancellation), time);
            await store.MoveOldCredentialsAsync(cancellation);
            return store;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
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

    /// <summary>Finishes the writes that wait, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        key.Dispose();
    }

    private static byte[] DeriveKey(MasterKey from, string purpose)
    {
        var derived = new byte[MasterKey.LengthBytes];
        from.Derive(Encoding.UTF8.GetBytes($"other\u001f{purpose}"), derived);
        return derived;
    }
}
