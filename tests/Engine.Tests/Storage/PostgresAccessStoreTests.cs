using Engine.Postgres;
using Engine.Runs;

namespace Engine.Tests.Storage;

[OnPostgres]
public sealed class PostgresAccessStoreTests : AccessStoreContract
{
    private PostgresStore? made;

    public override async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    protected override async Task<IAccessStore> OpenAsync(TimeProvider time) => await (made = await PostgresStore.NewAsync()).OpenAsync(time);
}
