using System.Globalization;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

public sealed class ProviderHttpTests
{
    private const string Key = "key-that-must-not-be-seen";
    private const string Marker = "body-that-must-not-be-seen";

    private readonly SteppedTime time = new();

    public enum Mood
    {
        Unknown,
        VeryGood,
    }

    [Theory]
    [InlineData(401, "config_error", false, "get_thing: the provider does not accept the key, or it lacks the rights (http 401)")]
    [InlineData(403, "config_error", false, "get_thing: the provider does not accept the key, or it lacks the rights (http 403)")]
    [InlineData(404, "provider_changed", false, "get_thing: the plugin does not expect this refusal (http 404)")]
    [InlineData(408, "provider_timeout", true, "get_thing: the provider did not get the request in time (http 408)")]
    [InlineData(422, "provider_changed", false, "get_thing: the plugin does not expect this refusal (http 422)")]
    [InlineData(425, "provider_down", false, "get_thing: the provider does not take requests yet (http 425)")]
    [InlineData(429, "rate_limited", false, "get_thing: the provider asks to slow down (http 429)")]
    [InlineData(500, "provider_down", true, "get_thing: the provider is out of order (http 500)")]
    [InlineData(503, "provider_down", true, "get_thing: the provider is out of order (http 503)")]
    [InlineData(302, "provider_changed", true, "get_thing: the provider points to another address (http 302)")]
    [InlineData(999, "provider_changed", true, "get_thing: the provider answers with an unknown status (http 999)")]
    public async Task A_status_stands_for_a_failure(int status, string code, bool isInDoubt, string message)
    {
        var failure = await FailureOf(ScriptedProvider.Answering(status, $"{{\"error\":\"{Marker}\"}}"));

        Assert.Equal(new Failure(code, message, IsInDoubt: isInDoubt) { ProviderCode = $"http {status}" }, failure);
    }

    [Theory]
    [InlineData("application/json", "", "the answer (application/json, 0 bytes) does not fit: it is empty")]
    [InlineData("application/json", "<html>", "the answer (application/json, 6 bytes) does not fit: the value at $ cannot be read")]
    [InlineData("application/json", "{\"id\":1", "the answer (application/json, 7 bytes) does not fit: the value at $.id cannot be read")]
    [InlineData("application/json", "null", "the answer (application/json, 4 bytes) does not fit: it is null")]
    [InlineData("application/json", "{\"name\":\"a\"}", "the answer (application/json, 12 bytes) does not fit: it lacks 'id'")]
    [InlineData("application/json", "{\"id\":null}", "the answer (application/json, 11 bytes) does not fit: the value at $.id cannot be read")]
    [InlineData("application/json", "{\"id\":\"1\"}", "the answer (application/json, 10 bytes) does not fit: the value at $.id cannot be read")]
    [InlineData("application/json", "{\"id\":1,\"id\":2}", "the answer (application/json, 15 bytes) does not fit: the value at $.id cannot be read")]
    [InlineData("application/json", "{\"id\":1,\"mood\":5}", "the answer (application/json, 17 bytes) does not fit: the value at $.mood cannot be read")]
    [InlineData("application/json", "{\"id\":1,\"name\":\"\\ud800\"}", "the answer (application/json, 24 bytes) does not fit: the value at $.name cannot be read")]
    [InlineData("text/html", "<h1>body-that-must-not-be-seen</h1>", "the answer (text/html, 35 bytes) does not fit: it is not JSON")]
    public async Task An_answer_that_breaks_the_contract_is_provider_changed(string type, string body, string message)
    {
        var failure = await FailureOf(ScriptedProvider.Answering(200, body, type));

        Assert.Equal(
            new Failure("provider_changed", $"get_thing: {message} (http 200)", IsInDoubt: true) { ProviderCode = "http 200" }, failure);
    }

    [Fact]
    public async Task An_answer_over_a_mebibyte_is_refused()
    {
        var failure = await FailureOf(ScriptedProvider.Answering(200, $"{{\"id\":1,\"name\":\"{new string('x', 1 << 20)}\"}}"));

        Assert.Equal("get_thing: the answer (application/json, 1048594 bytes) does not fit: it is larger than 1 MiB (http 200)", failure?.Message);
    }

