using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

public sealed class HookTests(OpenDoor open) : IClassFixture<OpenDoor>
{
    private readonly Door door = open.Door;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_goes_on_with_what_the_provider_says_early_or_late(bool isEarly)
    {
        var (run, browser) = await door.BeginAsync("bell");
        var hook = await HookOfAsync(run);
        if (isEarly) Assert.Equal("OK", await (await RingAsync(hook, "?text=ding&id=1")).Content.ReadAsStringAsync());

        await GoOnAsync(run, browser);
        if (!isEarly)
        {
            await door.Running.UntilAsync(run, row => row.Step == "rung");
            await RingAsync(hook, "?text=ding&id=1");
        }

        var ended = await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.Equal("succeeded", ended.Exit?.Code);
        Assert.Equal("ding", (await door.Engine.Store.FindConnectionAsync(ended.Connection!.Value, default))?.IdentityKey);
    }

    [Fact]
    public async Task R_109_repeats_are_answered_alike_and_told_to_the_run_once()
    {
        var (run, browser) = await door.BeginAsync("bell");
        var hook = await HookOfAsync(run);

        foreach (var query in new[] { "?text=a&id=1", "?text=b&id=1", "?text=a", "?text=a", "?text=b" })
        {
            Assert.Equal("OK", await (await RingAsync(hook, query)).Content.ReadAsStringAsync());
        }

        await GoOnAsync(run, browser);
        await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.Equal(3, (await door.Engine.Store.ReadJournalAsync(new RunId(run), 0, default)).Count(entry => entry.Kind == "signalled"));
    }

