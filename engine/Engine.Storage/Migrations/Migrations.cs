using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Engine.Storage;

/// <summary>
/// Brings a database's schema up to date: the numbered files beside this one, in order, each in a transaction of its
/// own.
/// </summary>
internal static class Migrations
{
    /// <summary>The schema that this engine reads and writes.</summary>
    public static int Latest => All.Count;

    private const string VersionTable = """
        CREATE TABLE IF NOT EXISTS schema_version (
          version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT
        """;

    private static List<(string Name, string Sql)> All { get; } = ReadAll();

    public static void Apply(Session session, string file, TimeProvider time)
    {
        while (true)
        {
            session.Run(session.Dialect.BeginMigration);
            session.Run(session.Dialect.Ddl(VersionTable));
            var version = (int)(session.Number("SELECT max(version) FROM schema_version") ?? 0);
            if (version > Latest)
            {
                session.Run("ROLLBACK");
                throw new StorageUnavailableException(
                    file,
                    $"its schema version {version} is newer than this engine's {Latest}; "
                    + "start the engine that wrote it, or a newer one");
            }

            if (version < Latest) Apply(session, version + 1, time);
            session.Run("COMMIT");
            if (version == Latest) return;
        }
    }

    private static void Apply(Session session, int version, TimeProvider time)
    {
        var (name, sql) = All[version - 1];
        session.Run(session.Dialect.Ddl(sql));
        session.Execute(
            "INSERT INTO schema_version (version, name, applied_at) VALUES (@version, @name, @now)",
            ("@version", version), ("@name", name), ("@now", time.GetUtcNow().ToColumn()));
    }

    private static List<(string Name, string Sql)> ReadAll()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().Where(x => char.IsAsciiDigit(x[0]))
            .Order(StringComparer.Ordinal);
        return [.. names.Select((name, index) => (name, Read(assembly, name, index + 1)))];
    }

    private static string Read(Assembly assembly, string name, int number)
    {
        if (int.Parse(name[..4], CultureInfo.InvariantCulture) != number)
        {
            throw new InvalidOperationException($"migration \"{name}\" is out of order: number {number:0000} is next");
        }

        using var stream = assembly.GetManifestResourceStream(name) ?? throw new UnreachableException();
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
