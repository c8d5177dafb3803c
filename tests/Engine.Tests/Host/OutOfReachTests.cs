using System.Net.Http.Json;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Engine.Sandbox;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>
/// The data of an engine of the real providers under an engine of the sandbox, and the other way round. What plays the real provider is a world of a
/// sandbox that the engine knows nothing of: the operator's settings lead there.
/// </summary>
public sealed class OutOfReachTests : IAsyncLifetime
{
    private readonly string root = Directory.CreateTempSubdirectory("engine-reach-").FullName;
    private SandboxServer outside = null!;
    private WorldAddress real = null!;

    public async Task InitializeAsync()
    {
        outside = await SandboxServer.StartAsync(
            new SandboxOptions(Path.Combine(root, "outside"), [new EngineOptions().PluginFolders[0]], TimeProvider.System), default);
        real = outside.NewWorld("radist", "scan", "en", null)!;
    }

    public async Task DisposeAsync()
    {
        await outside.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task From_the_sandbox_nothing_is_called_for_a_connection_at_the_real_provider()
    {
        string id;
        await using (var engine = await StartAsync(new ProviderMode.Real()))
        {
            id = await ConnectAsync(engine, scenario: null);
            var before = Calls;
            using var client = await engine.IntegratorAsync();
            Assert.Equal("active", (await (await client.PostAsync($"/v1/connections/{id}/probe", null)).JsonAsync()).Text("health"));
            Assert.True(Calls > before, "a probe of the right engine does call");
        }

        await using (var engine = await StartAsync(new ProviderMode.EmbeddedSandbox()))
        {
            var before = Calls;
            using var client = await engine.IntegratorAsync();
            await AssertRefusedAsync(engine, client, id, "at the real provider");

            Assert.Equal(before, Calls);
            Assert.Contains("plays the sandbox", (await (await client.GetAsync($"/v1/connections/{id}")).JsonAsync()).Text("out_of_reach", "en"), StringComparison.Ordinal);
            Assert.StartsWith("409 connection_out_of_reach: ", await ReauthAsync(client, id), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_engine_of_the_real_providers_calls_nothing_for_a_connection_of_the_sandbox()
    {
        string id;
        await using (var engine = await StartAsync(new ProviderMode.EmbeddedSandbox()))
        {
            id = await ConnectAsync(engine, scenario: "scan");
            using var client = await engine.IntegratorAsync();
            Assert.Equal(JsonValueKind.Null, (await (await client.GetAsync($"/v1/connections/{id}")).JsonAsync()).GetProperty("out_of_reach").ValueKind);
        }

        await using (var engine = await StartAsync(new ProviderMode.Real()))
        {
            using var client = await engine.IntegratorAsync();
            await AssertRefusedAsync(engine, client, id, "lives in the sandbox");

            Assert.Equal(0, Calls);
            Assert.StartsWith("409 connection_out_of_reach: ", await ReauthAsync(client, id), StringComparison.Ordinal);
        }
    }

    private int Calls => outside.FindCalls(real.Id)!.Count;

    private Task<RunningEngine> StartAsync(ProviderMode providers) => RunningEngine.StartAsync(options => options with
    {
        Providers = providers,
        DataFolder = Path.Combine(root, "data"),
        KeyFile = Path.Combine(root, "keys", "engine.key"),
        Settings = new ConfigurationBuilder().AddInMemoryCollection(
            real.Settings.Select(one => KeyValuePair.Create($"providers:radist:{one.Key}", (string?)one.Value))).Build(),
    });

    private static async Task<string> ConnectAsync(RunningEngine engine, string? scenario)
    {
        using var client = await engine.IntegratorAsync();
        var run = (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "odnoklassniki", scenario })).JsonAsync()).Text("id");
        var asking = await engine.UntilAsync(run, found => found.Prompt is { Fields.Length: > 0 });
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new
        {
            prompt = asking.Prompt!.Id.Value, transaction = "t", action = "submit", values = new { key = "good-key" },
        });
        return (await engine.UntilAsync(run, found => found.Status.IsFinal())).Connection!.Value.Value;
    }

    private static async Task AssertRefusedAsync(RunningEngine engine, HttpClient client, string id, string why)
    {
        var operation = (await (await client.GetAsync($"/v1/connections/{id}")).JsonAsync()).GetProperty("operations")[0].GetString();
        string[] refused =
        [
            await (await client.PostAsync($"/v1/connections/{id}/probe", null)).ProblemAsync(),
            await (await client.PostAsJsonAsync($"/v1/connections/{id}/operations/{operation}", new { })).ProblemAsync(),
        ];
        Assert.All(refused, one => Assert.StartsWith("409 connection_out_of_reach: ", one, StringComparison.Ordinal));
        Assert.All(refused, one => Assert.Contains(why, one, StringComparison.Ordinal));

        // Also when its time has come.
        await engine.Engine.Connections.HurryCareAsync(new ConnectionId(id), default);
        await engine.Engine.Care.LookNowAsync(new ConnectionId(id), default);
        var stored = await engine.Engine.Store.FindConnectionAsync(new ConnectionId(id), default);
        Assert.Equal(Sdk.ConnectionHealth.Active, stored?.Health);
    }

    private static async Task<string> ReauthAsync(HttpClient client, string connection) =>
        await (await client.PostAsJsonAsync("/v1/runs", new { flow = "odnoklassniki", purpose = "reauth", connection })).ProblemAsync();
}
