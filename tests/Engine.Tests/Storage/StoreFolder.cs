using Engine.Storage;

namespace Engine.Tests.Storage;

/// <summary>A data folder and a key file beside it, gone with this.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-store-").FullName;

    public string Data => Path.Combine(root, "data");

    public string Key => Path.Combine(root, "keys", "engine.key");

    public string Database => Path.Combine(Data, "engine.db");

    public string In(string name) => Path.Combine(root, name);

    public Task<SqliteStore> OpenAsync(TimeProvider time) => SqliteStore.OpenAsync(Data, Key, time, default);

    public void Dispose() => Directory.Delete(root, recursive: true);
}
