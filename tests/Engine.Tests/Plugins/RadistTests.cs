extern alias plugin;

using Engine.Sdk;
using plugin::Radist;
using Xunit;

namespace Engine.Tests;

/// <summary>The plugin against the samples of the provider's own documentation (providers.md §1), and not only our simulator.</summary>
public sealed class RadistTests
{
    private const string Session = "2b7b1f7e-0d52-4c0b-9a3c-5f2f1f0f7a11";

    private const string InitSample = """
        {
          "session_id": "2b7b1f7e-0d52-4c0b-9a3c-5f2f1f0f7a11",
          "status": "waiting_for_qr",
          "qr_login": {
            "url": "tg://login?token=AAECAwQFBgcICQoLDA0ODw",
            "expires": "2031-02-03T04:05:06Z"
          }
        }
        """;

    private readonly SteppedTime time = new();

    [Fact]
    public async Task The_documented_session_is_read()
    {
        var provider = ScriptedProvider.Answering(200, InitSample);

        var session = (await Radist(provider).TelegramInitAsync(new TelegramInit(AuthType.Qr), default)).Value!;

        Assert.Equal(Session, session.SessionId.Reveal());
        Assert.Equal(SessionStatus.WaitingForQr, session.Status);
        Assert.Equal("tg://login?token=AAECAwQFBgcICQoLDA0ODw", session.QrLogin?.Url.Reveal());
        Assert.Equal(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero), session.QrLogin?.Expires);
        Assert.Equal("""{"auth_type":"qr"}""", provider.Sent.Single());
        var request = provider.Requests.Single();
        Assert.Equal("https://api.radist.online/v2/companies/77/telegram/init", request.RequestUri?.AbsoluteUri);
        Assert.Equal(["the-key"], request.Headers.GetValues("X-Api-Key"));
        Assert.Equal(("application/json", "application/json"), (request.Headers.Accept.ToString(), request.Content?.Headers.ContentType?.ToString()));
    }

    [Theory]
    [InlineData("""{"session_id":"s","status":"authenticated"}""", SessionStatus.Authenticated)]
    [InlineData("""{"session_id":"s","status":"waiting_for_password","qr_login":null}""", SessionStatus.WaitingForPassword)]
    [InlineData("""{"status":"waiting_for_code"}""", SessionStatus.WaitingForCode)]
    [InlineData("""{"status":"some_new_status","extra":[1,{"a":2}]}""", SessionStatus.Unknown)]
    public async Task A_status_is_read_with_or_without_the_rest(string body, SessionStatus status)
    {
        var session = (await Radist(ScriptedProvider.Answering(200, body)).TelegramLoginAsync(new TelegramLogin(new Secret("s")), default)).Value!;

        Assert.Equal((status, "s", null), (session.Status, session.SessionId.Reveal(), session.QrLogin));
    }

    [Theory]
    [InlineData("""{"status":"waiting_for_qr","qr_login":{"url":"tg://login?token=a","expires":"2031-02-03T04:05:06Z"}}""", "telegram_init: the answer lacks 'session_id'")]
    [InlineData("""{"session_id":"s"}""", "telegram_init: the answer (application/json, 18 bytes) does not fit: it lacks 'status' (http 200)")]
    [InlineData("""{"session_id":"s","status":"waiting_for_qr","qr_login":{"url":"tg://x"}}""", "telegram_init: the answer (application/json, 72 bytes) does not fit: it lacks 'expires' (http 200)")]
    [InlineData("""{"session_id":"s","status":"waiting_for_qr","qr_login":{"url":"tg://x","expires":"soon"}}""", "telegram_init: the answer (application/json, 89 bytes) does not fit: the value at $.qr_login.expires cannot be read (http 200)")]
    [InlineData("""{"session_id":5,"status":"waiting_for_qr"}""", "telegram_init: the answer (application/json, 42 bytes) does not fit: the value at $.session_id cannot be read (http 200)")]
    public async Task An_answer_that_breaks_the_contract_is_provider_changed(string body, string message)
    {
        var failure = (await Radist(ScriptedProvider.Answering(200, body)).TelegramInitAsync(new TelegramInit(AuthType.Qr), default)).Failure!;

        Assert.Equal(("provider_changed", message, true), (failure.Code, failure.Message, failure.IsInDoubt));
    }

    [Fact]
    public async Task The_code_variant_sends_the_phone_and_reauthorization_the_connection()
    {
        var provider = ScriptedProvider.Answering(200, """{"session_id":"s","status":"waiting_for_code"}""");

        await Radist(provider).TelegramInitAsync(new TelegramInit(AuthType.Code, "+79001234567", 15), default);

        Assert.Equal("""{"auth_type":"code","phone":"\u002B79001234567","connection_id":15}""", provider.Sent.Single());
    }

    [Fact]
    public async Task What_the_documentation_leaves_open_is_a_setting()
    {
        var provider = ScriptedProvider.Answering(200, """{"session_id":"s","status":"waiting_for_code"}""");
        var radist = Radist(provider, settings => settings with
        {
            BaseUrl = new Uri("https://api-ru.radist.online/v2/"),
            TelegramInitPath = "/telegram/init?company={company_id}",
            PhoneField = "phone_number",
        });

        await radist.TelegramInitAsync(new TelegramInit(AuthType.Code, "79001234567"), default);

        Assert.Equal("https://api-ru.radist.online/v2/telegram/init?company=77", provider.Requests.Single().RequestUri?.AbsoluteUri);
        Assert.Equal("""{"auth_type":"code","phone_number":"79001234567"}""", provider.Sent.Single());
    }

    [Fact]
    public async Task A_code_stays_text_and_a_password_is_sent()
    {
        var provider = ScriptedProvider.Answering(200, """{"status":"authenticated"}""");

        await Radist(provider).TelegramLoginAsync(new TelegramLogin(new Secret("s"), Code: "00123"), default);
        await Radist(provider).TelegramLoginAsync(new TelegramLogin(new Secret("s"), Password: new Secret("p\"w")), default);

        Assert.Equal(["""{"session_id":"s","code":"00123"}""", """{"session_id":"s","password":"p\u0022w"}"""], provider.Sent);
    }

    [Theory]
    [InlineData(404, "{}", null, null, "session_lost", "telegram_login: the session is gone (http 404)")]
    [InlineData(410, "{}", "1", null, "session_lost", "telegram_login: the session is gone (http 410)")]
    [InlineData(400, "{}", null, null, "session_lost", "telegram_login: the session was refused (http 400)")]
    [InlineData(400, "{\"error\":\"PHONE_CODE_INVALID\"}", "1", null, "wrong_code", "telegram_login: the code was refused (http 400)")]
    [InlineData(422, "{\"errors\":[{\"detail\":\"code has Expired\"}]}", "1", null, "code_expired", "telegram_login: the code has expired (http 422)")]
    [InlineData(400, "<h1>Bad</h1>", "1", null, "wrong_code", "telegram_login: the code was refused (http 400)")]
    [InlineData(409, "not even json", null, "p", "wrong_password", "telegram_login: the password was refused (http 409)")]
    public async Task A_refused_login_is_about_what_was_handed_in(int status, string body, string? code, string? password, string failure, string message)
    {
        var input = new TelegramLogin(new Secret("s"), code, password is null ? null : new Secret(password));

        var result = await Radist(ScriptedProvider.Answering(status, body)).TelegramLoginAsync(input, default);

        Assert.Equal(new Failure(failure, message) { ProviderCode = $"http {status}" }, result.Failure);
    }

    [Fact]
    public async Task An_answer_about_another_session_is_not_taken()
    {
        var result = await Radist(ScriptedProvider.Answering(200, InitSample)).TelegramLoginAsync(new TelegramLogin(new Secret("mine")), default);

        Assert.Equal("telegram_login: the answer is about another session", result.Failure?.Message);
    }

    [Theory]
    [InlineData("""{"id":15,"type":"telegram"}""")]
    [InlineData("""{"success":true,"connection":{"id":15,"type":"whatsapp","params":{"radist_token":"t","phone":null}}}""")]
    public async Task The_new_connections_id_is_at_the_root_or_in_connection(string body)
    {
        var provider = ScriptedProvider.Answering(201, body);

        var result = await Radist(provider).CreateConnectionAsync(new NewConnection(ConnectionType.Telegram, "Sales", new Secret(Session)), default);

        Assert.Equal(new Connection(15), result.Value);
        Assert.Equal("https://api.radist.online/v2/companies/77/connections/", provider.Requests.Single().RequestUri?.AbsoluteUri);
        Assert.Equal($$"""{"type":"telegram","name":"Sales #9f7c6bec","session_id":"{{Session}}"}""", provider.Sent.Single());
    }

    [Fact]
    public async Task A_connection_without_an_id_leaves_doubt()
    {
        var result = await Radist(ScriptedProvider.Answering(200, """{"success":true}""")).CreateConnectionAsync(new NewConnection(ConnectionType.Telegram, "Sales"), default);

        Assert.Equal(
            new Failure("provider_changed", "create_connection: the answer has 'id' neither at its root nor in 'connection'", IsInDoubt: true), result.Failure);
    }

    [Theory]
    [InlineData(402, "create_connection: the Radist account wants payment (http 402)")]
    [InlineData(404, "create_connection: not known there; check base_url, company_id and the paths (http 404)")]
    public async Task An_account_or_address_that_is_wrong_is_the_operators_business(int status, string message)
    {
        var result = await Radist(ScriptedProvider.Answering(status, "{}")).CreateConnectionAsync(new NewConnection(ConnectionType.Telegram, "Sales"), default);

        Assert.Equal(new Failure("config_error", message) { ProviderCode = $"http {status}" }, result.Failure);
    }

    [Fact]
    public async Task A_connection_is_found_by_the_mark_of_its_session()
    {
        var provider = ScriptedProvider.Answering(200, """
            {"connections":[
              {"id":13,"type":"telegram","name":"Sales"},
              {"id":14,"type":"amocrm"},
              {"id":15,"type":"telegram","name":"Sales #9f7c6bec","params":{}},
              {"id":16,"type":"telegram","name":"Sales #00000000"}]}
            """);

        var found = await Radist(provider).FindConnectionAsync(new ConnectionQuery(new Secret(Session)), default);
        var other = await Radist(provider).FindConnectionAsync(new ConnectionQuery(new Secret("other")), default);
        var byName = await Radist(provider).FindConnectionAsync(new ConnectionQuery(Name: "Sales", Type: ConnectionType.Telegram), default);

        Assert.Equal(new Connection(15), found.Value);
        Assert.Equal(new Failure("not_found", "find_connection: 0 connections fit, not one"), other.Failure);
        Assert.Equal(new Connection(13), byName.Value);
    }

    [Fact]
    public async Task Several_connections_that_fit_are_none()
    {
        var provider = ScriptedProvider.Answering(200, """{"connections":[{"id":1,"name":"Sales"},{"id":2,"name":"Sales"}]}""");

        var result = await Radist(provider).FindConnectionAsync(new ConnectionQuery(Name: "Sales"), default);

        Assert.Equal(new Failure("not_found", "find_connection: 2 connections fit, not one"), result.Failure);
    }

    [Fact]
    public async Task A_phone_number_that_telegram_refuses_is_the_persons_business()
    {
        var radist = Radist(ScriptedProvider.Answering(400, """{"error":"PHONE_NUMBER_INVALID"}"""));

        var result = await radist.TelegramInitAsync(new TelegramInit(AuthType.Code, "123"), default);

        Assert.Equal("phone_refused", result.Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_16_a_connection_that_is_not_there_is_not_mistaken_for_a_wrong_path()
    {
        var again = await Radist(ScriptedProvider.Answering(404, "{}")).TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: 5), default);
        var anew = await Radist(ScriptedProvider.Answering(404, "{}")).TelegramInitAsync(new TelegramInit(AuthType.Qr), default);
        var max = await Radist(ScriptedProvider.Answering(409, "{}")).MaxInitAsync(new MaxInit("+79001234567", 5), default);

        Assert.Equal(("connection_gone", "config_error", "connection_gone"), (again.Failure?.Code, anew.Failure?.Code, max.Failure?.Code));
    }

    [Fact]
    public async Task An_edge_case_1_6_22_max_sends_a_number_and_then_a_code()
    {
        var provider = ScriptedProvider.Answering(200, """{"session_id":"s","status":"waiting_for_code"}""");

        var session = (await Radist(provider).MaxInitAsync(new MaxInit("79001234567"), default)).Value!;
        var other = await Radist(ScriptedProvider.Answering(200, """{"session_id":"t","status":"authenticated"}""")).MaxLoginAsync(new MaxLogin(session.SessionId, "00123"), default);

        Assert.Equal("""{"phone":"79001234567"}""", provider.Sent.Single());
        Assert.Equal("https://api.radist.online/v2/companies/77/max_personal/init", provider.Requests.Single().RequestUri?.AbsoluteUri);
        Assert.Equal((MaxStatus.WaitingForCode, "s"), (session.Status, session.SessionId.Reveal()));
        Assert.Equal("max_login: the answer is about another session", other.Failure?.Message);
    }

    [Theory]
    [InlineData(404, "{}", "session_lost")]
    [InlineData(400, "{\"error\":\"PHONE_CODE_EXPIRED\"}", "code_expired")]
    [InlineData(422, "no json", "wrong_code")]
    public async Task A_refused_max_code_is_read_like_telegrams(int status, string body, string failure) =>
        Assert.Equal(failure, (await Radist(ScriptedProvider.Answering(status, body)).MaxLoginAsync(new MaxLogin(new Secret("s"), "1"), default)).Failure?.Code);

    [Theory]
    [InlineData(400, "key_refused")]
    [InlineData(409, "key_in_use")]
    [InlineData(402, "config_error")]
    public async Task Edge_cases_1_6_20_and_1_6_21_a_refused_key_is_the_persons_business(int status, string failure)
    {
        var provider = ScriptedProvider.Answering(status, "{}");

        var result = await Radist(provider).CreateConnectionAsync(new NewConnection(ConnectionType.TelegramBot, "Shop", ApiKey: new Secret("1:a")), default);

        Assert.Equal(failure, result.Failure?.Code);
        Assert.Equal("""{"type":"telegram_bot","name":"Shop","params":{"api_key":"1:a"}}""", provider.Sent.Single());
    }

    [Fact]
    public async Task A_key_is_changed_in_place_by_a_verb_that_can_be_set()
    {
        var provider = ScriptedProvider.Answering(200, """{"id":5,"status":"active"}""");
        var radist = Radist(provider, settings => settings with { UpdateMethod = "PUT", GroupKeyField = "key" });

        var result = await radist.ChangeKeyAsync(new KeyChange(KeyedType.Odnoklassniki, 5, new Secret("new")), default);

        Assert.Equal(new Connection(5, ConnectionStatus.Active), result.Value);
        Assert.Equal(("PUT", "/v2/companies/77/connections/5"), (provider.Requests.Single().Method.Method, provider.Requests.Single().RequestUri?.AbsolutePath));
        Assert.Equal("""{"key":"new"}""", provider.Sent.Single());
    }

    [Fact]
    public async Task An_edge_case_1_6_19_a_type_without_an_update_is_told_as_such()
    {
        var result = await Radist(ScriptedProvider.Answering(405, "{}")).ChangeKeyAsync(new KeyChange(KeyedType.Odnoklassniki, 5, new Secret("k")), default);

        Assert.Equal("config_error", result.Failure?.Code);
        Assert.Contains("Radist manages this type itself", result.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edge_case_1_6_15_the_page_is_an_address_and_the_instances_code_a_payload()
    {
        var connection = (await Radist(ScriptedProvider.Answering(200,
            """{"connection":{"id":5,"status":"waiting_for_qr","params":{"phone":null,"qr_url":"https://radist.example/qr"}}}""")).ConnectionStateAsync(new ConnectionOf(5), default)).Value!;
        var instance = (await Radist(ScriptedProvider.Answering(200,
            """{"status":"waiting_for_qr","qr":"2@abc","qr_expires":"2031-02-03T04:05:06Z"}""")).WhatsappStatusAsync(new ConnectionOf(5), default)).Value!;

        Assert.Equal((ConnectionStatus.WaitingForScan, null, "https://radist.example/qr"), (connection.Status, connection.Qr, connection.QrUrl?.Reveal()));
        Assert.Equal(("2@abc", null), (instance.Qr?.Reveal(), instance.QrUrl));
        Assert.Equal(new DateTimeOffset(2031, 2, 3, 4, 5, 6, TimeSpan.Zero), instance.QrExpires);
    }

    [Theory]
    [InlineData("""{"id":5,"status":"connected"}""", ConnectionStatus.Active)]
    [InlineData("""{"id":5,"status":"LOGGED_OUT"}""", ConnectionStatus.SignedOut)]
    [InlineData("""{"id":5,"status":"unpaid"}""", ConnectionStatus.NotPaid)]
    [InlineData("""{"id":5,"status":"something_new"}""", ConnectionStatus.Unknown)]
    [InlineData("""{"id":5,"status":7}""", ConnectionStatus.Unknown)]
    [InlineData("[]", ConnectionStatus.Unknown)]
    public async Task A_state_is_read_by_words_that_can_be_set_and_what_is_not_known_decides_nothing(string body, ConnectionStatus status) =>
        Assert.Equal(status, (await Radist(ScriptedProvider.Answering(200, body)).ConnectionStateAsync(new ConnectionOf(5), default)).Value?.Status);

    [Theory]
    [InlineData("""{"id":5,"status":"signed_out"}""", 200, "signed_out")]
    [InlineData("""{"id":5,"status":"not_paid"}""", 200, "not_paid")]
    [InlineData("{}", 404, "connection_gone")]
    [InlineData("""{"id":5,"status":"active"}""", 200, null)]
    [InlineData("""{"id":5}""", 200, null)]
    public async Task Edge_cases_1_6_17_and_1_6_18_a_probe_says_what_became_of_a_connection(string body, int status, string? failure) =>
        Assert.Equal(failure, (await Radist(ScriptedProvider.Answering(status, body)).CheckConnectionAsync(new ConnectionOf(5), default)).Failure?.Code);

    [Theory]
    [InlineData(401, "telegram_init: the provider does not accept the key, or it lacks the rights (http 401)")]
    [InlineData(403, "telegram_init: the provider does not accept the key, or it lacks the rights (http 403); give the API key the right 'connections' at Radist")]
    public async Task An_edge_case_1_6_23_a_key_without_the_right_is_the_operators_business(int status, string message)
    {
        var failure = (await Radist(ScriptedProvider.Answering(status, "{}")).TelegramInitAsync(new TelegramInit(AuthType.Qr), default)).Failure!;

        Assert.Equal(("config_error", message), (failure.Code, failure.Message));
    }

    [Fact]
    public void No_record_prints_a_secret()
    {
        var text = $"{new TelegramLogin(new Secret("s3cret"), null, new Secret("s3cret"))}{new NewConnection(ConnectionType.Telegram, "a", new Secret("s3cret"))}"
            + $"{new TelegramSession(new Secret("s3cret"), SessionStatus.Unknown, new QrLogin(new ShowOnce("s3cret"), default))}";

        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }

    private RadistProvider Radist(ScriptedProvider provider, Func<RadistSettings, RadistSettings>? change = null)
    {
        var settings = new RadistSettings { ApiKey = new Secret("the-key"), CompanyId = 77 };
        return new RadistProvider(change?.Invoke(settings) ?? settings, new ProviderHttp(new HttpMessageInvoker(provider), time));
    }
}
