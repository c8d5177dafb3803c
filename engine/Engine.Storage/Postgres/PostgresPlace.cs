using Npgsql;

namespace Engine.Storage;

/// <summary>A PostgreSQL database and how it is connected to.</summary>
internal sealed record PostgresPlace(string Name, string ConnectionString)
{
    // Long enough for a far server, and short beside an outage; whoever waits for an answer gives up earlier.
    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 10;

    /// <summary>
    /// A connection that a node does not use for this long in the middle of a transaction is ended by the server: a node that was frozen must
    /// not keep the rows locked that others are to take over. Plans are made once: every statement reads a few rows by an index.
    /// </summary>
    private const string SessionSettings = """
        SET idle_in_transaction_session_timeout = 4000; SET lock_timeout = 4000; SET statement_timeout = 10000;
        SET client_min_messages = warning; SET plan_cache_mode = force_generic_plan; SET jit = off;
        """;

    public static PostgresPlace Read(string connectionString)
    {
        var given = Parse(connectionString);
        given.ApplicationName ??= "engine";
        given.Pooling = false;
        given.Enlist = false;
        given.Timeout = ConnectSeconds;
        given.CommandTimeout = CommandSeconds;
        given.CancellationTimeout = -1;
        given.MaxAutoPrepare = 200;
        given.AutoPrepareMinUsages = 2;
        given.TcpKeepAlive = true;

        // Its details hold values of rows.
        given.IncludeErrorDetail = false;
        return new PostgresPlace(NameOf(given), given.ToString());
    }

    /// <summary>Host and database; nothing else of a connection string may be shown.</summary>
    public static string NameOf(string connectionString) => NameOf(Parse(connectionString));

    /// <summary>A new connection, open and set up.</summary>
    public NpgsqlConnection Connect()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        try
        {
            connection.Open();
            using var command = new NpgsqlCommand(SessionSettings, connection);
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>The same, without holding a thread.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellation);
            await using var command = new NpgsqlCommand(SessionSettings, connection);
            await command.ExecuteNonQueryAsync(cancellation);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public sealed override string ToString() => Name;

    private static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(connectionString);
            return given.Host is { Length: > 0 } ? given : throw Unreadable("it names no host");
        }
        catch (Exception error) when (error is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            // The error's own words may quote a part of it.
            throw Unreadable("it cannot be read");
        }
    }

    private static StorageUnavailableException Unreadable(string fact) => new(
        "store", $"the connection string does not serve: {fact}; write it as Host=db.example.com;Database=engine;Username=engine;Password=…");

    private static string NameOf(NpgsqlConnectionStringBuilder given) => $"{given.Host}/{given.Database ?? given.Username}";
}
