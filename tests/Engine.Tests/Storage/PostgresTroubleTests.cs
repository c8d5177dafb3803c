using System.Diagnostics;
using Engine.Postgres;
using Engine.Runs;
using Engine.Storage;
using Npgsql;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What callers are told while the server is away or refuses, and how soon all goes on. Each test has a server of its own.</summary>
public sealed class PostgresTroubleTests : IAsyncLifetime
{
    // The goals are 1 s and 5 s; a machine that is busy with other tests is given much more.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan ReturnsWithin = TimeSpan.FromSeconds(60);

    private readonly StoreFolder folder = StoreFolder.New();
    private PostgresServer? server;
    private EngineStore? opened;
    private string connectionString = "";

    private PostgresServer Server => server!;

    private EngineStore Store => opened!;

    public async Task InitializeAsync()
    {
        if (PostgresPrograms.Folder is null) return;
        server = await PostgresServer.StartAsync("fsync=off");
        connectionString = await Server.NewDatabaseAsync();
        await Server.ExecuteAsync("postgres", "CREATE ROLE plain LOGIN");
        await PostgresServer.ExecuteOnAsync(connectionString, "GRANT ALL ON SCHEMA public TO plain");
        connectionString = connectionString.Replace("Username=engine", "Username=plain", StringComparison.Ordinal);
        opened = await EngineStore.OpenAsync(new StorePlace.Server(connectionString), folder.Key, TimeProvider.System, default);
        await CreateAsync("a");
    }

    public async Task DisposeAsync()
    {
        server?.Thaw();
        if (opened is not null) await opened.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
        await folder.DisposeAsync();
    }

    [PostgresFact]
    public async Task A_killed_server_is_told_at_once_and_all_goes_on_when_it_is_back()
    {
        var before = Store.Time.GetUtcNow();
        await Server.KillAsync();

        await RefusesAsync("the database cannot be reached; start it, or look at its address");
        Assert.InRange(Store.Time.GetUtcNow(), before, before + TimeSpan.FromMinutes(1));

        await Server.StartAgainAsync();
        await GoesOnAsync();
    }

    [PostgresFact]
    public async Task A_frozen_server_holds_up_no_caller_and_all_goes_on_when_it_is_thawed()
    {
        Server.Freeze();

        await RefusesAsync("the database does not answer in time; it is busy, stopped or cut off");
        await RefusesAsync("the database does not answer in time; it is busy, stopped or cut off");

        Server.Thaw();
        await GoesOnAsync();
    }

    [PostgresFact]
    public async Task A_server_that_only_reads_is_told_and_is_read()
    {
        await Server.ExecuteAsync("postgres", "ALTER ROLE plain SET default_transaction_read_only = on");
        await Server.TerminateSessionsAsync();

        await RefusesAsync("it cannot be written: it is a standby, or set to read only");
        Assert.NotNull(await Store.FindAsync(new RunId("run_a"), default));
        await Server.ExecuteAsync("postgres", "ALTER ROLE plain RESET default_transaction_read_only");
        await Server.TerminateSessionsAsync();

        await GoesOnAsync();
    }

    [PostgresFact]
    public async Task A_full_disk_is_told_and_all_goes_on_when_there_is_space_again()
    {
        await PostgresServer.ExecuteOnAsync(
            connectionString,
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON runs EXECUTE FUNCTION refuse();
            """);

        await RefusesAsync("its disk is full");
        await PostgresServer.ExecuteOnAsync(connectionString, "DROP TRIGGER full_disk ON runs");

        await GoesOnAsync();
    }

    [PostgresFact]
    public async Task A_server_without_free_connections_is_told()
    {
        await Server.ExecuteAsync("postgres", "ALTER ROLE plain CONNECTION LIMIT 0");
        await Server.TerminateSessionsAsync();

        await RefusesAsync("all of its connections are in use; raise its max_connections, or stop what holds them");
        await Server.ExecuteAsync("postgres", "ALTER ROLE plain CONNECTION LIMIT -1");

        await GoesOnAsync();
    }

    [PostgresFact]
    public async Task Sessions_that_are_ended_again_and_again_lose_nothing_and_double_nothing()
    {
        using var stop = new CancellationTokenSource();
        var ending = Task.Run(async () =>
        {
            for (var times = 0; times < 5; times++) await Server.TerminateSessionsAsync();
        });
        var acknowledged = 0;
        for (var i = 0; i < 200; i++)
        {
            try
            {
                await CreateAsync($"r{i}");
                acknowledged++;
                var claimed = await Store.ClaimDueAsync(new ClaimRequest("node", 10, TimeSpan.FromSeconds(60)), default);
                foreach (var run in claimed) await Store.SaveAsync(Given.Save(run, run.Run.Ended(RunStatus.Succeeded, run.Run.CreatedAt)) with { Journal = [Given.Entry("ended", run.Run.CreatedAt)] }, default);
            }
            catch (StorageUnavailableException)
            {
                // Told, and not acknowledged.
            }
        }

        await ending;
        await GoesOnAsync();
        var stored = (long)(await PostgresServer.AskAsync(connectionString, "SELECT count(*) FROM runs WHERE id LIKE 'run_r%'"))!;
        Assert.InRange(stored, acknowledged, 200);
        Assert.Equal(0L, await PostgresServer.AskAsync(connectionString, "SELECT count(*) FROM (SELECT run FROM journal WHERE kind = 'ended' GROUP BY run HAVING count(*) > 1) AS twice"));
        Assert.Equal(0L, await PostgresServer.AskAsync(connectionString, "SELECT count(*) FROM runs WHERE journal_last <> (SELECT count(*) FROM journal WHERE run = runs.number)"));
    }

    [PostgresFact]
    public async Task A_claim_that_the_server_comes_to_after_its_lease_would_be_over_takes_nothing()
    {
        await using var holder = new NpgsqlConnection(connectionString);
        await holder.OpenAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await ExecuteAsync("LOCK TABLE wakes");

        var late = Store.ClaimDueAsync(new ClaimRequest("node", 10, TimeSpan.FromMilliseconds(50)), default);
        await ExecuteAsync("SELECT pg_sleep(0.2)");
        await transaction.CommitAsync();

        Assert.Empty(await late);
        Assert.Single(await Store.ClaimDueAsync(new ClaimRequest("node", 10, TimeSpan.FromSeconds(60)), default));

        async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, holder, transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task RefusesAsync(string reason)
    {
        var started = Stopwatch.GetTimestamp();
        var trouble = await Assert.ThrowsAsync<StorageUnavailableException>(() => CreateAsync("refused"));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, AnswersWithin);
        Assert.Contains(trouble.Reason, (string[])[reason, "the database is being stopped or started", "the connection to the database was lost"]);
    }

    private async Task GoesOnAsync()
    {
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; ; i++)
        {
            try
            {
                await CreateAsync($"back{i}");
                Assert.NotEmpty(await Store.ClaimDueAsync(new ClaimRequest("node", 1, TimeSpan.FromSeconds(60)), default));
                break;
            }
            catch (StorageUnavailableException) when (Stopwatch.GetElapsedTime(started) < ReturnsWithin)
            {
                await Task.Yield();
            }
        }

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, ReturnsWithin);
    }

    private Task<RunCreation> CreateAsync(string id) => Store.CreateAsync(Given.Run(id, Store.Time.GetUtcNow()), null, [], default);
}
