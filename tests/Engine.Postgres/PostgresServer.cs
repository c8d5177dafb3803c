using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Engine.Postgres;

/// <summary>
/// A PostgreSQL server of the tests' own: made with <c>initdb</c> in a temporary folder, listening on 127.0.0.1 at a free port, run by an
/// ordinary user, gone with this.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> shared = new(StartSharedAsync);

    private readonly string root;
    private readonly PostgresUser user;
    private readonly string[] settings;
    private PostgresProcess? process;
    private int made;

    private PostgresServer(string root, PostgresUser user, int port, string[] settings) =>
        (this.root, this.user, Port, this.settings) = (root, user, port, settings);

    public int Port { get; }

    /// <summary>The process of the server, the parent of all others; null while it is stopped.</summary>
    public int? ProcessId => process?.Id;

    /// <summary>One server for all tests of a process, without fsync; it ends with the process.</summary>
    public static Task<PostgresServer> SharedAsync() => shared.Value;

    /// <summary>Makes and starts a server.</summary>
    /// <param name="settings">Each as <c>name=value</c>, over the defaults of <c>initdb</c>; e.g. <c>fsync=off</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var root = Directory.CreateTempSubdirectory("engine-postgres-").FullName;
        var user = PostgresUser.Ordinary();
        var server = new PostgresServer(root, user, FreePort(), settings);
        try
        {
            user.Own(root);
            await user.RunAsync(
                "initdb", ["-D", server.Data, "-U", "engine", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private string Data => Path.Combine(root, "data");

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="KillAsync"/>, at the same port; ends when it answers.</summary>
    public async Task StartAgainAsync()
    {
        File.Delete(Path.Combine(Data, "postmaster.pid"));
        string[] own =
        [
            "listen_addresses=127.0.0.1", $"port={Port.ToString(CultureInfo.InvariantCulture)}", $"unix_socket_directories={root}",
            "max_connections=300", .. settings,
        ];
        process = user.Start("postgres", ["-D", Data, .. own.SelectMany(setting => (string[])["-c", setting])]);
        process.EndWithTests(root);
        await AnswersAsync();
    }

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref made)}");
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    public async Task DropDatabaseAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ExecuteAsync("postgres", $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
    }

    /// <summary>Runs statements in a database, behind the engine's back.</summary>
    public Task ExecuteAsync(string database, string sql) => ExecuteOnAsync(ConnectionString(database), sql);

    /// <summary>Runs statements on a connection string, behind the engine's back.</summary>
    public static async Task ExecuteOnAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value that a query gives on a connection string.</summary>
    public static async Task<object?> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends every session but the one that does it.</summary>
    public Task TerminateSessionsAsync() => ExecuteAsync(
        "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");

    /// <summary>Stops in good order: sessions are ended, everything is written.</summary>
    public Task StopAsync() => EndAsync(PostgresProcess.Signal.Interrupt);

    /// <summary>Kills every process of the server at once (SIGKILL).</summary>
    public Task KillAsync() => EndAsync(PostgresProcess.Signal.Kill);

    /// <summary>Freezes every process of the server (SIGSTOP): it neither answers nor refuses.</summary>
    public void Freeze() => process?.SendToAll(PostgresProcess.Signal.Stop);

    public void Thaw() => process?.SendToAll(PostgresProcess.Signal.Continue);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(root)) Directory.Delete(root, recursive: true);
    }

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1", Port = Port, Username = "engine", Database = database,
    }.ToString();

    private async Task EndAsync(PostgresProcess.Signal signal)
    {
        if (process is not { } running) return;
        process = null;
        if (signal == PostgresProcess.Signal.Interrupt) running.Send(signal);
        else running.SendToAll(signal);
        await running.EndedAsync();
    }

    private async Task AnswersAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await ExecuteAsync("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (tries < 2400 && process is { HasEnded: false })
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
            catch (NpgsqlException error)
            {
                throw new InvalidOperationException($"postgres does not answer: {process?.Said}", error);
            }
        }
    }

    private static async Task<PostgresServer> StartSharedAsync()
    {
        var server = await StartAsync("fsync=off", "synchronous_commit=off", "full_page_writes=off");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
        return server;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
