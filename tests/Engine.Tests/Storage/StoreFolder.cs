using Engine.Storage;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>A data folder and a key file beside it, gone with this.</summary>
internal sealed class StoreFolder : IAsyncDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-store-").FullName;

    private StoreFolder() { }

    public string Data => In("data");

    public string Key => In(Path.Combine("keys", "engine.key"));

    public string Database => Path.Combine(Data, "engine.db");

    public static StoreFolder New() => new();

    public string In(string name) => Path.Combine(root, name);

    public Task<EngineStore> OpenAsync(TimeProvider time) => EngineStore.OpenAsync(new StorePlace.Folder(Data), Key, time, default);

    /// <summary>The message of the refusal to open.</summary>
    public async Task<string> RefusalAsync(string? data = null, string? key = null)
    {
        var refusal = await Assert.ThrowsAsync<StorageUnavailableException>(
            () => EngineStore.OpenAsync(new StorePlace.Folder(data ?? Data), key ?? Key, new StoreClock(), default));
        Assert.DoesNotContain('\n', refusal.Message);
        return refusal.Message;
    }

    /// <summary>Changes the file behind the store's back.</summary>
    public int Tamper(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(root, recursive: true);
        return ValueTask.CompletedTask;
    }
}