    [Fact]
    public async Task An_answer_nested_too_deeply_is_refused()
    {
        var failure = await FailureOf(ScriptedProvider.Answering(
            200, $"{{\"id\":1,\"extra\":{new string('[', 40)}{new string(']', 40)}}}"));

        Assert.Equal("provider_changed", failure?.Code);
    }

    [Fact]
    public async Task What_is_not_nullable_must_be_there_and_the_rest_may_be_missing()
    {
        var result = await GetAsync(ScriptedProvider.Answering(200, "{\"id\":7,\"unheard_of\":{\"a\":[1]}}"));

        Assert.Equal(new Thing(7, null, null), result.Value);
    }

    [Theory]
    [InlineData("very_good", Mood.VeryGood)]
    [InlineData("VeryGood", Mood.Unknown)]
    [InlineData("1", Mood.Unknown)]
    [InlineData("splendid", Mood.Unknown)]
    public async Task An_enum_text_that_is_not_known_becomes_unknown(string text, Mood mood)
    {
        var result = await GetAsync(ScriptedProvider.Answering(200, $"{{\"id\":7,\"mood\":\"{text}\"}}"));

        Assert.Equal(mood, result.Value?.Mood);
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("86400", 600)]
    [InlineData("Mon, 03 Feb 2031 04:05:40 GMT", 40)]
    [InlineData("Mon, 03 Feb 2031 04:00:00 GMT", 0)]
    public async Task Retry_after_is_seconds_or_a_date_and_ten_minutes_at_the_most(string value, int seconds)
    {
        var provider = new ScriptedProvider(_ =>
        {
            var answer = ScriptedProvider.Response(429, "{}");
            answer.Headers.TryAddWithoutValidation("Retry-After", value);
            return answer;
        });

        Assert.Equal(TimeSpan.FromSeconds(seconds), (await FailureOf(provider))?.RetryAfter);
    }

    [Fact]
    public async Task A_503_is_waited_out_as_told()
    {
        var provider = new ScriptedProvider(_ =>
        {
            var answer = ScriptedProvider.Response(503, "");
            answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(9));
            return answer;
        });

