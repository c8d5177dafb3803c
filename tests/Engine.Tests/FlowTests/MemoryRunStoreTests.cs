using Engine.Host;
using Engine.Runs;
using Engine.Tests.Storage;

namespace Engine.Tests.FlowTests;

/// <summary>The store that flows are rehearsed over keeps what the databases keep.</summary>
public sealed class MemoryRunStoreTests : RunStoreContract
{
    public override Task DisposeAsync() => Task.CompletedTask;

    protected override Task<IRunStore> OpenAsync(TimeProvider time) => Task.FromResult<IRunStore>(new MemoryRunStore(time));
}
