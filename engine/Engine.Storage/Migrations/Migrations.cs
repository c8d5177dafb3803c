namespace Engine.Storage;

/// <summary>
/// Brings a database's schema up to date: step by step, each in a transaction of its own that no other engine's runs beside. From the fifth on, steps only add,
/// so that engines of the previous version go on beside this one while nodes are exchanged one after another.
/// </summary>
internal static class Migrations
{
    private const string VersionTable = """
        CREATE TABLE IF NOT EXISTS schema_version (
          version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
        """;

    /// <summary>The first schema that says which older engines may go on.</summary>
    private const int FirstWithReaders = 4;

    /// <summary>The schema that this engine reads and writes.</summary>
    public static int Latest => All[^1].Number;

    public static IReadOnlyList<Migration> All { get; } = Migration.ReadAll();

    public static void Apply(Session session, string place, TimeProvider time)
    {
        while (true)
        {
            session.Run(session.Dialect.BeginMigration);
            try
            {
                session.Run(session.Dialect.IsPostgres ? PostgresDdl.From(VersionTable) : VersionTable);
                var applied = session.List("SELECT version FROM schema_version", row => row.GetInt32(0)).ToHashSet();
                if (applied.Count > 0 && applied.Max() > Latest) RefuseUnlessReader(session, place, applied.Max());
                var next = All.FirstOrDefault(step => !applied.Contains(step.Number));
                if (next is not null) Apply(session, next, time);
                session.Run("COMMIT");
                if (next is null) return;
            }
            catch
            {
                session.Run("ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>A newer engine's schema serves this one where none of its later steps says that it does not.</summary>
    private static void RefuseUnlessReader(Session session, string place, int version)
    {
        var minReader = session.Number("SELECT max(min_reader) FROM schema_version WHERE version > @latest", ("@latest", Latest)) ?? version;
        if (minReader <= Latest) return;
        throw new StorageUnavailableException(
            place,
            $"its schema version {version} serves engines from version {minReader} on, and this engine's is {Latest}; "
            + "start the engine that wrote it, or a newer one");
    }

    private static void Apply(Session session, Migration step, TimeProvider time)
    {
        session.Run(session.Dialect.IsPostgres ? step.Postgres : step.Sqlite);
        session.Execute(
            step.Number < FirstWithReaders
                ? "INSERT INTO schema_version (version, name, applied_at) VALUES (@version, @name, @now)"
                : "INSERT INTO schema_version (version, name, applied_at, min_reader) VALUES (@version, @name, @now, @min_reader)",
            ("@version", step.Number), ("@name", step.Name), ("@now", time.GetUtcNow().ToColumn()), ("@min_reader", step.MinReader));
    }
}
