extern alias plugin;

using Engine.Sdk;
using plugin::Radist;
using Xunit;

namespace Engine.Tests;

/// <summary>Each scenario through the plugin, over HTTP, in virtual time.</summary>
public sealed class RadistScenarioTests
{
    [Fact]
    public async Task Scan_shows_two_rotations_and_is_authenticated_by_itself()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var first = await world.InitAsync();
        Assert.Equal((SessionStatus.WaitingForQr, world.Time.GetUtcNow().AddSeconds(10)), (first.Status, first.QrLogin?.Expires));
        Assert.StartsWith("tg://login?token=", first.QrLogin?.Url.Reveal(), StringComparison.Ordinal);

        world.Time.Step(TimeSpan.FromSeconds(9));
        Assert.Equal(first.QrLogin, (await world.LoginAsync(first)).QrLogin);
        world.Time.Step(TimeSpan.FromSeconds(1));
        var second = await world.LoginAsync(first);
        world.Time.Step(TimeSpan.FromSeconds(10));
        var third = await world.LoginAsync(first);
        world.Time.Step(TimeSpan.FromSeconds(2));
        var last = await world.LoginAsync(first);

        Assert.Equal(3, new[] { first.QrLogin?.Url, second.QrLogin?.Url, third.QrLogin?.Url }.Distinct().Count());
        Assert.Equal((SessionStatus.Authenticated, null), (last.Status, last.QrLogin));
        Assert.Null((await world.CreateAsync(last)).Failure);
        Assert.Single(world.Calls, call => call.StartsWith("create_connection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_step_takes_the_right_password_only()
    {
        await using var world = await SimulatedRadist.StartAsync("two-step");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        Assert.Equal(SessionStatus.WaitingForPassword, (await world.LoginAsync(session)).Status);
        Assert.Equal("wrong_password", (await world.TryLoginAsync(session, password: "wrong")).Failure?.Code);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, password: "correct horse")).Status);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, password: "correct horse")).Status);
    }

    [Fact]
    public async Task Wrong_password_twice_refuses_even_the_right_one_two_times()
    {
        await using var world = await SimulatedRadist.StartAsync("wrong-password-twice");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        Assert.Equal("wrong_password", (await world.TryLoginAsync(session, password: "correct horse")).Failure?.Code);
        Assert.Equal("wrong_password", (await world.TryLoginAsync(session, password: "wrong")).Failure?.Code);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, password: "correct horse")).Status);
    }

    [Fact]
    public async Task Wrong_code_refuses_the_first_one()
    {
        await using var world = await SimulatedRadist.StartAsync("wrong-code");
        var session = await world.InitAsync(AuthType.Code);

        Assert.Equal(SessionStatus.WaitingForCode, session.Status);
        Assert.Equal("wrong_code", (await world.TryLoginAsync(session, code: "12345")).Failure?.Code);
        Assert.Equal("wrong_code", (await world.TryLoginAsync(session, code: "012345")).Failure?.Code);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, code: "12345")).Status);
    }

    [Fact]
    public async Task Code_expired_wants_a_new_session()
    {
        await using var world = await SimulatedRadist.StartAsync("code-expired");
        var first = await world.InitAsync(AuthType.Code);

        Assert.Equal("code_expired", (await world.TryLoginAsync(first, code: "12345")).Failure?.Code);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(await world.InitAsync(AuthType.Code), code: "12345")).Status);
    }

    [Fact]
    public async Task Status_again_tells_a_wrong_answer_by_the_status_it_had()
    {
        await using var world = await SimulatedRadist.StartAsync("status-again");
        var session = await world.InitAsync(AuthType.Code);

        Assert.Equal(SessionStatus.WaitingForCode, (await world.LoginAsync(session, code: "00000")).Status);
        Assert.Equal(SessionStatus.WaitingForPassword, (await world.LoginAsync(session, code: "12345")).Status);
        Assert.Equal(SessionStatus.WaitingForPassword, (await world.LoginAsync(session, password: "wrong")).Status);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session, password: "correct horse")).Status);
    }

    [Theory]
    [InlineData("not-scanned", 10)]
    [InlineData("manual", 30)]
    public async Task Without_a_person_the_code_only_rotates(string scenario, int seconds)
    {
        await using var world = await SimulatedRadist.StartAsync(scenario);
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromHours(1));

        var later = await world.LoginAsync(session);

        Assert.Equal(SessionStatus.WaitingForQr, later.Status);
        Assert.NotEqual(session.QrLogin?.Url, later.QrLogin?.Url);
        Assert.Equal(world.Time.GetUtcNow().AddSeconds(seconds), later.QrLogin?.Expires);
    }

    [Fact]
    public async Task Fast_rotation_gives_another_code_every_three_seconds()
    {
        await using var world = await SimulatedRadist.StartAsync("fast-rotation");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromSeconds(3));

        Assert.NotEqual(session.QrLogin?.Url, (await world.LoginAsync(session)).QrLogin?.Url);
        world.Time.Step(TimeSpan.FromSeconds(5));
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session)).Status);
    }

    [Fact]
    public async Task Unknown_status_passes_by_itself()
    {
        await using var world = await SimulatedRadist.StartAsync("unknown-status");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromSeconds(23));

        Assert.Equal(SessionStatus.Unknown, (await world.LoginAsync(session)).Status);
        world.Time.Step(TimeSpan.FromSeconds(6));
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(session)).Status);
    }

    [Fact]
    public async Task Session_lost_loses_the_first_code_session_at_once()
    {
        await using var world = await SimulatedRadist.StartAsync("session-lost");

        Assert.Equal("session_lost", (await world.TryLoginAsync(await world.InitAsync(AuthType.Code), code: "12345")).Failure?.Code);
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(await world.InitAsync(AuthType.Code), code: "12345")).Status);
    }

    [Fact]
    public async Task Session_lost_loses_the_first_session_only()
    {
        await using var world = await SimulatedRadist.StartAsync("session-lost");
        var first = await world.InitAsync();
        world.Time.Step(TimeSpan.FromSeconds(12));

        Assert.Equal("session_lost", (await world.TryLoginAsync(first)).Failure?.Code);
        var second = await world.InitAsync();
        world.Time.Step(TimeSpan.FromSeconds(25));
        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(second)).Status);
    }

    [Fact]
    public async Task Rate_limited_asks_to_wait_and_does_nothing()
    {
        await using var world = await SimulatedRadist.StartAsync("rate-limited");
        var session = await world.InitAsync();

        var limited = (await world.TryLoginAsync(session)).Failure;
        world.Time.Step(TimeSpan.FromMinutes(1));
        var done = await world.LoginAsync(session);
        var created = await world.CreateAsync(done);

        Assert.Equal(("rate_limited", TimeSpan.FromSeconds(2), false), (limited?.Code, limited?.RetryAfter, limited?.IsInDoubt));
        Assert.Equal("rate_limited", created.Failure?.Code);
        Assert.DoesNotContain("Telegram #", await world.GetAsync("phone/state"), StringComparison.Ordinal);
        Assert.Equal("rate_limited", (await world.CreateAsync(done)).Failure?.Code);
        Assert.Null((await world.CreateAsync(done)).Failure);
    }

    [Fact]
    public async Task Unavailable_says_503_now_and_then()
    {
        await using var world = await SimulatedRadist.StartAsync("unavailable");
        var session = await world.InitAsync();

        var down = (await world.TryLoginAsync(session)).Failure;

        Assert.Equal(("provider_down", TimeSpan.FromSeconds(1), true), (down?.Code, down?.RetryAfter, down?.IsInDoubt));
        Assert.Equal(SessionStatus.WaitingForQr, (await world.LoginAsync(session)).Status);
    }

    [Fact]
    public async Task Slow_answers_after_three_seconds()
    {
        await using var world = await SimulatedRadist.StartAsync("slow");
        var call = world.InitAsync();
        await world.Time.TimerSetAsync();

        Assert.False(call.IsCompleted);
        world.Time.Step(TimeSpan.FromSeconds(3));
        Assert.Equal(SessionStatus.WaitingForQr, (await call).Status);
    }

    [Fact]
    public async Task Create_lost_creates_and_is_found_again()
    {
        await using var world = await SimulatedRadist.StartAsync("create-lost");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        var lost = await world.CreateAsync(session);
        var found = await world.FindAsync(session);

        Assert.Equal(("provider_down", true), (lost.Failure?.Code, lost.Failure?.IsInDoubt));
        Assert.NotNull(found.Value);
        Assert.Equal(["telegram_init 200", "create_connection 200, answer lost", "list_connections 200"], world.Calls);
    }

    [Fact]
    public async Task Create_fails_creates_nothing_and_leaves_doubt()
    {
        await using var world = await SimulatedRadist.StartAsync("create-fails");
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        Assert.True((await world.CreateAsync(session)).Failure?.IsInDoubt);
        Assert.Equal("not_found", (await world.FindAsync(session)).Failure?.Code);
    }

    [Theory]
    [InlineData("html", "provider_changed")]
    [InlineData("unauthorized", "config_error")]
    public async Task A_provider_that_is_out_of_order_fails_the_first_call(string scenario, string code)
    {
        await using var world = await SimulatedRadist.StartAsync(scenario);

        Assert.Equal(code, (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr), default)).Failure?.Code);
    }

    [Fact]
    public async Task Hang_never_answers_and_lets_the_sandbox_stop()
    {
        await using var world = await SimulatedRadist.StartAsync("hang");
        var clock = new SteppedTime();
        var radist = new RadistProvider(
            new RadistSettings { BaseUrl = new Uri(world.World.BaseUrl), ApiKey = new Secret("k"), CompanyId = 1 }, new ProviderHttp(world.Http, clock));

        var call = radist.TelegramInitAsync(new TelegramInit(AuthType.Qr), default);
        await clock.TimerSetAsync();
        clock.Step(TimeSpan.FromSeconds(10));

        Assert.Equal("provider_timeout", (await call).Failure?.Code);
    }

    [Fact]
    public async Task A_connection_is_created_for_an_authenticated_session_only()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var session = await world.InitAsync();

        Assert.Equal("provider_changed", (await world.CreateAsync(session)).Failure?.Code);
        Assert.Equal(["telegram_init 200", "create_connection 409"], world.Calls);
    }

    [Fact]
    public async Task A_second_creation_would_show()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));

        var ids = new[] { await world.CreateAsync(session), await world.CreateAsync(session) }.Select(created => created.Value?.Id).Distinct();

        Assert.Equal(2, ids.Count());
        Assert.Equal("find_connection: 2 connections fit, not one", (await world.FindAsync(session)).Failure?.Message);
    }

    [Fact]
    public async Task Reauthorization_creates_nothing_and_knows_the_connections_of_the_world_before()
    {
        await using var world = await SimulatedRadist.StartAsync();
        var session = await world.InitAsync();
        world.Time.Step(TimeSpan.FromMinutes(1));
        var created = (await world.CreateAsync(session)).Value!;
        world.World = world.Server.NewWorld("radist", "scan", "ru", world.World.Id)!;

        var again = (await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: created.Id), default)).Value!;
        world.Time.Step(TimeSpan.FromMinutes(1));

        Assert.Equal(SessionStatus.Authenticated, (await world.LoginAsync(again)).Status);
        Assert.Equal("provider_changed", (await world.CreateAsync(again)).Failure?.Code);
        Assert.Equal(created, (await world.FindAsync(session)).Value);
    }

    [Fact]
    public async Task A_connection_that_the_world_does_not_know_is_taken_on_trust()
    {
        await using var world = await SimulatedRadist.StartAsync();

        Assert.Null((await world.Radist.TelegramInitAsync(new TelegramInit(AuthType.Qr, ConnectionId: 77), default)).Failure);
        Assert.Contains("\"id\":77", await world.GetAsync("phone/state"), StringComparison.Ordinal);
    }
}
