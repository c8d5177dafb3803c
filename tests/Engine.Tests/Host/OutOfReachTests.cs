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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_open_run_of_the_other_kind_is_left_alone_and_goes_on_where_it_belongs(bool isReal)
    {
        ProviderMode mine = isReal ? new ProviderMode.Real() : new ProviderMode.EmbeddedSandbox();
        ProviderMode other = isReal ? new ProviderMode.EmbeddedSandbox() : new ProviderMode.Real();
        string run;
        await using (var engine = await StartAsync(mine)) run = await AskedAsync(engine, isReal ? null : "scan");

        await using (var engine = await StartAsync(other))
        {
            var before = Calls;
            using var client = await engine.IntegratorAsync();
            var asking = (await engine.Engine.Store.FindAsync(new RunId(run), default))!;
            string[] refused =
            [
                await (await ReplyAsync(client, run, asking.Prompt!.Id)).ProblemAsync(),
                await (await client.PostAsync($"/v1/runs/{run}/cancel", null)).ProblemAsync(),
            ];
            Assert.All(refused, one => Assert.StartsWith("409 run_out_of_reach: ", one, StringComparison.Ordinal));
            var view = await (await client.GetAsync($"/v1/runs/{run}")).JsonAsync();
            Assert.Contains(isReal ? "plays the sandbox" : "calls the real providers", view.Text("out_of_reach", "en"), StringComparison.Ordinal);

            // Also when something is due: what another engine took in just before it stopped.
            await engine.Engine.Store.AcceptReplyAsync(new RunId(run), Reply(asking.Prompt.Id), default);
            engine.Engine.Changes.WorkAdded();
            var another = await AskedAsync(engine, isReal ? "scan" : null);
            Assert.NotEqual(run, another);
            Assert.False((await engine.Engine.Store.FindAsync(new RunId(run), default))!.Status.IsFinal());
            if (isReal) Assert.Equal(before, Calls);
        }

        await using (var engine = await StartAsync(mine))
        {
            var ended = await engine.UntilAsync(run, found => found.Status.IsFinal());
            Assert.Equal("succeeded", ended.Exit?.Code);
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
        var run = await AskedAsync(engine, scenario);
        var asking = await engine.Engine.Store.FindAsync(new RunId(run), default);
        await ReplyAsync(client, run, asking!.Prompt!.Id);
        return (await engine.UntilAsync(run, found => found.Status.IsFinal())).Connection!.Value.Value;
    }

    /// <summary>Starts a run, and waits until it asks for the key.</summary>
    private static async Task<string> AskedAsync(RunningEngine engine, string? scenario)
    {
        using var client = await engine.IntegratorAsync();
        var run = (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "odnoklassniki", scenario })).JsonAsync()).Text("id");
        await engine.UntilAsync(run, found => found.Prompt is { Fields.Length: > 0 });
        return run;
    }

    private static Task<HttpResponseMessage> ReplyAsync(HttpClient client, string run, PromptId prompt) => client.PostAsJsonAsync(
        $"/v1/runs/{run}/replies", new { prompt = prompt.Value, transaction = "t", action = "submit", values = new { key = "good-key" } });

    private static Reply Reply(PromptId prompt) => new(prompt, "t", "submit", new Dictionary<string, string> { ["key"] = "good-key" });

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
