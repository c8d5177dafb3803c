using System.Runtime.InteropServices;

namespace Engine.Postgres;

/// <summary>Where PostgreSQL's programs lie: <c>ENGINE_PG_BIN</c>, then PATH, then where Debian puts them (the newest).</summary>
public static class PostgresPrograms
{
    private const string DebianFolder = "/usr/lib/postgresql";

    private static readonly Lazy<string?> found = new(Find);

    /// <summary>The folder with <c>initdb</c> and <c>postgres</c>; null where there is none.</summary>
    public static string? Folder => found.Value;

    /// <summary>Why a test must be skipped; null where it can run. Under <c>CI=true</c> it runs all the same, and fails.</summary>
    public static string? ReasonToSkip =>
        Folder is not null || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "PostgreSQL not found (ENGINE_PG_BIN, PATH or /usr/lib/postgresql)";

    private static string? Find()
    {
        if (RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) return null;
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var debian = Directory.Exists(DebianFolder)
            ? Directory.GetDirectories(DebianFolder).OrderByDescending(folder => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            : Enumerable.Empty<string>();
        string?[] places = [Environment.GetEnvironmentVariable("ENGINE_PG_BIN"), .. path, .. debian.Select(folder => Path.Combine(folder, "bin"))];
        return places.OfType<string>().FirstOrDefault(IsComplete);
    }

    private static bool IsComplete(string folder) =>
        File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));
}
