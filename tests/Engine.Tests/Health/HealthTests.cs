using System.Net;
using System.Reflection;
using Engine.Host;
using Engine.Runs;
using Engine.Tests.Host;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Engine.Tests.Health;

public sealed class HealthTests
{
    [Fact]
    public async Task A_working_engine_is_alive_and_ready_to_anybody_and_says_nothing_else()
    {
        await using var engine = await RunningEngine.StartAsync(null, Samples.Ask);
        await RoundAsync(engine);

        var live = await engine.Anyone().GetAsync("/health/live");
        var ready = await engine.Anyone().GetAsync("/health/ready");

        Assert.Equal((HttpStatusCode.OK, """{"status":"alive"}"""), (live.StatusCode, await live.Content.ReadAsStringAsync()));
        Assert.Equal((HttpStatusCode.OK, """{"status":"ready"}"""), (ready.StatusCode, await ready.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Whoever_shows_no_key_or_only_a_browsers_cookie_is_not_told_more()
    {
        await using var engine = await RunningEngine.StartAsync(null, Samples.Ask);
        var browser = await engine.BrowserAsync(await engine.StartLinkAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, (await engine.Anyone().GetAsync("/v1/health")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/v1/health")).StatusCode);
    }

    [Fact]
    public async Task A_node_whose_pump_does_not_go_round_is_not_ready_and_says_when_to_ask_again()
    {
        var root = Directory.CreateTempSubdirectory("engine-health-").FullName;
        var options = new EngineOptions { DataFolder = Path.Combine(root, "data"), KeyFile = Path.Combine(root, "keys", "engine.key"), HasOwnLoops = false };
        await using var engine = await EmbeddedEngine.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, default);
        await using var server = await EngineServer.ServeAsync(engine, port: 0, default);
        using var anyone = new HttpClient { BaseAddress = server.Listening };

        var ready = await anyone.GetAsync("/health/ready");

        Assert.Equal("503 not_ready: this node is not ready: 'pump_silent'", await ready.ProblemAsync());
        Assert.Equal(TimeSpan.FromSeconds(1), ready.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.OK, (await anyone.GetAsync("/health/live")).StatusCode);
    }

    [Fact]
    public async Task A_node_without_flows_is_not_ready()
    {
        await using var engine = await RunningEngine.StartAsync(null, "flow: broken\n");
        await RoundAsync(engine);

        Assert.Equal("503 not_ready: this node is not ready: 'no_flows'", await (await engine.Anyone().GetAsync("/health/ready")).ProblemAsync());
    }

    [Fact]
    public async Task A_part_of_the_engine_may_tell_of_problems_that_do_or_do_not_keep_work_away()
    {
        await using var engine = await RunningEngine.StartAsync(null, Samples.Ask);
        await RoundAsync(engine);
        var problems = new List<HealthProblem> { new("build_missing", "build b1 of plugin 'radist' cannot be loaded: install it here") };
        engine.Engine.Health.Add(() => problems);
        var operatorClient = await engine.IntegratorAsync();

        Assert.Equal(HttpStatusCode.OK, (await engine.Anyone().GetAsync("/health/ready")).StatusCode);
        var details = await (await operatorClient.GetAsync("/v1/health")).JsonAsync();
        Assert.Equal(("degraded", "1"), (details.Text("status"), details.Text("flows_offered")));
        Assert.Equal("build b1 of plugin 'radist' cannot be loaded: install it here", details.GetProperty("problems")[0].Text("says"));

        problems.Add(new HealthProblem("handing_over", "the node hands over", IsBlocking: true));
        Assert.Equal("503 not_ready: this node is not ready: 'handing_over'", await (await engine.Anyone().GetAsync("/health/ready")).ProblemAsync());
        Assert.Equal("not_ready", (await (await operatorClient.GetAsync("/v1/health")).JsonAsync()).Text("status"));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_said_within_a_second_and_asked_once_however_many_look()
    {
        await using var engine = await RunningEngine.StartAsync(null, Samples.Ask);
        var silent = DispatchProxy.Create<IRunStore, SilentStore>();
        using var meters = new EngineMeters();
        var time = new SteppedTime();
        var health = new EngineHealth(new MeteredRunStore(silent, meters, time), engine.Engine.Flows, time);

        var looks = Enumerable.Range(0, 50).Select(_ => health.LookAsync()).ToList();
        await ((SilentStore)(object)silent).Heard;
        time.Step(TimeSpan.FromMilliseconds(900));

        foreach (var look in looks) Assert.Contains("store_unreachable", (await look).Select(problem => problem.Name));
        Assert.Equal(1, ((SilentStore)(object)silent).Asked);
    }

    /// <summary>A round of the pump, made here: the engine's own may come later.</summary>
    private static async Task RoundAsync(RunningEngine engine) =>
        await engine.Engine.Store.ClaimDueAsync(new ClaimRequest("test", 1, TimeSpan.FromSeconds(1)), default);
}

/// <summary>A store that never answers; it counts how often it was asked.</summary>
public class SilentStore : DispatchProxy
{
    private readonly TaskCompletionSource heard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int asked;

    public int Asked => asked;

    /// <summary>Ends when it was asked for the first time.</summary>
    public Task Heard => heard.Task;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Interlocked.Increment(ref asked);
        heard.TrySetResult();
        return targetMethod?.Name == nameof(IRunStore.NextDueAsync)
            ? new TaskCompletionSource<DateTimeOffset?>().Task
            : throw new NotSupportedException(targetMethod?.Name);
    }
}
