using System.Net.Http.Json;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Engine.Sandbox;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>The shipped flow, plugin and simulator, put together as they are shipped.</summary>
public sealed class SandboxRunTests(ShippedEngine shared) : IClassFixture<ShippedEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private HttpClient client = null!;

    public async Task InitializeAsync() => client = await engine.IntegratorAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_shipped_flows_are_offered_with_their_scenarios()
    {
        var flows = (await (await client.GetAsync("/v1/flows")).JsonAsync()).GetProperty("flows").EnumerateArray().ToList();

        Assert.Subset(
            flows.Select(flow => flow.Text("name")).ToHashSet(StringComparer.Ordinal),
            new HashSet<string>(["max", "odnoklassniki", "telegram-bot", "telegram-code", "telegram-qr", "whatsapp-radist"], StringComparer.Ordinal));
        Assert.All(flows.Where(flow => flow.Text("name") is "max" or "whatsapp-radist"), flow => Assert.NotEmpty(flow.GetProperty("scenarios").EnumerateArray()));
    }

    [Fact]
    public async Task A_qr_code_is_shown_drawn_and_with_its_end_and_the_phone_beside_it()
    {
        var run = await StartAsync("manual");

        var view = await ViewAsync(run, view => view.Text("qr_svg") != "");

        Assert.StartsWith("tg://login?token=", view.Text("prompt", "show", "qr"), StringComparison.Ordinal);
        Assert.StartsWith("<svg ", view.Text("qr_svg"), StringComparison.Ordinal);
        Assert.True(view.GetProperty("prompt").GetProperty("show").GetProperty("expires_at").GetDateTimeOffset()
            > view.GetProperty("server_time").GetDateTimeOffset());
        Assert.Equal("manual", view.Text("sandbox", "scenario"));
        Assert.StartsWith("http://127.0.0.1:", view.Text("sandbox", "phone_url"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_scenario_is_refused_with_those_that_there_are() =>
        Assert.StartsWith(
            "422 unknown_scenario: the sandbox has no scenario 'moon' for this flow; it has 'scan', 'manual', ",
            await (await client.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr", scenario = "moon" })).ProblemAsync(),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("reauth", null, "422 connection_required: 'reauth' needs the connection it is about: name it in 'connection'")]
    [InlineData("reauth", "con_x", "422 connection_unknown: there is no connection 'con_x'")]
    [InlineData("connect", "con_x", "422 connection_not_wanted: 'connect' makes a new connection: leave 'connection' out, or say 'reauth'")]
    [InlineData("reconfigure", "con_x", "422 purpose_not_offered: the flow is not for 'reconfigure'; it is for 'connect', 'reauth'")]
    public async Task A_purpose_and_its_connection_must_fit(string purpose, string? connection, string problem) =>
        Assert.Equal(problem, await (await client.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr", purpose, connection })).ProblemAsync());

    [Theory]
    [InlineData("html", "provider_changed", "The service answered in an unexpected way. We have to look into it.")]
    [InlineData("unauthorized", "config_error", "The connection to the service is not set up properly. This is not your fault; tell the operator.")]
    public async Task A_providers_failure_ends_the_run_with_its_code_and_a_sentence_for_the_person(string scenario, string code, string sentence)
    {
        var run = await StartAsync(scenario);

        await engine.UntilAsync(run, found => found.Status == RunStatus.Failed);

        var exit = (await (await client.GetAsync($"/v1/runs/{run}")).JsonAsync()).GetProperty("exit");
        Assert.Equal(code, exit.Text("code"));
        Assert.Equal(sentence, exit.Text("text", "en"));
    }

    [Fact]
    public async Task A_sandbox_elsewhere_plays_as_well_as_the_one_inside()
    {
        var folder = Directory.CreateTempSubdirectory("engine-sandbox-").FullName;
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions(folder, [Path.Combine(AppContext.BaseDirectory, "plugins")], TimeProvider.System), default);
        await using var other = await RunningEngine.StartAsync(providers: new ProviderMode.ExternalSandbox(sandbox.Address));
        var reader = await other.IntegratorAsync();

        var run = (await (await reader.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr", scenario = "html" })).JsonAsync()).Text("id");

        Assert.Equal("provider_changed", (await other.UntilAsync(run, found => found.Status.IsFinal())).Exit?.Code);
        Assert.StartsWith(
            sandbox.Address.AbsoluteUri, (await (await reader.GetAsync($"/v1/runs/{run}")).JsonAsync()).Text("sandbox", "phone_url"), StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(string scenario) =>
        (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr", scenario })).JsonAsync()).Text("id");

    private async Task<JsonElement> ViewAsync(string run, Func<JsonElement, bool> isWanted)
    {
        await engine.UntilAsync(run, found => found.Prompt?.Show?.Qr is not null);
        var view = await (await client.GetAsync($"/v1/runs/{run}")).JsonAsync();
        Assert.True(isWanted(view));
        return view;
    }
}

/// <summary>An engine as it is shipped, shared by the tests of a class.</summary>
public sealed class ShippedEngine : IAsyncLifetime
{
    private RunningEngine? running;

    internal RunningEngine Running => running!;

    public async Task InitializeAsync() => running = await RunningEngine.StartAsync();

    public async Task DisposeAsync() => await Running.DisposeAsync();
}
