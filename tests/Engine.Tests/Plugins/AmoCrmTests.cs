extern alias amocrm;

using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using amocrm::AmoCrm;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// The plugin against the samples of providers.md §3, and not only our simulator. The numbers in names are the edge cases of §3.8. The refusals' hints
/// are as clients have seen them [C2], not documented.
/// </summary>
public sealed class AmoCrmTests
{
    private const string Tokens = """
        {"token_type":"Bearer","expires_in":86400,"server_time":1735689600,"access_token":"a.b.c","refresh_token":"def502"}
        """;

    private readonly SteppedTime time = new();

    [Fact]
    public async Task A_code_is_exchanged_by_JSON_at_the_accounts_own_host()
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        var tokens = (await AmoCrm(provider).ExchangeAsync(new CodeExchange("horns.amocrm.ru", new Secret("def50200")), default)).Value!;

        Assert.Equal("https://horns.amocrm.ru/oauth2/access_token", provider.Requests.Single().RequestUri?.AbsoluteUri);
        Assert.Equal(
            """{"client_id":"the-client","client_secret":"the-secret","grant_type":"authorization_code","code":"def50200","redirect_uri":"https://engine.example/v1/return/amocrm"}""",
            provider.Sent.Single());
        Assert.Equal(("a.b.c", "def502", "horns.amocrm.ru"), (tokens.AccessToken.Reveal(), tokens.RefreshToken?.Reveal(), tokens.Host));
    }

    [Fact]
    public async Task Case_3_8_18_life_is_counted_from_the_answer_by_our_clock()
    {
        var tokens = (await AmoCrm(ScriptedProvider.Answering(200, Tokens)).ExchangeAsync(Code(), default)).Value!;

        Assert.Equal(time.GetUtcNow() + TimeSpan.FromSeconds(86400), tokens.ExpiresAt);
        Assert.Equal(time.GetUtcNow() + TimeSpan.FromDays(90), tokens.RefreshExpiresAt);
    }

    [Theory]
    [InlineData("def50200 aa\r\n bb\t")]
    [InlineData("\u00a0def50200aabb\u2028")]
    public async Task Case_3_8_06_white_space_in_a_pasted_code_is_removed(string pasted)
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        await AmoCrm(provider).ExchangeAsync(new CodeExchange("horns.amocrm.ru", new Secret(pasted)), default);

        Assert.Contains("\"code\":\"def50200aabb\"", provider.Sent.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("horns.amocrm.ru")]
    [InlineData("HORNS.amocrm.ru")]
    [InlineData(" https://horns.amocrm.ru/ ")]
    public async Task Case_3_8_03_the_plain_host_and_the_address_that_a_browser_shows_are_taken(string host)
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        var tokens = (await AmoCrm(provider).ExchangeAsync(Code() with { Host = host }, default)).Value!;

        Assert.Equal("horns.amocrm.ru", tokens.Host);
        Assert.Equal("horns.amocrm.ru", provider.Requests.Single().RequestUri?.Host);
    }

    [Theory]
    [InlineData("amocrm.ru")]
    [InlineData(".amocrm.ru")]
    [InlineData("evil.example")]
    [InlineData("amocrm.ru.evil.example")]
    [InlineData("horns.amocrm.ru.evil.example")]
    [InlineData("evilamocrm.ru")]
    [InlineData("a.b.amocrm.ru")]
    [InlineData("horns.amocrm.ru.")]
    [InlineData("horns.amocrm.ru:8443")]
    [InlineData("user@horns.amocrm.ru")]
    [InlineData("evil.example#.amocrm.ru")]
    [InlineData("evil.example?.amocrm.ru")]
    [InlineData("evil.example/.amocrm.ru")]
    [InlineData("evil.example\\.amocrm.ru")]
    [InlineData("https://horns.amocrm.ru/path")]
    [InlineData("http://horns.amocrm.ru")]
    [InlineData("https://https://horns.amocrm.ru")]
    [InlineData("//horns.amocrm.ru")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData("hörns.amocrm.ru")]
    [InlineData("xn--hrns-5qa.amocrm.ru")]
    [InlineData("h%6Frns.amocrm.ru")]
    [InlineData("horns.amоcrm.ru")]
    [InlineData("horns\n.amocrm.ru")]
    [InlineData("-horns.amocrm.ru")]
    [InlineData("horns-.amocrm.ru")]
    [InlineData("")]
    public async Task Case_3_8_03_nothing_is_sent_to_a_host_that_is_not_the_providers(string host)
    {
        var provider = ScriptedProvider.Answering(200, Tokens);
        var plugin = AmoCrm(provider);

        var exchanged = await plugin.ExchangeAsync(Code() with { Host = host }, default);
        var asked = await plugin.AccountAsync(new AccountQuery(host, new Secret("a.b.c"), new Secret("r")), default);
        var renewed = await plugin.RefreshAsync(new TokenRefresh(host, new Secret("a.b.c"), new Secret("r")), default);

        Assert.Equal(("wrong_account_host", "wrong_account_host", "config_error"), (exchanged.Failure?.Code, asked.Failure?.Code, renewed.Failure?.Code));
        Assert.Empty(provider.Requests);
    }

    [Theory]
    [InlineData(400, "Authorization code has expired", "code_expired")]
    [InlineData(401, "Authorization code has expired", "code_expired")]
    [InlineData(400, "Authorization code has been revoked", "code_refused")]
    [InlineData(400, "Cannot decrypt the authorization code", "code_refused")]
    [InlineData(400, "Something new", "code_refused")]
    [InlineData(409, null, "code_refused")]
    [InlineData(400, "Invalid account", "wrong_account_host")]
    [InlineData(404, null, "wrong_account_host")]
    [InlineData(400, "Check the `client_id` parameter", "config_error")]
    [InlineData(400, "Redirect URI is not associated with client", "config_error")]
    [InlineData(401, null, "config_error")]
    [InlineData(403, null, "config_error")]
    [InlineData(429, null, "rate_limited")]
    [InlineData(503, null, "provider_down")]
    public async Task A_refused_exchange_goes_by_its_hint(int status, string? hint, string code)
    {
        var failure = (await AmoCrm(Refusing(status, hint)).ExchangeAsync(Code(), default)).Failure!;

        Assert.Equal((code, status >= 500), (failure.Code, failure.IsInDoubt));
    }

    [Theory]
    [InlineData(400, "Invalid refresh token", "refresh_refused")]
    [InlineData(401, "Token has been revoked", "refresh_refused")]
    [InlineData(401, null, "refresh_refused")]
    [InlineData(400, null, "refresh_refused")]
    [InlineData(402, null, "refresh_refused")]
    [InlineData(404, null, "refresh_refused")]
    [InlineData(400, "Check the `client_secret` parameter", "config_error")]
    [InlineData(403, null, "config_error")]
    [InlineData(429, null, "rate_limited")]
    [InlineData(500, null, "provider_down")]
    public async Task Case_3_8_12_a_refused_refresh_is_final_unless_the_provider_is_down_or_asks_to_wait(int status, string? hint, string code) =>
        Assert.Equal(code, (await AmoCrm(Refusing(status, hint)).RefreshAsync(Old(), default)).Failure?.Code);

    [Fact]
    public async Task A_client_that_is_not_known_is_the_operators_business_and_not_the_tokens() =>
        Assert.Equal(
            "config_error",
            (await AmoCrm(ScriptedProvider.Answering(401, """{"title":"invalid client"}""")).RefreshAsync(Old(), default)).Failure?.Code);

    [Fact]
    public async Task A_refresh_sends_the_redirect_address_too()
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        var tokens = (await AmoCrm(provider).RefreshAsync(Old(), default)).Value!;

        Assert.Equal(
            """{"client_id":"the-client","client_secret":"the-secret","grant_type":"refresh_token","refresh_token":"old","redirect_uri":"https://engine.example/v1/return/amocrm"}""",
            provider.Sent.Single());
        Assert.Equal(("def502", "horns.amocrm.ru"), (tokens.RefreshToken?.Reveal(), tokens.Host));
    }

    [Fact]
    public async Task Case_3_8_11_a_refresh_without_a_new_refresh_token_is_fatal()
    {
        var provider = ScriptedProvider.Answering(200, """{"token_type":"Bearer","expires_in":86400,"access_token":"a.b.c"}""");

        Assert.Equal("refresh_token_missing", (await AmoCrm(provider).RefreshAsync(Old(), default)).Failure?.Code);
    }

    [Theory]
    [InlineData("""{"token_type":"mac","expires_in":1,"access_token":"a","refresh_token":"r"}""", "is not of the type Bearer")]
    [InlineData("""{"expires_in":1,"access_token":"a","refresh_token":"r"}""", "is not of the type Bearer")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"refresh_token":"r"}""", "lacks 'access_token'")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"access_token":"","refresh_token":"r"}""", "has an 'access_token' that no header can carry")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"access_token":"a\nb","refresh_token":"r"}""", "has an 'access_token' that no header can carry")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"access_token":"a","refresh_token":""}""", "has an empty 'refresh_token'")]
    [InlineData("""{"token_type":"bearer","access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":null,"access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":-1,"access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":1e99,"access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":"soon","access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":{},"access_token":"a","refresh_token":"r"}""", "has an 'expires_in' that is no time")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"access_token":["a"],"refresh_token":"r"}""", "does not fit")]
    [InlineData("""{"token_type":"bearer","expires_in":1,"access_token":"a","access_token":"b","refresh_token":"r"}""", "does not fit")]
    [InlineData("[]", "does not fit")]
    [InlineData("\"a\"", "does not fit")]
    [InlineData("null", "does not fit")]
    [InlineData("<html>", "does not fit")]
    public async Task R_17_a_malformed_token_answer_is_provider_changed_and_nothing_of_it_is_kept(string body, string flaw)
    {
        var failure = (await AmoCrm(ScriptedProvider.Answering(200, body)).ExchangeAsync(Code(), default)).Failure!;

        Assert.Equal(("provider_changed", true), (failure.Code, failure.IsInDoubt));
        Assert.Contains(flaw, failure.Message, StringComparison.Ordinal);
        if (body.Contains("token", StringComparison.Ordinal)) Assert.DoesNotContain("refresh_token\":", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>As if somebody had changed what is stored: the host is looked at whenever it is used.</summary>
    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    [InlineData("horns.amocrm.ru.evil.example")]
    [InlineData("evil.example")]
    [InlineData("horns.amocrm.ru@evil.example")]
    public async Task R_14_a_stored_host_is_looked_at_again_at_each_use_and_nothing_is_sent_to_a_foreign_one(string host)
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        var refreshed = await AmoCrm(provider).RefreshAsync(Old() with { Host = host }, default);
        var probed = await AmoCrm(provider).AccountAsync(new AccountQuery(host, new Secret("a.b.c"), new Secret("r")), default);

        Assert.Equal("config_error", refreshed.Failure?.Code);
        Assert.Equal("wrong_account_host", probed.Failure?.Code);
        Assert.Empty(provider.Requests);
    }

    [Fact]
    public async Task A_life_in_quotes_is_taken_as_a_number()
    {
        var provider = ScriptedProvider.Answering(200, Tokens.Replace("86400", "\"60\"", StringComparison.Ordinal));

        Assert.Equal(time.GetUtcNow() + TimeSpan.FromMinutes(1), (await AmoCrm(provider).ExchangeAsync(Code(), default)).Value?.ExpiresAt);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    public async Task Case_3_8_13_a_renamed_account_is_looked_up_and_the_refresh_made_once_more(int status)
    {
        var provider = new ScriptedProvider(request => request.RequestUri?.Host switch
        {
            "horns.amocrm.ru" => ScriptedProvider.Response(status, "{}"),
            "api-b.amocrm.ru" => ScriptedProvider.Response(200, """{"id":1,"subdomain":"hooves","domain":"hooves.amocrm.ru","top_level_domain":"ru"}"""),
            _ => ScriptedProvider.Response(200, Tokens),
        });

        var tokens = (await AmoCrm(provider).RefreshAsync(Old("api-b.amocrm.ru"), default)).Value!;

        Assert.Equal("hooves.amocrm.ru", tokens.Host);
        Assert.Equal(
            ["https://horns.amocrm.ru/oauth2/access_token", "https://api-b.amocrm.ru/oauth2/account/current/subdomain", "https://hooves.amocrm.ru/oauth2/access_token"],
            provider.Requests.Select(request => request.RequestUri?.AbsoluteUri));
        Assert.Equal(["old"], provider.Requests[1].Headers.GetValues("X-Refresh-Token"));
    }

    [Theory]
    [InlineData("evil.example", "hooves.amocrm.ru", 1)]
    [InlineData("127.0.0.1", "hooves.amocrm.ru", 1)]
    [InlineData("api-b.amocrm.ru", "evil.example", 2)]
    [InlineData("api-b.amocrm.ru", "horns.amocrm.ru", 2)]
    public async Task Case_3_8_13_neither_the_tokens_claim_nor_the_answer_leads_to_a_foreign_host(string apiDomain, string answered, int requests)
    {
        var provider = new ScriptedProvider(request => request.RequestUri?.Host == "horns.amocrm.ru"
            ? ScriptedProvider.Response(404, "{}")
            : ScriptedProvider.Response(200, $$"""{"domain":"{{answered}}"}"""));

        Assert.Equal("refresh_refused", (await AmoCrm(provider).RefreshAsync(Old(apiDomain), default)).Failure?.Code);
        Assert.Equal(requests, provider.Requests.Count);
    }

    [Theory]
    [InlineData("not-a-jwt")]
    [InlineData("a.!!!.c")]
    [InlineData("a.W10.c")]
    [InlineData("a.bm90anNvbg.c")]
    public async Task Case_3_8_13_a_token_without_a_readable_claim_looks_nothing_up(string token)
    {
        var provider = ScriptedProvider.Answering(404, "{}");

        Assert.Equal("refresh_refused", (await AmoCrm(provider).RefreshAsync(Old() with { AccessToken = new Secret(token) }, default)).Failure?.Code);
        Assert.Single(provider.Requests);
    }

    [Fact]
    public async Task Case_3_8_17_a_long_lived_token_has_nothing_to_renew()
    {
        var provider = ScriptedProvider.Answering(500, "{}");

        var tokens = (await AmoCrm(provider).RefreshAsync(new TokenRefresh("horns.amocrm.ru", new Secret("long")), default)).Value!;

        Assert.Equal(("long", null, null), (tokens.AccessToken.Reveal(), tokens.RefreshToken, tokens.ExpiresAt));
        Assert.Empty(provider.Requests);
    }

    [Theory]
    [InlineData(200, """{"id":31000001,"name":"Horns","subdomain":"horns","country":"RU"}""", null)]
    [InlineData(401, "{}", "unauthorized")]
    [InlineData(402, "{}", "not_paid")]
    [InlineData(403, "<h1>no</h1>", "config_error")]
    [InlineData(404, "{}", "wrong_account_host")]
    [InlineData(200, """{"name":"Horns"}""", "provider_changed")]
    public async Task Case_3_8_09_an_account_tells_who_it_is_or_why_not(int status, string body, string? code)
    {
        var provider = ScriptedProvider.Answering(status, body);

        var result = await AmoCrm(provider).AccountAsync(new AccountQuery("horns.amocrm.ru", new Secret("a.b.c\n")), default);

        Assert.Equal(code, result.Failure?.Code);
        Assert.Equal("Bearer a.b.c", provider.Requests[0].Headers.Authorization?.ToString());
        Assert.Equal("https://horns.amocrm.ru/api/v4/account", provider.Requests[0].RequestUri?.AbsoluteUri);
        if (code is null) Assert.Equal(new Account(31000001, "Horns", "horns", "horns.amocrm.ru"), result.Value);
    }

    [Fact]
    public void The_consent_page_is_told_the_integration_and_the_state_and_nothing_else()
    {
        var visit = new RedirectVisit(new Secret("a+b/c="), new Uri("https://engine.example/v1/return/amocrm"), null);

        Assert.Equal(
            "https://www.amocrm.ru/oauth?client_id=the-client&state=a%2Bb%2Fc%3D&mode=post_message",
            AmoCrm(Refusing(500, null)).Consent(new ConsentRequest(), visit).AbsoluteUri);
        Assert.Equal(
            "https://www.kommo.com/oauth?client_id=the-client&state=s&mode=popup",
            AmoCrm(Refusing(500, null), settings => settings with { PlatformUrl = new Uri("https://www.kommo.com"), ConsentMode = "popup" })
                .Consent(new ConsentRequest(), visit with { State = new Secret("s") }).AbsoluteUri);
    }

    [Fact]
    public async Task A_return_for_another_integration_is_not_exchanged()
    {
        var provider = ScriptedProvider.Answering(200, Tokens);

        Assert.Equal("code_refused", (await AmoCrm(provider).ExchangeAsync(Code() with { ClientId = "other" }, default)).Failure?.Code);
        Assert.Empty(provider.Requests);
    }

    [Theory]
    [InlineData("code=def&referer=horns.amocrm.ru&platform=1&client_id=the-client&from_widget=1", null)]
    [InlineData("code=def&referer=horns.amocrm.ru", null)]
    [InlineData("code=def&referer=horns.kommo.com&platform=2", null)]
    [InlineData("code=def&referer=evil.example&from_widget=1", "foreign_host")]
    [InlineData("code=def&from_widget=1", "foreign_host")]
    [InlineData("referer=horns.amocrm.ru&from_widget=1", "no_code")]
    [InlineData("code=def&referer=horns.amocrm.ru&client_id=other&from_widget=1", "other_integration")]
    public void Case_3_8_02_a_widget_hook_is_taken_without_trusting_from_widget(string query, string? refusal)
    {
        var reading = AmoCrm(Refusing(500, null)).WidgetInstalled(Hook(query));

        Assert.Equal(refusal, reading.Refusal);
        Assert.Equal(refusal is null, reading.Payload is not null);
    }

    [Fact]
    public void Case_3_8_05_the_same_code_is_known_again_and_not_by_itself()
    {
        var plugin = AmoCrm(Refusing(500, null));

        var first = plugin.WidgetInstalled(Hook("code=def&referer=horns.amocrm.ru&from_widget=1"));
        var again = plugin.WidgetInstalled(Hook("code=def&referer=horns.amocrm.ru"));

        Assert.Equal(first.Key, again.Key);
        Assert.DoesNotContain("def", first.Key, StringComparison.Ordinal);
        Assert.NotEqual(first.Key, plugin.WidgetInstalled(Hook("code=other&referer=horns.amocrm.ru")).Key);
    }

    [Fact]
    public void Case_3_8_14_a_signed_disable_hook_is_taken_every_time()
    {
        var plugin = AmoCrm(Refusing(500, null));
        var query = $"account_id=31000001&client_uuid=the-client&signature={Signature("the-secret", "the-client|31000001")}";

        var first = plugin.Disabled(Hook(query));
        time.Step(TimeSpan.FromDays(1));
        var second = plugin.Disabled(Hook(query));

        Assert.Equal((31000001, null), (first.Payload?.AccountId, first.Refusal));
        Assert.NotEqual(first.Key, second.Key);
    }

    [Theory]
    [InlineData("account_id=31000001&client_uuid=the-client", "bad_signature")]
    [InlineData("account_id=31000001&client_uuid=the-client&signature=00", "bad_signature")]
    [InlineData("account_id=31000002&client_uuid=the-client&signature={0}", "bad_signature")]
    [InlineData("account_id=31000001&client_uuid=other&signature={0}", "other_integration")]
    [InlineData("account_id=&client_uuid=the-client&signature={0}", "no_account")]
    [InlineData("account_id=31000001x&client_uuid=the-client&signature={0}", "no_account")]
    public void Case_3_8_14_a_forged_disable_hook_is_refused(string query, string refusal)
    {
        var signed = string.Format(null, query, Signature("the-secret", "the-client|31000001"));

        Assert.Equal(refusal, AmoCrm(Refusing(500, null)).Disabled(Hook(signed)).Refusal);
    }

    [Theory]
    [InlineData("http://{host}")]
    [InlineData("https://amocrm.ru")]
    [InlineData("ftp://{host}")]
    [InlineData("{host}")]
    public void An_account_address_that_is_neither_safe_nor_the_hosts_is_refused_at_the_start(string url) =>
        Assert.Throws<ArgumentException>(() => AmoCrm(Refusing(500, null), settings => settings with { AccountUrl = url }));

    [Fact]
    public void No_record_prints_a_secret()
    {
        var secret = new Secret("s3cret");
        var text = $"{new CodeExchange("h", secret)}{new AmoTokens(secret, secret, null, null, "h")}{new TokenRefresh("h", secret, secret)}"
            + $"{new AccountQuery("h", secret, secret)}{new ConsentReturn(secret, "h")}{new WidgetInstalled(secret, "h")}";

        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }

    private static CodeExchange Code() => new("horns.amocrm.ru", new Secret("def50200"));

    private static TokenRefresh Old(string? apiDomain = null)
    {
        var claims = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"api_domain":"{{apiDomain}}"}""")).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return new TokenRefresh("horns.amocrm.ru", new Secret(apiDomain is null ? "opaque" : $"a.{claims}.c"), new Secret("old"));
    }

    private static ScriptedProvider Refusing(int status, string? hint) => ScriptedProvider.Answering(
        status, hint is null ? """{"title":"Error"}""" : $$"""{"hint":"{{hint}}","title":"Некорректный запрос","status":{{status}}}""", "application/problem+json");

    private static string Signature(string key, string message) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(message)));

    private HookRequest Hook(string query) => new(
        "GET",
        new Uri("https://engine.example/v1/return/amocrm"),
        query.Split('&').Select(pair => pair.Split('=', 2)).ToImmutableDictionary(pair => pair[0], pair => WebUtility.UrlDecode(pair[1]), StringComparer.Ordinal),
        ImmutableDictionary<string, string>.Empty,
        default,
        time.GetUtcNow());

    private AmoCrmProvider AmoCrm(ScriptedProvider provider, Func<AmoCrmSettings, AmoCrmSettings>? change = null)
    {
        var settings = new AmoCrmSettings
        {
            ClientId = "the-client",
            ClientSecret = new Secret("the-secret"),
            RedirectUri = new Uri("https://engine.example/v1/return/amocrm"),
        };
        return new AmoCrmProvider(change?.Invoke(settings) ?? settings, new ProviderHttp(new HttpMessageInvoker(provider), time), time);
    }
}
