using Engine.Runs;
using Engine.Storage;

namespace Engine.Tests.Storage;

public sealed class SqliteRunStoreTests : RunStoreContract
{
    private readonly StoreFolder folder = StoreFolder.New();
    private EngineStore? opened;

    public override async Task DisposeAsync()
    {
        if (opened is not null) await opened.DisposeAsync();
        await folder.DisposeAsync();
    }

    protected override async Task<IRunStore> OpenAsync(TimeProvider time) => opened = await folder.OpenAsync(time);
}
