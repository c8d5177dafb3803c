extern alias plugin;

using Engine.Sdk;
using plugin::Radist;
using Xunit;

namespace Engine.Tests;

/// <summary>The scenarios of WhatsApp, keys and MAX through the plugin, over HTTP, in virtual time.</summary>
public sealed class RadistConnectionScenarioTests
{
    [Fact]
    public async Task An_edge_case_1_6_15_scan_links_whatsapp_by_itself_and_the_page_has_an_address_of_its_own()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var connection = await world.NewWhatsappAsync();

        var first = await world.InstanceAsync(connection.Id);
        var state = await world.StateAsync(connection.Id);
        world.Time.Step(TimeSpan.FromSeconds(3));
        var linked = await world.InstanceAsync(connection.Id);

        Assert.Equal((ConnectionStatus.WaitingForScan, world.Time.GetUtcNow().AddSeconds(7)), (first.Status, first.QrExpires));
        Assert.StartsWith("2@", first.Qr?.Reveal(), StringComparison.Ordinal);
        Assert.Equal(world.World.BaseUrl + "/qr", state.QrUrl?.Reveal());
        Assert.Equal((ConnectionStatus.Active, "79001234567", null), (linked.Status, linked.Phone, linked.Qr));
        Assert.Contains("WhatsApp", await world.GetAsync("qr"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edge_case_1_6_15_several_scans_takes_the_second_one()
    {
        await using var world = await SimulatedRadist.StartAsync("several-scans");
        var connection = await world.NewWhatsappAsync();
        var first = (await world.InstanceAsync(connection.Id)).Qr;

        world.Time.Step(TimeSpan.FromSeconds(3));
        var again = await world.InstanceAsync(connection.Id);
        world.Time.Step(TimeSpan.FromSeconds(10));

        Assert.Equal(ConnectionStatus.WaitingForScan, again.Status);
        Assert.NotEqual(first, again.Qr);
        Assert.Equal(ConnectionStatus.Active, (await world.InstanceAsync(connection.Id)).Status);
    }

    [Fact]
    public async Task An_edge_case_1_6_15_codes_run_out_until_others_are_asked_for()
    {
        await using var world = await SimulatedRadist.StartAsync("codes-run-out");
        var connection = await world.NewWhatsappAsync();
        world.Time.Step(TimeSpan.FromSeconds(30));

        Assert.Equal(ConnectionStatus.CodesUsedUp, (await world.InstanceAsync(connection.Id)).Status);
        Assert.Equal(ConnectionStatus.WaitingForScan, (await world.Radist.WhatsappNewQrAsync(new ConnectionOf(connection.Id), default)).Value?.Status);
        world.Time.Step(TimeSpan.FromSeconds(3));
        Assert.Equal(ConnectionStatus.Active, (await world.InstanceAsync(connection.Id)).Status);
    }

    [Fact]
    public async Task State_not_told_leaves_the_hosted_page()
    {
        await using var world = await SimulatedRadist.StartAsync("state-not-told");
        var connection = await world.NewWhatsappAsync();

        Assert.Equal("state_not_told", (await world.Radist.WhatsappStatusAsync(new ConnectionOf(connection.Id), default)).Failure?.Code);
        Assert.NotNull((await world.StateAsync(connection.Id)).QrUrl);
    }

    [Fact]
    public async Task An_edge_case_1_6_16_other_account_links_another_number()
    {
        await using var world = await SimulatedRadist.StartAsync("other-account");
        var connection = await world.NewWhatsappAsync();
        world.Time.Step(TimeSpan.FromSeconds(3));

        Assert.Equal("79007654321", (await world.InstanceAsync(connection.Id)).Phone);
    }

    [Fact]
    public async Task Edge_cases_1_6_14_and_1_6_16_connection_gone_knows_none_of_the_connections_before()
    {
        await using var world = await SimulatedRadist.StartAsync("connection-gone");

        Assert.Equal("connection_gone", (await world.Radist.WhatsappNewQrAsync(new ConnectionOf(77), default)).Failure?.Code);
        Assert.Equal("connection_gone", (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: 77), default)).Failure?.Code);
        Assert.Equal("connection_gone", (await world.Radist.CheckConnectionAsync(new ConnectionOf(77), default)).Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_16_a_connection_of_another_type_is_refused()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var connection = await world.NewWhatsappAsync();

        Assert.Equal("connection_gone", (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: connection.Id), default)).Failure?.Code);
        Assert.Equal("connection_gone", (await world.Radist.MaxInitAsync(new MaxInit("+79001234567", connection.Id), default)).Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_17_a_session_ended_on_the_phone_is_seen_by_the_probe_until_it_is_authorized_again()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));
        var created = (await world.CreateAsync(session)).Value!;
        Assert.Null((await world.Radist.CheckConnectionAsync(new ConnectionOf(created.Id), default)).Failure);

        await world.PostPhoneAsync("end");
        Assert.Equal("signed_out", (await world.Radist.CheckConnectionAsync(new ConnectionOf(created.Id), default)).Failure?.Code);

        var again = (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: created.Id), default)).Value!;
        world.Time.Step(TimeSpan.FromMinutes(1));
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(again)).Status);
        Assert.Null((await world.Radist.CheckConnectionAsync(new ConnectionOf(created.Id), default)).Failure);
    }

    [Fact]
    public async Task An_edge_case_1_6_18_unpaid_creates_what_does_not_work()
    {
        await using var world = await SimulatedRadist.StartAsync("unpaid");

        var created = (await world.CreateWithKeyAsync("any-key")).Value!;

        Assert.Equal(ConnectionStatus.NotPaid, created.Status);
        Assert.Equal("not_paid", (await world.Radist.CheckConnectionAsync(new ConnectionOf(created.Id), default)).Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_12_create_unpaid_refuses_the_first_creation_only()
    {
        await using var world = await SimulatedRadist.StartAsync("create-unpaid");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        Assert.Equal(("config_error", false), ((await world.CreateAsync(session)).Failure?.Code, (await world.CreateAsync(session)).IsFailure));
    }

    [Theory]
    [InlineData("wrong-key", "key_refused")]
    [InlineData("key-in-use", "key_in_use")]
    public async Task Edge_cases_1_6_20_and_1_6_21_the_first_key_is_not_taken(string scenario, string failure)
    {
        await using var world = await SimulatedRadist.StartAsync(scenario);

        Assert.Equal(failure, (await world.CreateWithKeyAsync("good-key")).Failure?.Code);
        Assert.Null((await world.CreateWithKeyAsync("good-key")).Failure);
    }

    [Theory]
    [InlineData("wrong-key", "key_refused")]
    [InlineData("key-in-use", "key_in_use")]
    public async Task A_magic_key_is_refused_in_every_scenario(string key, string failure)
    {
        await using var world = await SimulatedRadist.StartAsync();

        Assert.Equal(failure, (await world.CreateWithKeyAsync(key)).Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_20_a_dead_key_is_replaced_and_the_connection_works_again()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var created = (await world.CreateWithKeyAsync("old-key")).Value!;
        await world.PostPhoneAsync("end");
        Assert.Equal("signed_out", (await world.Radist.CheckConnectionAsync(new ConnectionOf(created.Id), default)).Failure?.Code);

        var changed = await world.Radist.ChangeKeyAsync(new KeyChange(KeyedType.Odnoklassniki, created.Id, new Secret("new-key")), default);

        Assert.Equal(new Connection(created.Id, ConnectionStatus.Active), changed.Value);
    }

    [Fact]
    public async Task An_edge_case_1_6_19_a_connection_that_has_no_key_has_no_update()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var connection = await world.NewWhatsappAsync();

        var changed = await world.Radist.ChangeKeyAsync(new KeyChange(KeyedType.Odnoklassniki, connection.Id, new Secret("k")), default);

        Assert.Equal("config_error", changed.Failure?.Code);
    }

    [Fact]
    public async Task An_edge_case_1_6_23_no_rights_is_told_as_the_operators_business()
    {
        await using var world = await SimulatedRadist.StartAsync("no-rights");

        var failure = (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr), default)).Failure;

        Assert.Equal("config_error", failure?.Code);
        Assert.EndsWith("give the API key the right 'connections' at Radist", failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edge_case_1_6_22_max_takes_a_code_and_never_asks_for_a_password()
    {
        await using var world = await SimulatedRadist.StartAsync("two-step");
        var session = (await world.Radist.MaxInitAsync(new MaxInit("+79001234567"), default)).Value!;

        Assert.Equal("wrong_code", (await world.Radist.MaxLoginAsync(new MaxLogin(session.SessionId, "00000"), default)).Failure?.Code);
        Assert.Equal(MaxStatus.Authenticated, (await world.Radist.MaxLoginAsync(new MaxLogin(session.SessionId, "12345"), default)).Value?.Status);
        var created = await world.Radist.CreateConnectionAsync(new NewConnection(ConnectionType.MaxPersonal, "MAX", session.SessionId), default);
        Assert.Equal(ConnectionStatus.Active, created.Value?.Status);
    }

    [Fact]
    public async Task Magic_numbers_bring_a_wrong_code_a_password_and_a_flood()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var wrong = (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Code, "+79990000002"), default)).Value!;
        var locked = (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Code, "+79990000003"), default)).Value!;
        var flooded = await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Code, "+79990000004"), default);

        Assert.Equal("wrong_code", (await world.TryLoginAsync(wrong, code: "12345")).Failure?.Code);
        Assert.Equal(SessionStatus.WaitingForPassword, (await world.LoginAsync(locked, code: "12345")).Status);
        Assert.Equal(("rate_limited", TimeSpan.FromMinutes(10)), (flooded.Failure?.Code, flooded.Failure?.RetryAfter));
    }
}
