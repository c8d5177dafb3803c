using System.Net;
using System.Net.Http.Json;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

public sealed class AccessTests(AskingEngine shared) : IClassFixture<AskingEngine>
{
    private const string Unauthorized =
        "401 unauthorized: no known API key: send one as 'Authorization: Bearer eng_…' or 'X-Api-Key: eng_…'";

    private const string LinkNotValid = "401 link_not_valid: the link is unknown, used already or past its time: ask for a new one";

    private readonly RunningEngine engine = shared.Running;

    [Theory]
    [InlineData("GET", "/v1/flows")]
    [InlineData("GET", "/v1/runs")]
    [InlineData("POST", "/v1/runs")]
    [InlineData("GET", "/v1/runs/run_x")]
    [InlineData("POST", "/v1/runs/run_x/replies")]
    [InlineData("POST", "/v1/runs/run_x/cancel")]
    [InlineData("POST", "/v1/runs/run_x/links")]
    [InlineData("GET", "/v1/runs/run_x/events")]
    [InlineData("GET", "/v1/connections")]
    [InlineData("GET", "/v1/connections/con_x")]
    [InlineData("GET", "/V1/flows")]
    [InlineData("GET", "/v1/nothing")]
    public async Task Nothing_is_answered_without_a_key(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        Assert.Equal(Unauthorized, await (await engine.Anyone().SendAsync(request)).ProblemAsync());
    }

    [Theory]
    [InlineData("Authorization", "Bearer eng_wrong")]
    [InlineData("Authorization", "Basic ZW5nOndyb25n")]
    [InlineData("X-Api-Key", "eng_wrong")]
    [InlineData("X-Api-Key", "")]
    public async Task A_wrong_key_is_refused(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/flows");
        request.Headers.TryAddWithoutValidation(header, value);

        Assert.Equal(Unauthorized, await (await engine.Anyone().SendAsync(request)).ProblemAsync());
    }

    [Fact]
    public async Task A_wrong_key_is_refused_whatever_cookie_comes_with_it()
    {
        var browser = await engine.BrowserAsync(await engine.StartLinkAsync());
        browser.DefaultRequestHeaders.Add("X-Api-Key", "eng_wrong");

        Assert.Equal(Unauthorized, await (await browser.GetAsync("/v1/flows")).ProblemAsync());
    }

    [Fact]
    public async Task A_key_in_the_address_counts_for_nothing()
    {
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        await engine.Engine.Access.AddApiKeyAsync("address", AccessToken.HashOf(key), ApiScopes.Api, default);

        Assert.Equal(HttpStatusCode.Unauthorized, (await engine.Anyone().GetAsync($"/v1/flows?api_key={key}")).StatusCode);
    }

    [Fact]
    public async Task The_first_key_is_made_once()
    {
        await using var fresh = await RunningEngine.StartAsync(null, Samples.Ask);

        Assert.StartsWith("eng_", await fresh.Engine.MakeFirstApiKeyAsync(default), StringComparison.Ordinal);
        Assert.Null(await fresh.Engine.MakeFirstApiKeyAsync(default));
    }

