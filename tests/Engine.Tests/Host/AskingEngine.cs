using Xunit;

namespace Engine.Tests.Host;

/// <summary>An engine with the sample flow, shared by the tests of a class: each looks only at what it began itself.</summary>
public sealed class AskingEngine : IAsyncLifetime
{
    private RunningEngine? running;

    internal RunningEngine Running => running!;

    public async Task InitializeAsync() => running = await RunningEngine.StartAsync(null, Samples.Ask);

    public async Task DisposeAsync() => await Running.DisposeAsync();
}
