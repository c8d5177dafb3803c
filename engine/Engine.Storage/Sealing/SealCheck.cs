namespace Engine.Storage;

/// <summary>A sealed value in the database that tells, before anything is read or written, whether the key file is the right one.</summary>
internal static class SealCheck
{
    private static readonly SealedPlace Place = new("settings", "value", "seal_check", 0);

    /// <summary>Opens the key file, or makes it where nothing is sealed yet, and proves that the key opens this database.</summary>
    public static async Task<MasterKey> OpenKeyAsync(SqliteDatabase database, string keyFile, CancellationToken cancellation)
    {
        var check = await FindAsync(database, cancellation);
        var key = KeyFile.Open(keyFile, check is null ? null : Sealer.KeyIdOf(check) ?? throw Damaged(database));
        try
        {
            var sealer = new Sealer(key);
            // Another process may have been faster: whatever is stored then is what must open.
            check ??= await StoreAsync(database, sealer.Seal(Place, "engine"u8), cancellation);
            sealer.Open(Place, check);
            return key;
        }
        catch (SealBrokenException)
        {
            key.Dispose();
            throw Damaged(database);
        }
    }

    private static Task<byte[]?> FindAsync(SqliteDatabase database, CancellationToken cancellation) => database.ReadAsync(Find, cancellation);

    private static Task<byte[]> StoreAsync(SqliteDatabase database, byte[] check, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            session.Execute(
                "INSERT INTO settings (name, value) VALUES ('seal_check', @value) ON CONFLICT DO NOTHING", ("@value", check));
            return Find(session) ?? check;
        },
        cancellation);

    private static byte[]? Find(Session session) =>
        session.First("SELECT value FROM settings WHERE name = 'seal_check'", row => row.GetFieldValue<byte[]>(0));

    private static StorageUnavailableException Damaged(SqliteDatabase database) => new(
        database.File, "its seal check does not open with the key file's key; bring back the database and the key file that belong together");
}
