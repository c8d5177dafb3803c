namespace Engine.Storage;

/// <summary>
/// A sealed value in the database that tells, before anything is read or written, whether the key file is the right
/// one.
/// </summary>
internal static class SealCheck
{
    private static readonly SealedPlace Place = new("settings", "value", "seal_check", 0);

    /// <summary>
    /// Opens the key file, or makes it where nothing is sealed yet, and proves that the key opens this database. All in
    /// one write, so that of two engines at their first start one makes the key and the other takes it.
    /// </summary>
    public static Task<MasterKey> OpenKeyAsync(
        Database database, string keyFile, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var check = session.First(
                "SELECT value FROM settings WHERE name = 'seal_check'", row => row.GetBytes(0));
            var key = KeyFile.Open(keyFile, check is null ? null : Sealer.KeyIdOf(check) ?? throw Damaged(database));
            try
            {
                var sealer = new Sealer(key);
                if (check is null) Store(session, sealer.Seal(Place, "engine"u8));
                else sealer.Open(Place, check);
                return key;
            }
            catch (SealBrokenException)
            {
                key.Dispose();
                throw Damaged(database);
            }
        },
        cancellation);

    private static void Store(Session session, byte[] check) =>
        session.Execute("INSERT INTO settings (name, value) VALUES ('seal_check', @value)", ("@value", check));

    private static StorageUnavailableException Damaged(Database database) => new(
        database.Name,
        "its seal check does not open with the key file's key; "
        + "bring back the database and the key file that belong together");
}
