extern alias whatsgate;

using System.Collections.Immutable;
using System.Text;
using Engine.Sdk;
using whatsgate::Whatsgate;
using Xunit;

namespace Engine.Tests;

/// <summary>The plugin against the samples of the provider's own documentation (providers.md §2), and not only our simulator.</summary>
public sealed class WhatsgateTests
{
    private const string CreateSample = """
        { "result": "OK",
          "data": { "id": 9, "name": "Front desk", "unique_id": "77aa01", "status": "PENDING", "callback": null,
                    "date_add": "2031-01-01 10:00:00", "qr": null, "status_name": "Initialization",
                    "pushname": null, "wid": null, "qr_link": "https://whatsgate.ru/qr/77aa01" } }
        """;

    [Fact]
    public async Task The_documented_session_is_read()
    {
        var provider = ScriptedProvider.Answering(200, CreateSample);

        var session = (await Whatsgate(provider).SessionCreateAsync(new NewSession("Front desk"), default)).Value!;

        Assert.Equal(("77aa01", SessionStatus.Pending, "Front desk"), (session.WhatsappId.Reveal(), session.Status, session.Name));
        Assert.Equal(("https://whatsgate.ru/qr/77aa01", null, null, null), (session.QrLink?.Reveal(), session.Code, session.Wid, session.Pushname));
        Assert.Equal("""{"name":"Front desk"}""", provider.Sent.Single());
        var request = provider.Requests.Single();
        Assert.Equal("https://whatsgate.ru/api/v1/session-create", request.RequestUri?.AbsoluteUri);
        Assert.Equal(["the-key"], request.Headers.GetValues("X-Api-Key"));
    }

    [Fact]
    public async Task Case_2_9_2_the_code_variant_sends_eleven_digits_and_the_callback()
    {
        var provider = ScriptedProvider.Answering(200, CreateSample);

        await Whatsgate(provider).SessionCreateAsync(new NewSession("Shop", "+7 (900) 123-45-67", new Uri("https://shop.example/hook")), default);

        Assert.Equal("""{"name":"Shop","callback":"https://shop.example/hook","auth_type":"CODE","number":"79001234567"}""", provider.Sent.Single());
    }

    [Theory]
    [InlineData("89001234567")]
    [InlineData("7900123456")]
    [InlineData("790012345678")]
    [InlineData("")]
    public async Task Case_2_9_2_a_number_of_another_shape_is_refused_before_it_is_sent(string number)
    {
        var provider = ScriptedProvider.Answering(200, CreateSample);

        Assert.Equal("number_refused", (await Whatsgate(provider).SessionCreateAsync(new NewSession("Shop", number), default)).Failure?.Code);
        Assert.Empty(provider.Sent);
    }

