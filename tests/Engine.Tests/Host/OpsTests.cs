using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>The operators' pages: who gets in, what they show, what they do.</summary>
public sealed class OpsTests(AskingEngine shared) : IClassFixture<AskingEngine>
{
    private static readonly string[] pages = ["/ops", "/ops/flows", "/ops/flows/ask", "/ops/connections", "/ops/providers", "/ops/nodes", "/ops/log"];

    private readonly RunningEngine engine = shared.Running;

    public static TheoryData<string> Pages => [.. pages, "/ops/runs/run_x", "/OPS", "/ops/", "/ops/nothing/here"];

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Nobody_sees_a_page_without_signing_in(string path)
    {
        var answer = await engine.Anyone().GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/ops/sign-in?to=", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Empty(await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Neither_an_api_key_nor_a_persons_session_opens_a_page()
    {
        var integrator = await engine.IntegratorAsync();
        var person = await engine.BrowserAsync(await engine.StartLinkAsync());

        Assert.Equal(HttpStatusCode.Redirect, (await integrator.GetAsync("/ops")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await person.GetAsync("/ops")).StatusCode);
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_say_and_no_more()
    {
        var ops = engine.Anyone();
        ops.DefaultRequestHeaders.Add("X-Api-Key", await engine.NewKeyAsync(ApiScopes.Ops));

        Assert.StartsWith("403 scope_missing", await (await ops.GetAsync("/v1/runs")).ProblemAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync(await engine.NewKeyAsync(ApiScopes.Api))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync("eng_wrong")).StatusCode);
        Assert.Equal(HttpStatusCode.SeeOther, (await SignInAsync(await engine.NewKeyAsync(ApiScopes.Ops))).StatusCode);
    }

    [Fact]
    public async Task The_cookie_of_an_operator_is_no_scripts_and_no_other_sites()
    {
        var answer = await SignInAsync(await engine.NewKeyAsync(ApiScopes.Ops));

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/ops/runs/run_a", "/ops/runs/run_a")]
    [InlineData("//evil.example", "/ops")]
    [InlineData("https://evil.example", "/ops")]
    [InlineData("/\\evil.example", "/ops")]
    [InlineData("/ops/sign-in?to=/ops", "/ops")]
    public async Task Signing_in_leads_to_a_page_of_ours_only(string asked, string led)
    {
        var answer = await SignInAsync(await engine.NewKeyAsync(ApiScopes.Ops), asked);

        Assert.Equal(led, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Wrong_keys_are_refused_unseen_after_ten_of_them()
    {
        await using var own = await RunningEngine.StartAsync(null, Samples.Ask);
        var key = await own.NewKeyAsync(ApiScopes.Ops);
        for (var i = 0; i < SignIn.MostWrong; i++) Assert.Equal(HttpStatusCode.Forbidden, (await SignInAsync("eng_wrong", own: own)).StatusCode);

        var answer = await SignInAsync(key, own: own);

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_session_ends_with_signing_out_and_with_its_key()
    {
        var (anna, boris) = (await engine.OperatorAsync("ends-anna"), await engine.OperatorAsync("ends-boris"));

        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync(anna, "/ops/sign-out", await TokenAsync(anna))).StatusCode);
        await engine.Engine.Access.RemoveApiKeyAsync("ends-boris", default);

        Assert.Equal(HttpStatusCode.Redirect, (await anna.GetAsync("/ops")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await boris.GetAsync("/ops")).StatusCode);
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("wake")]
    [InlineData("ask_again")]
    public async Task Nothing_is_done_without_the_forms_token_or_from_a_foreign_page(string action)
    {
        var run = await StartAsync();
        var (anna, other) = (await engine.OperatorAsync($"csrf-{action}"), await engine.OperatorAsync($"csrf-other-{action}"));
        var token = await TokenAsync(anna);
        var path = $"/ops/runs/{run}/{action}";

        Assert.StartsWith("403 stale_form", await (await PostAsync(anna, path, null)).ProblemAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 stale_form", await (await PostAsync(anna, path, await TokenAsync(other))).ProblemAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 foreign_origin", await (await PostAsync(anna, path, token, "https://evil.example")).ProblemAsync(), StringComparison.Ordinal);
        Assert.StartsWith("403 foreign_origin", await (await PostAsync(anna, path, token, "null")).ProblemAsync(), StringComparison.Ordinal);
        Assert.StartsWith("401 sign_in_first", await (await PostAsync(engine.Page(), path, token)).ProblemAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await anna.GetAsync(path)).StatusCode);
        Assert.DoesNotContain(await engine.Engine.Store.ReadJournalAsync(new RunId(run), 0, default), entry => entry.Kind == "operator");
    }

    [Fact]
    public async Task What_an_operator_does_is_done_and_noted_under_his_name()
    {
        var run = await StartAsync();
        var anna = await engine.OperatorAsync("noted-anna");
        var token = await TokenAsync(anna);

        foreach (var action in (string[])["wake", "ask_again", "cancel"])
        {
            Assert.Equal($"/ops/runs/{run}?done={action}", (await PostAsync(anna, $"/ops/runs/{run}/{action}", token)).Headers.Location?.OriginalString);
        }

        var ended = await engine.UntilAsync(run, now => now.Status.IsFinal());
        Assert.Equal(RunStatus.Cancelled, ended.Status);
        var noted = (await engine.Engine.Store.ReadJournalAsync(ended.Id, 0, default)).Where(entry => entry.Kind == "operator").Select(entry => $"{entry.Detail["by"]} {entry.Detail["action"]}");
        Assert.Equal(["noted-anna wake", "noted-anna ask_again", "noted-anna cancel"], noted);
        Assert.Equal($"/ops/runs/{run}?done=ended", (await PostAsync(anna, $"/ops/runs/{run}/wake", token)).Headers.Location?.OriginalString);
        var log = await (await anna.GetAsync("/ops/log")).Content.ReadAsStringAsync();
        Assert.Contains(run, log, StringComparison.Ordinal);
        Assert.Contains("noted-anna", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Begun")]
    [InlineData("ru", "Начат")]
    public async Task A_page_holds_no_script_and_no_style_of_its_own_and_speaks_the_readers_language(string language, string word)
    {
        var run = await StartAsync();
        var anna = await engine.OperatorAsync($"markup-{language}");
        anna.DefaultRequestHeaders.AcceptLanguage.ParseAdd(language);

        foreach (var path in pages.Append($"/ops/runs/{run}"))
        {
            var answer = await anna.GetAsync(path);
            var html = await answer.Content.ReadAsStringAsync();

            Assert.True(answer.IsSuccessStatusCode, $"{path}: {html}");
            Assert.DoesNotMatch("<script(?![^>]*src=)|<style| style=| on[a-z]+=", html);
            Assert.True(answer.Headers.CacheControl?.NoStore);
            Assert.Contains($"<html lang=\"{language}\">", html, StringComparison.Ordinal);
            if (path.Contains("run_", StringComparison.Ordinal)) Assert.Contains(word, html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hostile_text_is_text()
    {
        const string hostile = "\"><script>alert(1)</script><img src=x onerror=alert(2)>&'`";
        var run = await StartAsync(hostile);
        var anna = await engine.OperatorAsync("hostile <b>anna</b>");

        foreach (var path in (string[])["/ops", $"/ops/runs/{run}", $"/ops?q={Uri.EscapeDataString(hostile)}", $"/ops?flow={Uri.EscapeDataString(hostile)}&world={Uri.EscapeDataString(hostile)}", $"/ops/connections?q={Uri.EscapeDataString(hostile)}&health=%22%3E%3Cscript%3E"])
        {
            var html = await (await anna.GetAsync(path)).Content.ReadAsStringAsync();

            Assert.DoesNotContain("<script>", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<b>anna", html, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert(1)", await (await anna.GetAsync($"/ops/runs/{run}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_paged_without_a_gap_and_filtered()
    {
        await using var own = await RunningEngine.StartAsync(null, Samples.Ask);
        var api = await own.IntegratorAsync();
        var ids = new List<string>();
        for (var i = 0; i < 55; i++) ids.Add((await (await api.PostAsJsonAsync("/v1/runs", new { flow = "ask", subject = $"s{i % 2}" })).JsonAsync()).Text("id"));
        var anna = await own.OperatorAsync();

        var first = await (await anna.GetAsync("/ops")).Content.ReadAsStringAsync();
        var older = WebUtility.HtmlDecode(Regex.Match(first, "href=\"(/ops\\?before=[^\"]+)\"").Groups[1].Value);
        var second = await (await anna.GetAsync(older)).Content.ReadAsStringAsync();

        Assert.Equal(Enumerable.Reverse(ids), RunsIn(first).Concat(RunsIn(second)));
        Assert.Equal(27, RunsIn(await (await anna.GetAsync("/ops?q=s1")).Content.ReadAsStringAsync()).Count);
        Assert.Equal([ids[3]], RunsIn(await (await anna.GetAsync($"/ops?q={ids[3][^8..]}")).Content.ReadAsStringAsync()));
        Assert.Equal([ids[3]], RunsIn(await (await anna.GetAsync($"/ops?q={ids[3]}&status=open&flow=ask&world=sandbox")).Content.ReadAsStringAsync()));
        Assert.Empty(RunsIn(await (await anna.GetAsync("/ops?status=failed")).Content.ReadAsStringAsync()));
        Assert.Empty(RunsIn(await (await anna.GetAsync("/ops?late=1")).Content.ReadAsStringAsync()));
        Assert.Empty(RunsIn(await (await anna.GetAsync("/ops?provider=radist")).Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_link_from_elsewhere_is_asked_for_again_by_our_own_page()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/ops/runs/run_a?x=1");
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        var answer = await engine.Anyone().SendAsync(request);

        Assert.Contains("content=\"0; url=/ops/runs/run_a?x=1\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static List<string> RunsIn(string html) => [.. Regex.Matches(html, "/ops/runs/(run_[0-9a-z]+)\"").Select(match => match.Groups[1].Value)];

    private Task<HttpResponseMessage> SignInAsync(string key, string to = "/ops", RunningEngine? own = null)
    {
        var client = (own ?? engine).Page();
        var form = new FormUrlEncodedContent([KeyValuePair.Create("key", key)]);
        return client.PostAsync($"/ops/sign-in?to={Uri.EscapeDataString(to)}", form);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string? token, string? origin = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(token is null ? [] : [KeyValuePair.Create(OpsAccess.FormField, token)]),
        };
        if (origin is not null)
        {
            client.DefaultRequestHeaders.Remove("Origin");
            request.Headers.Add("Origin", origin);
        }

        return SendAsync();

        async Task<HttpResponseMessage> SendAsync()
        {
            var answer = await client.SendAsync(request);
            if (origin is not null) client.DefaultRequestHeaders.Add("Origin", client.BaseAddress!.GetLeftPart(UriPartial.Authority));
            return answer;
        }
    }

    internal static async Task<string> TokenAsync(HttpClient someone) =>
        Regex.Match(await (await someone.GetAsync("/ops")).Content.ReadAsStringAsync(), "name=\"form_token\" value=\"([0-9a-f]{64})\"").Groups[1].Value;

    private async Task<string> StartAsync(string subject = "")
    {
        var answer = await (await engine.IntegratorAsync()).PostAsJsonAsync("/v1/runs", new { flow = "ask", subject });
        var id = (await answer.JsonAsync()).Text("id");
        await engine.UntilAsync(id, run => run.Prompt is not null);
        return id;
    }
}
