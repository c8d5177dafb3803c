using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

public sealed class RedirectTests(OpenDoor open) : IClassFixture<OpenDoor>
{
    private readonly Door door = open.Door;

    [Fact]
    public async Task A_person_goes_to_the_providers_page_and_comes_back_to_a_connection()
    {
        var (run, browser) = await door.BeginAsync();
        var offer = await (await browser.GetAsync($"/v1/runs/{run}")).JsonAsync();
        Assert.Equal(("door", "True", "waiting_user"), (offer.Text("prompt", "redirect", "provider"), offer.Text("prompt", "redirect", "is_popup"), offer.Text("status")));

        var page = await Door.LeaveAsync(browser, run);
        Assert.Equal($"{door.Engine.Address}/v1/return/door", page["redirect_uri"]);
        var answer = await browser.GetAsync($"/v1/return/door?state={page["state"]}&code=anna");

        Assert.Equal((HttpStatusCode.SeeOther, $"/connect/{run}"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        var ended = await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.Equal((RunStatus.Succeeded, "succeeded"), (ended.Status, ended.Exit?.Code));
        Assert.Equal("account of anna", (await door.Engine.Store.FindConnectionAsync(ended.Connection!.Value, default))?.IdentityKey);
    }

    [Fact]
    public async Task R_01_a_state_is_random_kept_as_a_hash_and_used_once()
    {
        var (run, browser) = await door.BeginAsync();
        var states = new HashSet<string>();
        for (var i = 0; i < 50; i++) Assert.True(states.Add((await Door.LeaveAsync(browser, run))["state"]!));
        Assert.All(states, state => Assert.True(state.Length >= 43));
        foreach (var file in Directory.EnumerateFiles(door.Running.DataFolder, "*", SearchOption.TopDirectoryOnly).Where(file => file.Contains("engine.db", StringComparison.Ordinal)))
        {
            await using var shared = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await shared.CopyToAsync(copy);
            Assert.All(states, state => Assert.Equal(-1, copy.ToArray().AsSpan().IndexOf(Encoding.ASCII.GetBytes(state))));
        }

        var first = states.First();
        await browser.GetAsync($"/v1/return/door?state={first}&code=one");
        await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        var replay = await browser.GetAsync($"/v1/return/door?state={first}&code=two");
        var foreign = await browser.GetAsync($"/v1/return/door?state={new string('A', 43)}&code=two");

        Assert.Equal($"/connect/{run}", replay.Headers.Location?.OriginalString);
        Assert.Equal("/returned/unknown", foreign.Headers.Location?.OriginalString);
        Assert.NotNull(await door.FindConnectionAsync("door", "account of one"));
        Assert.Null(await door.FindConnectionAsync("door", "account of two"));
    }

    [Fact]
    public async Task R_02_only_the_browser_that_left_may_come_back_and_no_other_can_burn_its_state()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];
        var (other, stranger) = await door.BeginAsync();
        await Door.LeaveAsync(stranger, other);

        var without = await door.Running.Anyone().GetAsync($"/v1/return/door?state={state}&code=evil");
        var foreign = await stranger.GetAsync($"/v1/return/door?state={state}&code=evil");
        Assert.Equal("/returned/other-browser", without.Headers.Location?.OriginalString);
        Assert.Equal("/returned/other-browser", foreign.Headers.Location?.OriginalString);
        Assert.NotNull((await door.Engine.Store.FindAsync(new RunId(run), default))?.Prompt);

        await browser.GetAsync($"/v1/return/door?state={state}&code=anna");
        Assert.Equal(RunStatus.Succeeded, (await door.Running.UntilAsync(run, row => row.Status.IsFinal())).Status);
        Assert.Null(await door.FindConnectionAsync("door", "account of evil"));
    }

