using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Engine.Storage;

/// <summary>Tells trouble with the disk from a mistake in a statement.</summary>
internal static class SqliteTrouble
{
    /// <summary>What is wrong with the database file, or null where the statement is to blame.</summary>
    public static string? ReasonOf(SqliteException trouble) => trouble.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full",
        raw.SQLITE_READONLY => "the database cannot be written: this user has no right to, or the disk is read-only",
        raw.SQLITE_PERM or raw.SQLITE_AUTH or raw.SQLITE_CANTOPEN =>
            "the database cannot be opened: this user has no right to it, or its folder is gone",
        raw.SQLITE_IOERR => "the disk does not read or write as it should",
        raw.SQLITE_CORRUPT => "the database is damaged; bring back a copy",
        raw.SQLITE_NOTADB => "it is not an SQLite database; choose another data folder",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL =>
            "another process keeps the database locked; stop it",
        raw.SQLITE_NOMEM => "the memory is used up",
        _ => null,
    };

    /// <summary>The exception to give to the caller in place of what was thrown.</summary>
    public static Exception ForCaller(string file, Exception thrown) => thrown switch
    {
        SqliteException trouble when ReasonOf(trouble) is { } reason =>
            new StorageUnavailableException(file, reason, trouble),
        IOException or UnauthorizedAccessException =>
            new StorageUnavailableException(
                file, $"the database cannot be used: {FileTrouble.ReasonOf(thrown)}", thrown),
        _ => thrown,
    };
}
