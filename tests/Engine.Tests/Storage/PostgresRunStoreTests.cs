using Engine.Postgres;
using Engine.Runs;

namespace Engine.Tests.Storage;

[OnPostgres]
public sealed class PostgresRunStoreTests : RunStoreContract
{
    private PostgresStore? made;

    public override async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    protected override async Task<IRunStore> OpenAsync(TimeProvider time) => await (made = await PostgresStore.NewAsync()).OpenAsync(time);
}
