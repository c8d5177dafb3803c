using Engine.Runs;
using Engine.Storage;

namespace Engine.Tests.Storage;

public sealed class SqliteAccessStoreTests : AccessStoreContract
{
    private readonly StoreFolder folder = StoreFolder.New();
    private EngineStore? opened;

    public override async Task DisposeAsync()
    {
        if (opened is not null) await opened.DisposeAsync();
        await folder.DisposeAsync();
    }

    protected override async Task<IAccessStore> OpenAsync(TimeProvider time) => opened = await folder.OpenAsync(time);
}