        Assert.Equal(TimeSpan.FromSeconds(9), (await FailureOf(provider))?.RetryAfter);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, false, "get_thing: the provider cannot be reached: its host name is not known")]
    [InlineData(HttpRequestError.ConnectionError, false, "get_thing: the provider cannot be reached: the connection was refused")]
    [InlineData(HttpRequestError.SecureConnectionError, false, "get_thing: the provider cannot be reached: no secure connection came about")]
    [InlineData(HttpRequestError.ResponseEnded, true, "get_thing: the connection broke before the whole answer came")]
    [InlineData(HttpRequestError.Unknown, true, "get_thing: the connection broke before the whole answer came")]
    public async Task A_broken_connection_is_in_doubt_once_the_request_may_have_been_sent(HttpRequestError error, bool isInDoubt, string message)
    {
        var failure = await FailureOf(ScriptedProvider.Throwing(new HttpRequestException(error, Marker)));

        Assert.Equal(new Failure("provider_down", message, IsInDoubt: isInDoubt), failure);
    }

    [Fact]
    public async Task A_connection_that_does_not_come_about_in_time_surely_did_nothing()
    {
        var failure = await FailureOf(ScriptedProvider.Throwing(new TaskCanceledException(Marker)));

        Assert.Equal(new Failure("provider_down", "get_thing: the provider cannot be reached: no connection in time"), failure);
    }

    [Fact]
    public async Task The_plugin_says_what_a_refusal_means()
    {
        var request = ProviderRequest.Get("thing", "GetThingAsync") with
        {
            OnRefusal = refusal => refusal.FindText("reason") == "gone" && refusal.Mentions("GON") ? new Failure("thing_gone", $"{refusal}") : null,
        };

        var failure = (await Http(ScriptedProvider.Answering(410, "{\"reason\":\"gone\"}")).SendAsync<Thing>(request, default)).Failure;

        Assert.Equal(new Failure("thing_gone", "http 410"), failure);
    }

    [Theory]
    [InlineData("key\r\nX-Evil: 1")]
    [InlineData("key\n")]
    [InlineData("kéy")]
    public async Task A_key_that_cannot_stand_in_a_header_is_a_config_error_and_nothing_is_sent(string key)
    {
        var provider = ScriptedProvider.Answering(200, "{\"id\":1}");

        var result = await Http(provider, key).SendAsync<Thing>(ProviderRequest.Get("thing", "GetThingAsync"), default);

        Assert.Equal(
            new Failure("config_error", "get_thing: the value for header 'X-Api-Key' has characters that a header cannot carry"), result.Failure);
        Assert.Empty(provider.Requests);
    }

    [Theory]
    [InlineData("../other")]
    [InlineData("a/../../other")]
    [InlineData("a/%2e%2e/%2e%2e/other")]
    public async Task A_path_does_not_lead_out_of_the_base_address(string path)
    {
        var provider = ScriptedProvider.Answering(200, "{\"id\":1}");

        var result = await Http(provider).SendAsync<Thing>(ProviderRequest.Get(path, "GetThingAsync"), default);

        Assert.Equal("config_error", result.Failure?.Code);
        Assert.Empty(provider.Requests);
    }

    [Theory]
    [InlineData("//evil.example/x", "https://provider.example/v2/evil.example/x")]
    [InlineData("/companies/7/", "https://provider.example/v2/companies/7/")]
    [InlineData("things?limit=5", "https://provider.example/v2/things?limit=5")]
    public async Task A_path_is_relative_to_the_base_address(string path, string address)
    {
        var provider = ScriptedProvider.Answering(200, "{\"id\":1}");

        await Http(provider).SendAsync<Thing>(ProviderRequest.Get(path, "GetThingAsync"), default);

        Assert.Equal(address, provider.Requests.Single().RequestUri?.AbsoluteUri);
    }

    [Fact]
    public async Task A_body_is_json_in_snake_case_with_its_secrets_and_without_nulls()
    {
        var provider = ScriptedProvider.Answering(200, "{\"id\":1}");

        await Http(provider).SendAsync<Thing>(
            ProviderRequest.Post("thing", new { SessionId = new Secret("s3"), Mood = Mood.VeryGood, Nothing = (string?)null }, "PostThingAsync"), default);

        Assert.Equal("""{"session_id":"s3","mood":"very_good"}""", provider.Sent.Single());
        Assert.Equal("application/json", provider.Requests.Single().Content?.Headers.ContentType?.ToString());
        Assert.Equal([Key], provider.Requests.Single().Headers.GetValues("X-Api-Key"));
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("content-length")]
    [InlineData("X Evil")]
    [InlineData("X-Evil:")]
    [InlineData("")]
    public void A_header_that_a_plugin_may_not_set_is_refused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Http(ScriptedProvider.Answering(200, "{}")).WithHeader(name, new Secret("x")));

        Assert.StartsWith($"'{name}' is not a header that a plugin may set", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://provider.example")]
    [InlineData("https://user@provider.example")]
    [InlineData("https://provider.example/?a=1")]
    public void A_base_address_is_plain_http(string address) =>
        Assert.Throws<ArgumentException>(() => Http(ScriptedProvider.Answering(200, "{}")).At(new Uri(address)));

    [Fact]
    public async Task No_failure_tells_the_key_or_the_body()
    {
        for (var status = 200; status < 600; status++)
        {
            var result = await GetAsync(ScriptedProvider.Answering(status, $"{{\"{Marker}\":\"{Marker}\",\"{Marker}\":1}}"));

            Assert.DoesNotContain(Marker, $"{result.Failure}", StringComparison.Ordinal);
            Assert.DoesNotContain(Key, $"{result.Failure}", StringComparison.Ordinal);
            Assert.Contains(status.ToString(CultureInfo.InvariantCulture), result.Failure?.Message, StringComparison.Ordinal);
        }
    }

    private async Task<Failure?> FailureOf(ScriptedProvider provider) => (await GetAsync(provider)).Failure;

    private Task<Result<Thing>> GetAsync(ScriptedProvider provider) =>
        Http(provider).SendAsync<Thing>(ProviderRequest.Get("thing", "GetThingAsync"), CancellationToken.None);

    private ProviderHttp Http(ScriptedProvider provider, string key = Key) =>
        new ProviderHttp(new HttpMessageInvoker(provider), time).At(new Uri("https://provider.example/v2")).WithHeader("X-Api-Key", new Secret(key));

    private sealed record Thing(int Id, string? Name, Mood? Mood);
}
