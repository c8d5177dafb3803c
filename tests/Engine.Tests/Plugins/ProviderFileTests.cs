using Engine.Plugins;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>Calls that a provider's file describes.</summary>
public sealed class ProviderFileTests
{
    private const string Poll = """
        effect: safe
        post: /token
        takes: { device_code: secret, scope: string?, kind: [first_one, other] }
        query: { kind: =kind }
        form: { device_code: =device_code, scope: =scope, fixed: "a b&c" }
        gives:
          status: { pending: error == 'pending', granted: token is not null }
          token: secret?
          who: { record: { id: long, tags: { list: string }, state: [open, closed] }, from: data.user, optional: true }
        reads: { error: string?, interval: int? }
        pace: interval
        accepts: [400]
        fails:
          config_error: error == 'client'
          slow_down: { if: error == 'slow', retry: after, text: { en: Slower., ru: Медленнее. } }
          gone: { if: http_status == 404 || http_status == 503, about: device_code, text: { en: Gone., ru: Нет. } }
        """;

    [Fact]
    public async Task A_request_is_put_together_as_the_file_says()
    {
        var server = ScriptedProvider.Answering(200, """{"error":"pending"}""");
        using var provider = FileProvider.Of(Poll, server);

        await provider.AskAsync(new Secret("d/1"), null, Kind(provider, 0));

        var request = Assert.Single(server.Requests);
        Assert.Equal("POST https://api.acme.example/v1/token?kind=first_one", $"{request.Method} {request.RequestUri}");
        Assert.Equal("device_code=d%2F1&fixed=a%20b%26c", Assert.Single(server.Sent));
        Assert.Equal("application/x-www-form-urlencoded", $"{request.Content?.Headers.ContentType}");
    }

    [Theory]
    [InlineData(200, """{"error":"pending"}""", "pending")]
    [InlineData(400, """{"error":"pending"}""", "pending")]
    [InlineData(200, """{"token":"t"}""", "granted")]
    [InlineData(200, """{"error":"never heard of it"}""", "unknown")]
    [InlineData(200, """{"error":5}""", "unknown")]
    public async Task A_status_is_told_by_conditions_over_the_answer(int status, string body, string expected)
    {
        using var provider = FileProvider.Of(Poll, ScriptedProvider.Answering(status, body));

        var outcome = await provider.AskAsync(new Secret("d"), "s", Kind(provider, 1));

        Assert.Equal(expected, $"{FileProvider.Member(outcome, "status")}");
    }

    [Theory]
    [InlineData(200, """{"error":"client"}""", "config_error", false)]
    [InlineData(200, """{"error":"slow","interval":10}""", "slow_down", false)]
    [InlineData(404, """{}""", "gone", false)]
    [InlineData(503, """{}""", "gone", true)]
    [InlineData(401, """{}""", "config_error", false)]
    [InlineData(409, """{}""", "provider_changed", false)]
    [InlineData(500, """{}""", "provider_down", true)]
    [InlineData(200, """{"data":{"user":{"id":"one"}}}""", "provider_changed", true)]
    [InlineData(200, """[]""", "unknown", false)]
    public async Task A_failure_is_told_by_its_status_or_by_a_field(int status, string body, string code, bool isInDoubt)
    {
        using var provider = FileProvider.Of(Poll, ScriptedProvider.Answering(status, body));

        var outcome = await provider.AskAsync(new Secret("d"), "s", Kind(provider, 1));

        if (code == "unknown") Assert.Equal(code, $"{FileProvider.Member(outcome, "status")}");
        else Assert.Equal((code, isInDoubt), (FileProvider.Code(outcome), ((CallOutcome.Failed)outcome).Failure.IsInDoubt));
    }

    [Fact]
    public async Task The_pace_of_an_answer_and_of_a_failure_are_handed_on()
    {
        using var waiting = FileProvider.Of(Poll, ScriptedProvider.Answering(200, """{"error":"pending","interval":7}"""));
        using var slower = FileProvider.Of(Poll, ScriptedProvider.Answering(200, """{"error":"slow","interval":10}"""));

        var answered = (CallOutcome.Answered)await waiting.AskAsync(new Secret("d"), "s", Kind(waiting, 1));
        var failed = (CallOutcome.Failed)await slower.AskAsync(new Secret("d"), "s", Kind(slower, 1));

        Assert.Equal(TimeSpan.FromSeconds(7), answered.Pace);
        Assert.Equal(TimeSpan.FromSeconds(10), failed.Failure.RetryAfter);
    }

