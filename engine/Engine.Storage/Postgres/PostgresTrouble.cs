using Npgsql;

namespace Engine.Storage;

/// <summary>Tells trouble with the server from a mistake in a statement.</summary>
internal static class PostgresTrouble
{
    public const string NoAnswer = "the database does not answer in time; it is busy, stopped or cut off";

    /// <summary>What is wrong with the server, or null where the statement is to blame.</summary>
    public static string? ReasonOf(Exception trouble) => trouble switch
    {
        PostgresException told => ReasonOf(told.SqlState),
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => NoAnswer,
        NpgsqlException or IOException => "the database cannot be reached; start it, or look at its address",
        _ => null,
    };

    /// <summary>Whether another node was faster: the same write, begun anew, sees what that node wrote.</summary>
    public static bool IsRace(Exception thrown) => thrown is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.ForeignKeyViolation,
    };

    /// <summary>Whether the connection is of no use any more.</summary>
    public static bool IsLost(Exception thrown) => thrown is not PostgresException told
        ? thrown is NpgsqlException or IOException or TimeoutException or ObjectDisposedException
        : told.SqlState.StartsWith("57P", StringComparison.Ordinal) || told.SqlState is "25P03"
            || told.SqlState.StartsWith("08", StringComparison.Ordinal);

    /// <summary>The exception to give to the caller in place of what was thrown.</summary>
    public static Exception ForCaller(string name, Exception thrown) =>
        ReasonOf(thrown) is { } reason ? new StorageUnavailableException(name, reason, thrown) : thrown;

    private static string? ReasonOf(string state) => state switch
    {
        PostgresErrorCodes.DiskFull => "its disk is full",
        PostgresErrorCodes.OutOfMemory => "its memory is used up",
        PostgresErrorCodes.TooManyConnections => "all of its connections are in use; raise its max_connections, or stop what holds them",
        PostgresErrorCodes.ReadOnlySqlTransaction => "it cannot be written: it is a standby, or set to read only",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "it does not accept the user or the password",
        PostgresErrorCodes.InvalidCatalogName => "there is no such database; create it",
        PostgresErrorCodes.InsufficientPrivilege => "the user has no right to its tables; make it the owner of the database",
        PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable => NoAnswer,
        PostgresErrorCodes.IoError => "its disk does not read or write as it should",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => "it is damaged; bring back a copy",
        "25P03" => "the node stood still for too long in the middle of a write, which was taken back",
        _ when state.StartsWith("57P", StringComparison.Ordinal) => "the database is being stopped or started",
        _ when state.StartsWith("08", StringComparison.Ordinal) => "the connection to the database was lost",
        _ when state.StartsWith("53", StringComparison.Ordinal) => "the database is short of something it needs; look at its log",
        _ => null,
    };
}