    [Fact]
    public async Task R_109_a_call_that_is_not_genuine_or_too_large_changes_nothing()
    {
        var (run, _) = await door.BeginAsync("bell");
        var hook = await HookOfAsync(run);
        using var client = door.Running.Anyone();

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.PostAsync(hook + "?text=a", null)).StatusCode);
        Assert.Equal("pong", await (await RingAsync(hook, "?ping=1")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await RingAsync($"{door.Engine.Address}/v1/hooks/{new string('A', 43)}", "")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await RingAsync(hook, "?text=a&text=b")).StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await RingAsync(hook, "?text=a", new string('x', 256 * 1024 + 1))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await RingAsync(hook, "?ping=1", new string('x', 256 * 1024))).StatusCode);

        Assert.Equal(0, (await door.Engine.Store.FindAsync(new RunId(run), default))?.InboxSeen);
        Assert.Empty(await door.Engine.Store.ReadInboxAsync(new RunId(run), 0, default));
    }

    [Fact]
    public async Task A_hooks_address_is_the_connections_once_the_run_stored_it()
    {
        var (run, browser) = await door.BeginAsync("bell");
        var hook = await HookOfAsync(run);
        await RingAsync(hook, "?text=ding");
        await GoOnAsync(run, browser);
        var ended = await door.Running.UntilAsync(run, row => row.Status.IsFinal());

        var target = await door.Engine.Signals.FindHookAsync(EngineAddress.HashOf(hook[(hook.LastIndexOf('/') + 1)..]), default);
        var later = await RingAsync(hook, "?text=later");

        Assert.Equal((ended.Connection, false), (target?.Connection, target?.IsOpen));
        Assert.Equal("OK", await later.Content.ReadAsStringAsync());
        Assert.Empty(await door.Engine.Store.ReadInboxAsync(new RunId(run), 0, default));
    }

    [Theory]
    [InlineData("", Sdk.ConnectionHealth.Active)]
    [InlineData("somebody", Sdk.ConnectionHealth.Active)]
    [InlineData("ding", Sdk.ConnectionHealth.Disabled)]
    public async Task What_a_call_of_a_connections_own_address_says_of_its_account_changes_its_health(string account, Sdk.ConnectionHealth health)
    {
        var (run, browser) = await door.BeginAsync("bell");
        var hook = await HookOfAsync(run);
        await RingAsync(hook, "?text=ding");
        await GoOnAsync(run, browser);
        var ended = await door.Running.UntilAsync(run, row => row.Status.IsFinal());

        await RingAsync(hook, $"?text=later&gone={account}");

        var told = await door.Engine.Store.FindConnectionAsync(ended.Connection!.Value, default);
        Assert.Equal((health, health == Sdk.ConnectionHealth.Active ? null : "shut"), (told?.Health, told?.Cause));
    }

    [Theory]
    [InlineData("/v1/hooks/door/installed")]
    [InlineData("/v1/return/door")]
    public async Task R_15_an_unsolicited_call_begins_a_run_of_its_own_once_and_changes_no_connection(string address)
    {
        var before = await door.Engine.Store.ListConnectionsAsync(null, default);
        var code = Guid.NewGuid().ToString("N");
        using var client = door.Running.Anyone();

        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{address}?code={code}&referer=acme")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync(address)).StatusCode);

        var connection = await ConnectedAsync($"account of {code}");
        Assert.Equal("", connection.Subject);
        var after = await door.Engine.Store.ListConnectionsAsync(null, default);
        Assert.Equal(before.Select(known => (known.Id, known.Revision)), after.Where(known => known.Id != connection.Id).Select(known => (known.Id, known.Revision)));
        Assert.Single(await door.Engine.Store.ListAsync(new RunFilter(Flow: "installed"), default), run => run.Connection == connection.Id);
    }

    [Fact]
    public async Task R_15_a_call_that_was_kept_begins_its_run_also_after_a_restart()
    {
        await using var own = await Door.OpenAsync();
        var payload = JsonSerializer.SerializeToElement(new { code = "bob", address = "https://us/" });

        // Nobody says that something came.
        await own.Engine.Signals.KeepDeliveryAsync(new Delivery("d1", "door", null, "installed", payload), default);
        await own.Running.RestartAsync();

        await own.Running.UntilConnectedAsync("installed", "account of bob");
    }

    [Fact]
    public async Task R_15_a_flood_of_unsolicited_calls_is_held_back_and_what_was_taken_is_not_lost()
    {
        await using var own = await Door.OpenAsync();
        using var client = own.Running.Anyone();
        using var integrator = await own.Running.IntegratorAsync();
        var codes = Enumerable.Range(0, 2 * HookFlood.AtOnce).Select(number => $"flood-{number}").ToList();
        var taken = new System.Collections.Concurrent.ConcurrentBag<string>();

        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        var flood = Parallel.ForEachAsync(codes, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (code, cancellation) =>
        {
            var answer = await client.GetAsync($"/v1/hooks/door/installed?code={code}", cancellation);
            if (answer.StatusCode == HttpStatusCode.OK) taken.Add(code);
            else Assert.Equal((HttpStatusCode.ServiceUnavailable, 2), (answer.StatusCode, (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds));
        });
        while (!flood.IsCompleted) Assert.Equal(HttpStatusCode.OK, (await integrator.GetAsync("/v1/flows")).StatusCode);
        await flood;
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(began).TotalSeconds;

        Assert.InRange(taken.Count, HookFlood.AtOnce, HookFlood.AtOnce + (int)(seconds * HookFlood.PerSecond) + 1);
        foreach (var code in taken) await own.Running.UntilConnectedAsync("installed", $"account of {code}");
        Assert.Equal(taken.Count, (await own.Engine.Store.ListConnectionsAsync(null, default)).Count);
    }

    [Fact]
    public void R_15_each_address_has_a_measure_of_its_own_which_fills_up_again()
    {
        var (time, told) = (new SteppedTime(), 0);
        var flood = new HookFlood(time);

        for (var i = 0; i < HookFlood.AtOnce; i++) Assert.True(flood.Takes("door.installed", () => told++));
        for (var i = 0; i < 100; i++) Assert.False(flood.Takes("door.installed", () => told++));
        Assert.True(flood.Takes("other.installed", () => told++));
        Assert.Equal(1, told);

        time.Step(TimeSpan.FromSeconds(1));
        var again = Enumerable.Range(0, 1000).Count(_ => flood.Takes("door.installed", () => told++));
        Assert.Equal(HookFlood.PerSecond, again);
    }

    [Fact]
    public async Task A_flow_that_a_call_begins_is_begun_by_nobody_else()
    {
        using var integrator = await door.Running.IntegratorAsync();

        var answer = await integrator.PostAsJsonAsync("/v1/runs", new { flow = "installed" });

        Assert.Equal("422 begun_by_hook: a call of the provider ('door.installed') begins this flow; nobody else can", await answer.ProblemAsync());
    }

    private Task<Connection> ConnectedAsync(string identity) => door.Running.UntilConnectedAsync("installed", identity);

    /// <summary>The address that the provider was told.</summary>
    private async Task<string> HookOfAsync(string run)
    {
        var row = await door.Running.UntilAsync(run, row => row.Prompt is not null);
        var flow = (await door.Engine.Flows.FindAsync(row.Flow, row.FlowVersion, default))!;
        var slot = RunCodec.Decode(flow, row.State.Span).Slots[flow.Flow.Slots.IndexOf("subscription")];
        return slot!.GetType().GetProperty("Id")!.GetValue(slot) as string ?? "";
    }

    private static async Task GoOnAsync(string run, HttpClient browser)
    {
        var view = await (await browser.GetAsync($"/v1/runs/{run}")).JsonAsync();
        var answer = await browser.PostAsJsonAsync(
            $"/v1/runs/{run}/replies", new { prompt = view.Text("prompt", "id"), transaction = "t", action = "submit" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> RingAsync(string hook, string query, string body = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hook + query) { Content = new StringContent(body, Encoding.UTF8) };
        request.Headers.Add("X-Sign", "right");
        return await door.Running.Anyone().SendAsync(request);
    }
}