    [Fact]
    public async Task R_02_the_cookie_of_a_public_engine_is_bound_to_its_host()
    {
        await using var outside = await Door.OpenAsync(options => options with { PublicUrl = new Uri("https://connect.example.com") });
        var (run, browser) = await outside.BeginAsync();
        browser.DefaultRequestHeaders.Remove("Origin");
        browser.DefaultRequestHeaders.Add("Origin", "https://connect.example.com");
        var view = await (await browser.GetAsync($"/v1/runs/{run}")).JsonAsync();

        var answer = await browser.PostAsJsonAsync($"/v1/runs/{run}/visits", new { prompt = view.Text("prompt", "id") });

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("__Host-engine_visit=", cookie, StringComparison.Ordinal);
        Assert.All(["secure", "httponly", "samesite=lax", "path=/"], part => Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task R_05_a_state_is_good_at_its_own_providers_return_address_only()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];

        Assert.Equal("/returned/unknown", (await browser.GetAsync($"/v1/return/other?state={state}&code=a")).Headers.Location?.OriginalString);
        Assert.Equal("/returned/unknown", (await browser.GetAsync($"/v1/return/door/world?state={state}&code=a")).Headers.Location?.OriginalString);

        await browser.GetAsync($"/v1/return/door?state={state}&code=anna");
        Assert.Equal(RunStatus.Succeeded, (await door.Running.UntilAsync(run, row => row.Status.IsFinal())).Status);
    }