    [Fact]
    public async Task Records_and_lists_within_an_answer_are_read()
    {
        using var provider = FileProvider.Of(Poll, ScriptedProvider.Answering(
            200, """{"token":"t","data":{"user":{"id":9007199254740993,"tags":["a","b"],"state":"ajar"}}}"""));

        var outcome = await provider.AskAsync(new Secret("d"), "s", Kind(provider, 1));

        var who = FileProvider.Member(outcome, "who")!;
        Assert.Equal(9007199254740993, who.GetType().GetProperty("id")!.GetValue(who));
        Assert.Equal(["a", "b"], (IEnumerable<string>)who.GetType().GetProperty("tags")!.GetValue(who)!);
        Assert.Equal("unknown", $"{who.GetType().GetProperty("state")!.GetValue(who)}");
        Assert.Equal("t", ((Secret)FileProvider.Member(outcome, "token")!).Reveal());
    }

    [Theory]
    [InlineData("auth: { bearer: =settings.key }", "Authorization", "Bearer k3y")]
    [InlineData("auth: { basic: { user: me, password: =settings.key } }", "Authorization", "Basic bWU6azN5")]
    [InlineData("auth: { header: { name: x-api-key, value: =settings.key } }", "x-api-key", "k3y")]
    public async Task A_key_goes_into_a_header(string auth, string name, string value)
    {
        var server = ScriptedProvider.Answering(200, "{}");
        using var provider = FileProvider.Of($"effect: safe\nget: /me\n{auth}", server);

        await provider.AskAsync();

        Assert.Equal(value, string.Join(',', Assert.Single(server.Requests).Headers.GetValues(name)));
    }

    [Fact]
    public async Task A_key_in_the_path_is_in_no_message()
    {
        var server = ScriptedProvider.Answering(500, "{}");
        using var provider = FileProvider.Of("effect: safe\nget: /bot{auth}/getMe\ntakes: { token: secret }\nauth: { path: =token }", server);

        var outcome = await provider.AskAsync(new Secret("123:AB/c"));

        Assert.Equal("https://api.acme.example/v1/bot123:AB%2Fc/getMe", Assert.Single(server.Requests).RequestUri?.AbsoluteUri);
        Assert.DoesNotContain("123", $"{outcome}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_json_body_leaves_out_what_is_null()
    {
        var server = ScriptedProvider.Answering(204, "");
        using var provider = FileProvider.Of(
            "effect: once\npost: /things\ntakes: { name: string?, ids: { list: int }, key: secret }\njson: { thing: { name: =name, ids: =ids, mode: [fast, =key] } }", server);

        var outcome = await provider.AskAsync(null, new[] { 1, 2 }, new Secret("\"s\""));

        Assert.IsType<CallOutcome.Answered>(outcome);
        Assert.Equal("""{"thing":{"ids":[1,2],"mode":["fast","\u0022s\u0022"]}}""", Assert.Single(server.Sent));
    }

    [Fact]
    public async Task A_setting_that_is_missing_or_unknown_is_the_operators_mistake()
    {
        using var provider = FileProvider.Of("effect: safe\nget: /me", ScriptedProvider.Answering(200, "{}"));

        Assert.Equal("provider 'acme': setting 'key' must be set", (await provider.AskWithAsync([]) as CallOutcome.Failed)?.Failure.Message);
        Assert.Equal(
            "provider 'acme': there is no setting 'keys'; there are: api, key",
            (await provider.AskWithAsync([KeyValuePair.Create("keys", "x")]) as CallOutcome.Failed)?.Failure.Message);
    }

    [Fact]
    public async Task An_expression_that_faults_is_told_by_its_place_and_no_value()
    {
        using var provider = FileProvider.Of(
            "effect: safe\nget: /me\ngives: { state: { odd: 10 / count == 3 } }\nreads: { count: int? }", ScriptedProvider.Answering(200, """{"count":0}"""));

        var failure = Assert.IsType<CallOutcome.Failed>(await provider.AskAsync()).Failure;

        Assert.Equal(("internal", "acme.provider.yaml:10: the expression divides by zero"), (failure.Code, failure.Message));
    }

    [Fact]
    public void A_file_with_findings_is_a_problem_and_its_last_good_build_stays()
    {
        using var provider = FileProvider.Of("effect: safe\nget: /me", ScriptedProvider.Answering(200, "{}"));
        var path = Path.Combine(provider.PluginFolder, "acme.provider.yaml");

        File.WriteAllText(path, "provider: acme\nhosts: []\noperations: {}\n");
        provider.Plugins.Refresh();

        Assert.Contains("acme.provider.yaml", Assert.Single(provider.Plugins.Problems).Message, StringComparison.Ordinal);
        Assert.Equal(provider.Provider.Build, provider.Plugins.Catalog.FindProvider("acme")?.Build);
    }

    private static object Kind(FileProvider provider, int member) =>
        Enum.ToObject(provider.Plugins.FindAssembly("acme", provider.Provider.Build)!.GetType("Provider_acme.Takes_Ask_Kind")!, member);
}
