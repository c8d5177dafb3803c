using Engine.Runs;
using Engine.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Engine.Tests.Storage;

public sealed class SqliteDatabaseTests
{
    private const string Insert = "INSERT INTO settings (name, value) VALUES (@name, x'00')";

    [Fact]
    public async Task Writes_that_wait_share_a_transaction_and_one_that_fails_takes_none_of_the_others_with_it()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());
        using var gate = new Gate();
        var first = await gate.HoldAsync(database);
        var before = Enumerable.Range(0, 50).Select(i => database.WriteAsync(session => Add(session, $"before-{i}"), default)).ToList();
        var failing = database.WriteAsync<int>(
            session =>
            {
                Add(session, "failing");
                throw new InvalidOperationException("no");
            },
            default);
        var seenByOthers = database.WriteAsync(_ => Count(database), default);
        var after = database.WriteAsync(session => Add(session, "after"), default);
        gate.Open();
        await Task.WhenAll([first, .. before, seenByOthers, after]);

        Assert.Equal("no", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
        Assert.Equal(0, await seenByOthers);
        Assert.Equal(51, Count(database));
    }

    [Fact]
    public async Task No_write_is_acknowledged_when_its_transaction_is_lost()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());
        using var gate = new Gate();
        var first = await gate.HoldAsync(database);
        var good = database.WriteAsync(session => Add(session, "good"), default);
        var fatal = database.WriteAsync(session => session.Execute("ROLLBACK"), default);
        gate.Open();
        await first;

        var outcomes = await Task.WhenAll(Outcome(good), Outcome(fatal));

        Assert.All(outcomes, Assert.NotNull);
        Assert.Equal(0, Count(database));
        await database.WriteAsync(session => Add(session, "next"), default);
        Assert.Equal(1, Count(database));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_while_it_waits_is_not_done()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());
        using var gate = new Gate();
        using var cancellation = new CancellationTokenSource();
        var first = await gate.HoldAsync(database);
        var cancelled = database.WriteAsync(session => Add(session, "cancelled"), cancellation.Token);
        await cancellation.CancelAsync();
        gate.Open();
        await first;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(0, Count(database));
    }

    [Fact]
    public async Task A_full_disk_is_told_and_writing_goes_on_when_there_is_space_again()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());
        await database.WriteAsync(session => session.Number("PRAGMA max_page_count = 1"), default);

        var full = await Assert.ThrowsAsync<StorageUnavailableException>(() => database.WriteAsync(
            session => session.Execute("INSERT INTO settings (name, value) VALUES ('large', zeroblob(1000000))"), default));
        Assert.Equal($"\"{folder.Database}\": the disk is full", full.Message);

        await database.WriteAsync(session => session.Number("PRAGMA max_page_count = 100000"), default);
        await database.WriteAsync(session => Add(session, "next"), default);
        Assert.Equal(1, Count(database));
    }

    [Fact]
    public async Task A_write_waits_while_another_process_holds_the_lock()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());
        Task<int> write;
        using (var other = new SqliteConnection($"Data Source={folder.Database};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction(deferred: false);
            write = database.WriteAsync(session => Add(session, "waiting"), default);
            Assert.False(write.IsCompleted);
        }

        Assert.Equal(1, await write);
    }

    [Fact]
    public async Task A_caller_is_told_of_a_lock_while_the_engines_own_work_waits_on()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, TimeProvider.System);
        database.IsHurried = true;
        Task<int> work;
        using (var other = new SqliteConnection($"Data Source={folder.Database};Pooling=False"))
        {
            await other.OpenAsync();
            await using var transaction = other.BeginTransaction(deferred: false);
            work = database.WorkAsync(session => Add(session, "work"), default);
            var trouble = await Assert.ThrowsAsync<StorageUnavailableException>(() => database.WriteAsync(session => Add(session, "asked"), default));

            Assert.Equal("another process keeps the database locked; stop it", trouble.Reason);
            Assert.False(work.IsCompleted);
        }

        Assert.Equal(1, await work);
        Assert.Equal(1, Count(database));
    }

    [Fact]
    public async Task What_is_acknowledged_is_flushed_and_what_is_deleted_is_overwritten()
    {
        await using var folder = StoreFolder.New();
        await using var database = SqliteDatabase.Open(folder.Data, new StoreClock());

        Assert.Equal("wal", await database.WriteAsync(s => s.First("PRAGMA journal_mode", row => row.GetString(0)), default));
        Assert.Equal(2, await database.WriteAsync(session => session.Number("PRAGMA synchronous"), default));
        Assert.Equal(1, await database.WriteAsync(session => session.Number("PRAGMA secure_delete"), default));
        Assert.Equal(1, await database.WriteAsync(session => session.Number("PRAGMA foreign_keys"), default));
    }

    [Fact]
    public async Task Two_engines_on_one_data_folder_never_see_a_busy_database()
    {
        await using var folder = StoreFolder.New();
        var clock = new StoreClock();
        await using var one = await folder.OpenAsync(clock);
        await using var two = await folder.OpenAsync(clock);
        EngineStore[] stores = [one, two];

        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(
            () => stores[i % 2].CreateAsync(Given.Run($"a{i:000}", clock.GetUtcNow()), null, [], default))));
        var claims = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(
            () =>
                stores[i % 2].ClaimDueAsync(new ClaimRequest($"node-{i % 2}", 20, TimeSpan.FromMinutes(1)), default))));

        Assert.Equal(200, claims.SelectMany(x => x).Select(x => x.Run.Id).Distinct().Count());
        Assert.Equal(200, claims.Sum(x => x.Count));
    }

    private static int Add(Session session, string name) => session.Execute(Insert, ("@name", name));

    private static long Count(SqliteDatabase database) => database.Read(session => session.Number("SELECT count(*) FROM settings")) ?? 0;

    private static async Task<Exception?> Outcome(Task task) => await Record.ExceptionAsync(() => task);

    /// <summary>Keeps the writer busy, so that what is written meanwhile waits for the next transaction.</summary>
    private sealed class Gate : IDisposable
    {
        private readonly ManualResetEventSlim opened = new();

        /// <summary>Ends when the writer is held; its result is the write that holds it.</summary>
        public async Task<Task<int>> HoldAsync(SqliteDatabase database)
        {
            var isHeld = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var holding = database.WriteAsync(
                _ =>
                {
                    isHeld.SetResult();
                    opened.Wait();
                    return 0;
                },
                default);
            await isHeld.Task;
            return holding;
        }

        public void Open() => opened.Set();

        public void Dispose() => opened.Dispose();
    }
}