    [Fact]
    public async Task R_07_each_visit_has_a_PKCE_pair_of_its_own_and_the_flow_gets_its_verifier()
    {
        var (run, browser) = await door.BeginAsync();
        var pages = new List<System.Collections.Specialized.NameValueCollection>();
        for (var i = 0; i < 20; i++) pages.Add(await Door.LeaveAsync(browser, run));
        Assert.Equal(20, pages.Select(page => page["code_challenge"]).Distinct().Count());

        var visit = await door.Engine.Signals.FindVisitAsync(EngineAddress.HashOf(pages[7]["state"]!), default);
        var verifier = visit!.Verifier!.Reveal();

        Assert.True(verifier.Length is >= 43 and <= 128);
        Assert.Equal(pages[7]["code_challenge"], Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        await browser.GetAsync($"/v1/return/door?state={pages[7]["state"]}&code=anna");
        await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.Null((await door.Engine.Signals.FindVisitAsync(EngineAddress.HashOf(pages[7]["state"]!), default))?.Verifier);
    }

    [Fact]
    public async Task R_08_fifty_equal_returns_at_once_make_one_exchange()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => browser.GetAsync($"/v1/return/door?state={state}&code=anna")));

        await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.All(answers, answer => Assert.Equal($"/connect/{run}", answer.Headers.Location?.OriginalString));
        Assert.Equal(1, (await door.Engine.Store.ReadJournalAsync(new RunId(run), 0, default)).Count(entry => entry.Kind == "call_sent"));
    }

    [Theory]
    [InlineData("&code=a&code=b")]
    [InlineData("&code=a%00b")]
    [InlineData("")]
    [InlineData("&error=new_word&error_description=%3Cscript%3Ealert(1)%3C/script%3E")]
    public async Task R_09_and_R_10_a_hostile_return_ends_the_visit_as_callback_invalid_and_is_repeated_nowhere(string query)
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];

        var answer = await browser.GetAsync($"/v1/return/door?state={state}{query}");

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        var ended = await door.Running.UntilAsync(run, row => row.Status.IsFinal());
        Assert.Equal("callback_invalid", ended.Exit?.Code);
        Assert.DoesNotContain("script", await browser.GetStringAsync($"/v1/runs/{run}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?state=a&state=b&code=c")]
    [InlineData("?state=&code=c")]
    [InlineData("?state[]=a&state=..%2F..")]
    public async Task R_09_a_state_that_is_none_changes_nothing(string query)
    {
        var (run, browser) = await door.BeginAsync();
        await Door.LeaveAsync(browser, run);

        Assert.Equal("/returned/unknown", (await browser.GetAsync($"/v1/return/door{query}")).Headers.Location?.OriginalString);
        Assert.NotNull((await door.Engine.Store.FindAsync(new RunId(run), default))?.Prompt);
    }

    [Fact]
    public async Task R_10_a_person_who_says_no_ends_the_flow_as_it_says()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];

        await browser.GetAsync($"/v1/return/door?state={state}&error=access_denied");

        Assert.Equal("denied_by_user", (await door.Running.UntilAsync(run, row => row.Status.IsFinal())).Exit?.Code);
    }

    [Fact]
    public async Task R_11_no_header_changes_where_the_engine_says_it_is()
    {
        var (run, browser) = await door.BeginAsync();
        foreach (var header in new[] { "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Original-Host", "X-Host" })
        {
            browser.DefaultRequestHeaders.Add(header, header == "Forwarded" ? "host=evil.example;proto=https" : "evil.example");
        }

        Assert.Equal($"{door.Engine.Address}/v1/return/door", (await Door.LeaveAsync(browser, run))["redirect_uri"]);
    }

    [Fact]
    public async Task R_12_nobody_can_name_another_place_to_come_back_to()
    {
        var (run, browser) = await door.BeginAsync();
        var view = await (await browser.GetAsync($"/v1/runs/{run}")).JsonAsync();

        var answer = await browser.PostAsJsonAsync(
            $"/v1/runs/{run}/visits", new { prompt = view.Text("prompt", "id"), return_url = "https://evil.example" });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task R_22_another_account_is_refused_and_what_was_stored_goes_on_with_its_own()
    {
        var connection = await ConnectAsync("anna-22");

        Assert.Equal("wrong_account", (await RenewAsync("door", connection, "bert-22")).Exit?.Code);
        var after = await door.Engine.Store.FindConnectionAsync(connection, default);
        Assert.Equal((1, "account of anna-22", Sdk.ConnectionHealth.Active), (after?.Revision, after?.IdentityKey, after?.Health));
        Assert.Equal("succeeded", (await RenewAsync("door", connection, "anna-22")).Exit?.Code);
    }

    [Theory]
    [InlineData("con_none")]
    [InlineData("con_00000000000000000000000000")]
    [InlineData("")]
    public async Task R_22_a_connection_that_is_nobodys_is_refused_alike(string connection)
    {
        using var integrator = await door.Running.IntegratorAsync();

        var refused = await (await integrator.PostAsJsonAsync("/v1/runs", new { flow = "door", purpose = "reauth", connection })).ProblemAsync();

        Assert.Equal($"422 connection_unknown: there is no connection '{connection}'", refused);
    }

    [Fact]
    public async Task A_connection_that_a_providers_call_made_is_renewed_by_another_flow_of_the_provider()
    {
        var code = $"walk-in-{Guid.NewGuid():N}";
        using var integrator = await door.Running.IntegratorAsync();
        await integrator.GetAsync($"/v1/hooks/door/installed?code={code}");
        var made = await door.Running.UntilConnectedAsync("installed", $"account of {code}");

        var view = await (await integrator.GetAsync($"/v1/connections/{made.Id}")).JsonAsync();
        var ended = await RenewAsync("door", made.Id, code);

        Assert.Equal(["door"], view.GetProperty("renewed_by").EnumerateArray().Select(flow => flow.GetString()));
        Assert.Equal(("succeeded", made.Id), (ended.Exit?.Code, ended.Connection));
        Assert.Equal("installed", (await door.Engine.Store.FindConnectionAsync(made.Id, default))?.Flow);
    }

    [Fact]
    public async Task R_26_whoever_looks_ahead_uses_no_return_up()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run))["state"];
        var address = $"/v1/return/door?state={state}&code=anna";
        string[] bots = ["TelegramBot (like TwitterBot)", "WhatsApp/2.23", "facebookexternalhit/1.1", "Slackbot-LinkExpanding 1.0", "Googlebot/2.1", "Mozilla/5.0 (SkypeUriPreview)"];

        foreach (var bot in bots)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("User-Agent", bot);
            await door.Running.Anyone().SendAsync(request);
        }

        using var head = new HttpRequestMessage(HttpMethod.Head, address);
        await browser.SendAsync(head);
        using var ahead = new HttpRequestMessage(HttpMethod.Get, address);
        ahead.Headers.Add("Sec-Purpose", "prefetch;prerender");
        Assert.Equal(HttpStatusCode.NoContent, (await browser.SendAsync(ahead)).StatusCode);
        await browser.GetAsync($"/leave/{run}/p1");
        Assert.NotNull((await door.Engine.Store.FindAsync(new RunId(run), default))?.Prompt);

        await browser.GetAsync(address);
        Assert.Equal(RunStatus.Succeeded, (await door.Running.UntilAsync(run, row => row.Status.IsFinal())).Status);
    }

    [Fact]
    public async Task R_27_what_came_back_is_in_no_address_page_or_journal_of_ours()
    {
        var (run, browser) = await door.BeginAsync();
        var page = await Door.LeaveAsync(browser, run);
        var answer = await browser.GetAsync($"/v1/return/door?state={page["state"]}&code=CANARY-code");
        await door.Running.UntilAsync(run, row => row.Status.IsFinal());

        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        var journal = string.Join("\n", (await door.Engine.Store.ReadJournalAsync(new RunId(run), 0, default)).SelectMany(entry => entry.Detail.Values));
        foreach (var text in new[] { answer.Headers.Location!.OriginalString, journal })
        {
            Assert.DoesNotContain("CANARY", text, StringComparison.Ordinal);
            Assert.DoesNotContain(page["state"]!, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_window_of_its_own_ends_on_a_page_that_closes_it_and_the_run_goes_on_all_the_same()
    {
        var (run, browser) = await door.BeginAsync();
        var state = (await Door.LeaveAsync(browser, run, popup: true))["state"];

        var answer = await browser.GetAsync($"/v1/return/door?state={state}&code=anna");

        Assert.Equal("/returned/done", answer.Headers.Location?.OriginalString);
        Assert.Equal(RunStatus.Succeeded, (await door.Running.UntilAsync(run, row => row.Status.IsFinal())).Status);
    }

    [Fact]
    public async Task A_visit_is_for_browsers_and_for_the_prompt_that_is_shown()
    {
        var (run, browser) = await door.BeginAsync();
        using var integrator = await door.Running.IntegratorAsync();

        Assert.StartsWith("403 browser_wanted", await (await integrator.PostAsJsonAsync($"/v1/runs/{run}/visits", new { prompt = "p1" })).ProblemAsync(), StringComparison.Ordinal);
        Assert.StartsWith("409 stale_reply", await (await browser.PostAsJsonAsync($"/v1/runs/{run}/visits", new { prompt = "p9" })).ProblemAsync(), StringComparison.Ordinal);
    }

    private async Task<ConnectionId> ConnectAsync(string person)
    {
        var (run, browser) = await door.BeginAsync();
        return (await ComeBackAsync(run, browser, person)).Connection!.Value;
    }

    private async Task<StoredRun> RenewAsync(string flow, ConnectionId connection, string person)
    {
        var (run, browser) = await door.BeginAsync(new { flow, purpose = "reauth", connection = connection.Value });
        return await ComeBackAsync(run, browser, person);
    }

    private async Task<StoredRun> ComeBackAsync(string run, HttpClient browser, string person)
    {
        var state = (await Door.LeaveAsync(browser, run))["state"];
        await browser.GetAsync($"/v1/return/door?state={state}&code={person}");
        return await door.Running.UntilAsync(run, row => row.Status.IsFinal());
    }
}
