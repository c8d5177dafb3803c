using Engine.Postgres;
using Engine.Storage;

namespace Engine.Tests.Storage;

public sealed class SqliteNodesTests : NodesContract
{
    private readonly StoreFolder folder = StoreFolder.New();
    private readonly List<EngineStore> opened = [];

    public override async Task DisposeAsync()
    {
        foreach (var store in opened) await store.DisposeAsync();
        await folder.DisposeAsync();
    }

    protected override async Task<EngineStore> OpenAsync(TimeProvider time)
    {
        opened.Add(await folder.OpenAsync(time));
        return opened[^1];
    }
}

[OnPostgres]
public sealed class PostgresNodesTests : NodesContract
{
    private PostgresStore? made;

    public override async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    protected override async Task<EngineStore> OpenAsync(TimeProvider time) => await (made ??= await PostgresStore.NewAsync()).OpenAsync(time);
}
