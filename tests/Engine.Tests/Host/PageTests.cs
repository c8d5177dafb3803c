using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Engine.Tests.Host;

public sealed class PageTests(AskingEngine shared) : IClassFixture<AskingEngine>
{
    private readonly RunningEngine engine = shared.Running;

    [Theory]
    [InlineData("/")]
    [InlineData("/start")]
    [InlineData("/connect/run_x")]
    [InlineData("/assets/connect.js")]
    [InlineData("/nothing/here")]
    [InlineData("/v1/flows")]
    public async Task Every_answer_forbids_foreign_code_and_framing(string path)
    {
        var answer = await engine.Anyone().GetAsync(path);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("base-uri 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/connect/run_x")]
    public async Task A_page_holds_no_script_and_no_style_of_its_own_and_is_not_kept(string path)
    {
        var answer = await engine.Anyone().GetAsync(path);
        var html = await answer.Content.ReadAsStringAsync();

        Assert.DoesNotMatch("<script(?![^>]*src=)|<style| style=| on[a-z]+=", html);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("ru-RU,ru;q=0.9,en;q=0.8", null, "ru")]
    [InlineData("de,en;q=0.9", null, "en")]
    [InlineData("de", null, "en")]
    [InlineData("en", "engine_language=ru", "ru")]
    [InlineData("ru", "engine_language=<script>", "ru")]
    public async Task A_page_begins_in_the_language_that_was_chosen_or_that_the_browser_asks_for(string asked, string? cookie, string given)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/run_x");
        request.Headers.Add("Accept-Language", asked);
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);

        var html = await (await engine.Anyone().SendAsync(request)).Content.ReadAsStringAsync();

        Assert.Contains($"<html lang=\"{given}\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_has_not_changed_is_not_sent_again()
    {
        var first = await engine.Anyone().GetAsync("/assets/app.css");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/app.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        Assert.Equal(HttpStatusCode.NotModified, (await engine.Anyone().SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task Both_languages_say_the_same_things()
    {
        var english = KeysOf(await engine.Anyone().GetStringAsync("/assets/texts.en.js"));
        var russian = KeysOf(await engine.Anyone().GetStringAsync("/assets/texts.ru.js"));

        Assert.NotEmpty(english);
        Assert.Equal(english, russian);
    }

    [Fact]
    public async Task Each_sentence_has_the_same_holes_in_both_languages()
    {
        var english = HolesOf(await engine.Anyone().GetStringAsync("/assets/texts.en.js"));
        var russian = HolesOf(await engine.Anyone().GetStringAsync("/assets/texts.ru.js"));

        Assert.Equal(english, russian);
    }

    [Fact]
    public async Task A_request_for_a_name_that_was_made_to_point_here_is_turned_away()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "engine.attacker.example";

        Assert.Equal(
            "421 foreign_host: the engine answers only to localhost, 127.0.0.1 and [::1]",
            await (await engine.Anyone().SendAsync(request)).ProblemAsync());
    }

    private static List<string> KeysOf(string module) =>
        [.. Regex.Matches(module, @"^\s+(\w+): [""{]", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    private static List<string> HolesOf(string module) =>
        [.. module.Split('\n').Select(line => string.Join(' ', Regex.Matches(line, @"\{\w+\}").Select(match => match.Value).Order(StringComparer.Ordinal)))];
}
