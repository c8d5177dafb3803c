using Engine.Postgres;
using Engine.Storage;

namespace Engine.Tests.Storage;

/// <summary>A PostgreSQL database of its own on the tests' server, and a key file; gone with this.</summary>
internal sealed class PostgresStore : IAsyncDisposable
{
    private readonly StoreFolder folder = StoreFolder.New();
    private readonly List<EngineStore> opened = [];

    private PostgresStore(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public static async Task<PostgresStore> NewAsync() => new(await (await PostgresServer.SharedAsync()).NewDatabaseAsync());

    /// <summary>A store as one node has it, whose time is the given one.</summary>
    public Task<EngineStore> OpenAsync(TimeProvider time) => OpenAsync(time, isTimeGiven: true);

    /// <summary>A store as one node has it, whose time is the database's.</summary>
    public Task<EngineStore> OpenByItsClockAsync(TimeProvider machine) => OpenAsync(machine, isTimeGiven: false);

    /// <summary>Changes the database behind the store's back.</summary>
    public Task TamperAsync(string sql) => PostgresServer.ExecuteOnAsync(ConnectionString, sql);

    public Task<object?> AskAsync(string sql) => PostgresServer.AskAsync(ConnectionString, sql);

    public async ValueTask DisposeAsync()
    {
        foreach (var store in opened) await store.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(ConnectionString);
        await folder.DisposeAsync();
    }

    private async Task<EngineStore> OpenAsync(TimeProvider time, bool isTimeGiven)
    {
        var store = await EngineStore.OpenAsync(new StorePlace.Server(ConnectionString) { IsTimeGiven = isTimeGiven }, folder.Key, time, default);
        opened.Add(store);
        return store;
    }
}