    [Theory]
    [InlineData("""{"name":"Unauthorized","message":"Your request was made with invalid credentials.","code":0}""", "config_error", false)]
    [InlineData("""{"name":"Internal Server Error","message":"An internal server error occurred.","code":0}""", "provider_down", false)]
    [InlineData("""{"name":"Forbidden","message":"Превышен лимит сессий","code":0}""", "slot_taken", false)]
    [InlineData("""{"oops":1}""", "provider_down", true)]
    [InlineData("<h1>500</h1>", "provider_down", true)]
    public async Task Case_2_9_12_a_500_is_told_by_its_name(string body, string code, bool isInDoubt)
    {
        var failure = (await Whatsgate(ScriptedProvider.Answering(500, body)).SessionCreateAsync(new NewSession("Shop"), default)).Failure;

        Assert.Equal((code, isInDoubt), (failure?.Code, failure?.IsInDoubt));
        Assert.DoesNotContain("the-key", failure?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Case_2_9_12_other_statuses_for_a_wrong_key_are_taken_too(int status) =>
        Assert.Equal("config_error", (await Whatsgate(ScriptedProvider.Answering(status, "{}")).SessionGetAsync(new SessionRef(new Secret("s")), default)).Failure?.Code);

    [Theory]
    [InlineData("https://whatsgate.org/qr/77aa01")]
    [InlineData("http://whatsgate.ru/qr/77aa01")]
    [InlineData("https://whatsgate.ru:8443/qr/77aa01")]
    [InlineData("https://whatsgate.ru.evil.example/qr/77aa01")]
    [InlineData("https://whatsgate.ru@evil.example/qr/77aa01")]
    [InlineData("javascript:alert(1)")]
    public async Task Case_2_9_15_a_page_of_another_host_is_not_shown(string link)
    {
        var answer = CreateSample.Replace("https://whatsgate.ru/qr/77aa01", link, StringComparison.Ordinal);

        var failure = (await Whatsgate(ScriptedProvider.Answering(200, answer)).SessionCreateAsync(new NewSession("Shop"), default)).Failure;

        Assert.Equal("config_error", failure?.Code);
        Assert.DoesNotContain("77aa01", failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_2_9_15_a_host_of_ones_own_may_have_the_pages_of_the_common_one()
    {
        var provider = ScriptedProvider.Answering(200, CreateSample);
        var settings = new WhatsgateSettings { ApiKey = new Secret("the-key"), BaseUrl = new Uri("https://vip7.whatsgate.ru"), PageUrl = new Uri("https://whatsgate.ru") };
        var whatsgate = new WhatsgateProvider(settings, new ProviderHttp(new HttpMessageInvoker(provider), TimeProvider.System));

        Assert.Null((await whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure);
        Assert.Equal("vip7.whatsgate.ru", provider.Requests.Single().RequestUri?.Host);
    }

    [Fact]
    public async Task A_session_is_ready_with_an_empty_link_and_looked_for_on_every_page_of_the_list()
    {
        const string Ready = """{"result":"OK","pages":2,"elements":2,"page":2,"data":[{"id":2,"name":"b","unique_id":"bb","status":"READY","wid":"70000000000:12@c.us","pushname":"","qr_link":""}]}""";
        const string First = """{"result":"OK","pages":2,"elements":2,"page":1,"data":[{"id":1,"name":"a","unique_id":"aa","status":"NEW_WORD","qr_link":"https://whatsgate.ru/qr/aa"}]}""";
        var count = 0;
        var provider = new ScriptedProvider(_ => ScriptedProvider.Response(200, count++ == 0 ? First : Ready));

        var session = (await Whatsgate(provider).SessionGetAsync(new SessionRef(new Secret("bb")), default)).Value!;

        Assert.Equal((SessionStatus.Ready, "70000000000", null, null), (session.Status, session.Number, session.Pushname, session.QrLink));
        Assert.Equal(["""{"WhatsappID":"bb"}""", """{"WhatsappID":"bb","page":2}"""], provider.Sent);
    }

    [Fact]
    public async Task Case_2_9_10_a_session_that_is_not_listed_is_closed()
    {
        var provider = ScriptedProvider.Answering(200, """{"result":"OK","pages":1,"elements":0,"page":1,"data":[]}""");

        Assert.Equal(SessionStatus.Closed, (await Whatsgate(provider).SessionGetAsync(new SessionRef(new Secret("s")), default)).Value?.Status);
    }

    [Fact]
    public async Task An_answer_whose_result_is_not_ok_is_provider_changed()
    {
        var provider = ScriptedProvider.Answering(200, """{"result":"ERROR","data":[]}""");

        Assert.Equal("provider_changed", (await Whatsgate(provider).SessionGetAsync(new SessionRef(new Secret("s")), default)).Failure?.Code);
    }

    [Fact]
    public void Case_2_9_7_an_event_is_answered_with_its_own_id_and_known_by_it()
    {
        var reading = Whatsgate(ScriptedProvider.Answering(200, "{}")).Event(Called(
            """{"id":501,"whatsapp_id":"77aa01","event_action":"ready","event_date":"2031-01-01 10:02:03","status_code":null,"event_data":{"number":"70000000000","pushname":"Ann"}}"""));

        Assert.Equal((501, "77aa01", SessionEventAction.Ready), (reading.Payload?.Id, reading.Payload?.WhatsappId.Reveal(), reading.Payload?.Action));
        Assert.Equal(("501", 200, """{"result":"OK","id":501}""", "application/json"), (reading.Key, reading.Answer.Status, reading.Answer.Body, reading.Answer.ContentType));
    }

    [Theory]
    [InlineData("message")]
    [InlineData("ack")]
    [InlineData("something_new")]
    public void An_event_that_no_flow_wants_is_answered_all_the_same(string action)
    {
        var reading = Whatsgate(ScriptedProvider.Answering(200, "{}")).Event(Called($$"""{"id":7,"whatsapp_id":"s","event_action":"{{action}}"}"""));

        Assert.Equal((null, null, """{"result":"OK","id":7}"""), (reading.Payload, reading.Refusal, reading.Answer.Body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"501","whatsapp_id":"s","event_action":"ready"}""")]
    [InlineData("""{"id":501,"whatsapp_id":"s"}""")]
    [InlineData("<xml/>")]
    public void Case_2_9_13_what_is_no_event_is_refused(string body) =>
        Assert.Equal("unreadable_event", Whatsgate(ScriptedProvider.Answering(200, "{}")).Event(Called(body)).Refusal);

    [Theory]
    [InlineData("READY", null)]
    [InlineData("AUTH", "session_not_ready")]
    [InlineData("DESTROYING", "session_gone")]
    public async Task A_probe_tells_whether_the_session_still_works(string status, string? code)
    {
        var provider = ScriptedProvider.Answering(200, $$"""{"result":"OK","data":[{"unique_id":"s","status":"{{status}}"}]}""");

        Assert.Equal(code, (await Whatsgate(provider).SessionProbeAsync(new SessionRef(new Secret("s")), default)).Failure?.Code);
    }

    private static HookRequest Called(string body) => new(
        "POST", new Uri("https://engine.example/v1/hooks/x"), ImmutableDictionary<string, string>.Empty,
        ImmutableDictionary<string, string>.Empty, Encoding.UTF8.GetBytes(body), DateTimeOffset.UnixEpoch);

    private static WhatsgateProvider Whatsgate(ScriptedProvider provider) =>
        new(new WhatsgateSettings { ApiKey = new Secret("the-key") }, new ProviderHttp(new HttpMessageInvoker(provider), TimeProvider.System));
}