    [Fact]
    public async Task The_start_links_token_is_traded_once_for_a_cookie_that_no_script_can_read()
    {
        var link = await engine.StartLinkAsync();

        var answer = await engine.Page().PostAsJsonAsync("/session", new { token = RunningEngine.TokenIn(link) });

        Assert.Contains("httponly", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        Assert.True((await answer.JsonAsync()).GetProperty("can_start").GetBoolean());
        Assert.Equal(LinkNotValid, await (await engine.Page().PostAsJsonAsync("/session", new { token = RunningEngine.TokenIn(link) })).ProblemAsync());
    }

    [Theory]
    [InlineData("lnk_unknown")]
    [InlineData("")]
    public async Task An_unknown_link_is_refused_like_a_used_one(string token) =>
        Assert.Equal(LinkNotValid, await (await engine.Page().PostAsJsonAsync("/session", new { token })).ProblemAsync());

    [Fact]
    public async Task Opening_a_link_without_its_script_does_not_use_it_up()
    {
        var link = await engine.StartLinkAsync();

        await engine.Anyone().GetAsync(link);
        await engine.Anyone().SendAsync(new HttpRequestMessage(HttpMethod.Head, link));

        Assert.NotNull(await engine.BrowserAsync(link));
    }

    [Fact]
    public async Task A_foreign_page_can_neither_trade_a_link_nor_change_anything_with_our_cookie()
    {
        const string foreign = "403 foreign_origin: a browser's change must come from the engine's own page";
        var link = await engine.StartLinkAsync();
        var attacker = engine.Anyone();
        Assert.Equal(foreign, await (await attacker.PostAsJsonAsync("/session", new { token = RunningEngine.TokenIn(link) })).ProblemAsync());

        var browser = await engine.BrowserAsync(link);
        browser.DefaultRequestHeaders.Remove("Origin");
        browser.DefaultRequestHeaders.Add("Origin", "http://127.0.0.1:1");
        Assert.Equal(foreign, await (await browser.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).ProblemAsync());
        browser.DefaultRequestHeaders.Remove("Origin");
        Assert.Equal(foreign, await (await browser.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).ProblemAsync());
    }

    [Fact]
    public async Task A_run_link_opens_its_own_run_and_no_other()
    {
        var integrator = await engine.IntegratorAsync();
        var own = await StartAsync(integrator);
        var other = await StartAsync(integrator);
        var link = (await (await integrator.PostAsync($"/v1/runs/{own}/links", null)).JsonAsync()).Text("url");
        Assert.StartsWith($"{engine.Engine.Address}/connect/{own}#token=lnk_", link, StringComparison.Ordinal);

        var browser = await engine.BrowserAsync(link);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/v1/runs/{own}")).StatusCode);
        Assert.Equal($"404 unknown_run: there is no run '{other}'", await (await browser.GetAsync($"/v1/runs/{other}")).ProblemAsync());
        Assert.Equal($"404 unknown_run: there is no run '{other}'", await (await browser.PostAsync($"/v1/runs/{other}/cancel", null)).ProblemAsync());
        const string forbidden = "403 forbidden: this browser may only see and answer the runs of its links: an API key is needed for the rest";
        Assert.Equal(forbidden, await (await browser.GetAsync("/v1/connections")).ProblemAsync());
        Assert.Equal(forbidden, await (await browser.GetAsync("/v1/flows")).ProblemAsync());
        Assert.Equal(forbidden, await (await browser.PostAsync($"/v1/runs/{own}/links", null)).ProblemAsync());
        Assert.Equal(forbidden, await (await browser.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).ProblemAsync());
        Assert.Equal(own, Assert.Single((await (await browser.GetAsync("/v1/runs")).JsonAsync()).GetProperty("runs").EnumerateArray()).Text("id"));
    }

    [Fact]
    public async Task A_browser_finds_its_run_in_the_list_however_many_others_are_newer()
    {
        var integrator = await engine.IntegratorAsync();
        var own = await StartAsync(integrator);
        var browser = await engine.BrowserAsync(await LinkAsync(integrator, own));
        await StartAsync(integrator);

        var listed = (await (await browser.GetAsync("/v1/runs?limit=1")).JsonAsync()).GetProperty("runs");

        Assert.Equal(own, Assert.Single(listed.EnumerateArray()).Text("id"));
    }

    [Fact]
    public async Task A_browser_that_opens_a_second_link_keeps_the_first_run()
    {
        var integrator = await engine.IntegratorAsync();
        var first = await StartAsync(integrator);
        var second = await StartAsync(integrator);
        var browser = await engine.BrowserAsync(await LinkAsync(integrator, first));

        var answer = await browser.PostAsJsonAsync("/session", new { token = RunningEngine.TokenIn(await LinkAsync(integrator, second)) });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/v1/runs/{first}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/v1/runs/{second}")).StatusCode);
    }

    [Fact]
    public async Task A_browser_may_see_the_run_that_it_started()
    {
        var browser = await engine.BrowserAsync(await engine.StartLinkAsync());

        var run = await StartAsync(browser);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync($"/v1/runs/{run}")).StatusCode);
    }

    [Fact]
    public async Task A_run_that_has_ended_gets_no_link()
    {
        var integrator = await engine.IntegratorAsync();
        var run = await StartAsync(integrator);
        await integrator.PostAsync($"/v1/runs/{run}/cancel", null);
        await engine.UntilAsync(run, found => found.Status.IsFinal());

        Assert.Equal(
            $"409 run_ended: the run '{run}' has ended: start a new one",
            await (await integrator.PostAsync($"/v1/runs/{run}/links", null)).ProblemAsync());
    }

    /// <summary>The run has ended, so that nothing but the request itself can give the hint.</summary>
    [Fact]
    public async Task A_cancellation_is_told_to_whoever_works_on_the_run()
    {
        var integrator = await engine.IntegratorAsync();
        var run = await StartAsync(integrator);
        await integrator.PostAsync($"/v1/runs/{run}/cancel", null);
        await engine.UntilAsync(run, found => found.Status.IsFinal());
        var hint = engine.Engine.Changes.NextChange(new RunId(run));

        await integrator.PostAsync($"/v1/runs/{run}/cancel", null);

        Assert.True(hint.IsCompleted);
    }

    private static async Task<string> StartAsync(HttpClient client) =>
        (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).JsonAsync()).Text("id");

    private static async Task<string> LinkAsync(HttpClient client, string run) =>
        (await (await client.PostAsync($"/v1/runs/{run}/links", null)).JsonAsync()).Text("url");
}
