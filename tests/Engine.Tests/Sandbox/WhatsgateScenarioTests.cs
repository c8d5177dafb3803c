extern alias whatsgate;

using Microsoft.AspNetCore.Http;
using whatsgate::Whatsgate;
using Xunit;

namespace Engine.Tests;

/// <summary>Each scenario through the plugin, over HTTP, in virtual time. The numbers are those of providers.md §2.9.</summary>
public sealed class WhatsgateScenarioTests
{
    [Fact]
    public async Task Case_2_9_1_a_session_starts_waits_for_the_phone_and_is_ready_without_any_browser()
    {
        await using var world = await SimulatedWhatsgate.StartAsync();
        var created = await world.CreateAsync();
        world.Step(3);
        var waiting = await world.GetAsync(created);
        world.Step(12);
        var ready = await world.GetAsync(created);

        Assert.Equal((SessionStatus.Pending, null, null), (created.Status, created.Wid, created.Code));
        Assert.StartsWith(world.World.BaseUrl + "/qr/", created.QrLink?.Reveal(), StringComparison.Ordinal);
        Assert.Equal((SessionStatus.Auth, created.QrLink), (waiting.Status, waiting.QrLink));
        Assert.Equal((SessionStatus.Ready, "79001234567@c.us", "79001234567", "Ann", null), (ready.Status, ready.Wid, ready.Number, ready.Pushname, ready.QrLink));
    }

    [Theory]
    [InlineData("link", 3)]
    [InlineData("code-late", 8)]
    public async Task Case_2_9_2_the_code_appears_late(string scenario, int seconds)
    {
        await using var world = await SimulatedWhatsgate.StartAsync(scenario);
        var created = await world.CreateAsync("+7 (900) 555-44-33");
        world.Step(seconds - 1);
        var before = await world.GetAsync(created);
        world.Step(1);
        var after = await world.GetAsync(created);
        world.Step(15);

        Assert.Equal((null, null), (created.Code, before.Code));
        Assert.Matches("^[0-9A-F]{4}-[0-9A-F]{4}$", after.Code?.Reveal());
        Assert.Equal("79005554433", (await world.GetAsync(created)).Number);
    }

    [Fact]
    public async Task Case_2_9_2_a_code_may_stand_on_the_page_only()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("code-on-page");
        var created = await world.CreateAsync("79001234567");
        world.Step(5);

        Assert.Null((await world.GetAsync(created)).Code);
        Assert.Contains("\"code\":\"", await world.Http.GetStringAsync(new Uri($"{created.QrLink?.Reveal()}/state")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_2_9_3_the_page_tells_of_every_rotation()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("not-linked");
        var created = await world.CreateAsync();
        var pictures = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            world.Step(6);
            pictures.Add(await world.Http.GetStringAsync(new Uri($"{created.QrLink?.Reveal()}/state")));
        }

        Assert.Equal(5, pictures.Distinct(StringComparer.Ordinal).Count());
        Assert.All(pictures, state => Assert.Contains("\"message\":\"qr\"", state, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Case_2_9_4_a_deletion_takes_a_while_and_may_be_repeated()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("not-linked");
        var created = await world.CreateAsync();

        Assert.Equal(1, (await world.DeleteAsync(created)).Count);
        Assert.Equal(SessionStatus.Destroying, (await world.GetAsync(created)).Status);
        Assert.Equal(1, (await world.DeleteAsync(created)).Count);
        world.Step(6);
        Assert.Equal(SessionStatus.Closed, (await world.GetAsync(created)).Status);
        Assert.Equal(0, (await world.DeleteAsync(created)).Count);
    }

    [Fact]
    public async Task Case_2_9_4_a_deletion_that_is_refused_fails_as_long_as_the_session_is_there()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("delete-fails");
        var created = await world.CreateAsync();

        Assert.Equal("provider_down", (await world.Whatsgate.SessionDeleteAsync(new SessionRef(created.WhatsappId), default)).Failure?.Code);
        Assert.Equal(1, (await world.DeleteAsync(created)).Count);
    }

    [Fact]
    public async Task Case_2_9_5_a_slot_is_free_only_when_its_session_is_gone()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("slot-taken");
        var refused = (await world.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure;
        var old = SimulatedWhatsgate.Value(await world.Whatsgate.OldestSessionAsync(new AnySession(), default));
        await world.DeleteAsync(old);
        var again = (await world.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure;
        var none = (await world.Whatsgate.OldestSessionAsync(new AnySession(), default)).Failure;
        world.Step(6);
        var created = await world.CreateAsync();

        Assert.Equal(("slot_taken", false, "slot_taken", "not_found"), (refused?.Code, refused?.IsInDoubt, again?.Code, none?.Code));
        Assert.Equal(("Front desk", "70000000000"), (old.Name, old.Number));
        Assert.Equal(SessionStatus.Pending, created.Status);
    }

    [Fact]
    public async Task Case_2_9_6_the_page_is_ahead_of_the_server()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("page-too-early");
        var created = await world.CreateAsync();
        world.Step(14);

        Assert.Equal(("success", SessionStatus.Auth), (await world.PageSaysAsync(created), (await world.GetAsync(created)).Status));
        world.Step(8);
        Assert.Equal(SessionStatus.Ready, (await world.GetAsync(created)).Status);
    }

    [Fact]
    public async Task Case_2_9_7_a_callback_may_come_before_the_answer_to_the_creation()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await SimulatedWhatsgate.StartAsync("callback-early");
        var creating = world.CreateAsync(callback: receiver.Address);
        var ready = await receiver.NextAsync();
        Assert.False(creating.IsCompleted);
        world.Step(3);

        Assert.Equal((await creating).WhatsappId.Reveal(), ready.GetProperty("whatsapp_id").GetString());
        Assert.Equal("ready", ready.GetProperty("event_action").GetString());
    }

    [Fact]
    public async Task Case_2_9_7_a_callback_that_was_taken_may_come_twice_with_the_same_id()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await SimulatedWhatsgate.StartAsync("callback-twice");
        await world.CreateAsync(callback: receiver.Address);
        world.Step(14);
        var first = await receiver.NextAsync();
        await world.Time.TimerSetAsync(TimeSpan.FromSeconds(3));
        world.Step(3);
        var second = await receiver.NextAsync();

        Assert.Equal(first.GetProperty("id").GetInt32(), second.GetProperty("id").GetInt32());
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(200, "ok")]
    [InlineData(200, """{"result":"OK"}""")]
    [InlineData(200, """{"result":"OK","id":1}""")]
    public async Task Case_2_9_8_a_callback_that_is_not_answered_with_its_own_id_is_repeated_three_times_every_20_seconds(int status, string body)
    {
        await using var receiver = await CallbackReceiver.StartAsync(_ => Results.Text(body, "application/json", statusCode: status));
        await using var world = await SimulatedWhatsgate.StartAsync();
        await world.CreateAsync(callback: receiver.Address);
        world.Step(14);
        var ids = new List<int> { (await receiver.NextAsync()).GetProperty("id").GetInt32() };
        for (var i = 0; i < 3; i++)
        {
            await world.Time.TimerSetAsync(TimeSpan.FromSeconds(20));
            world.Step(20);
            ids.Add((await receiver.NextAsync()).GetProperty("id").GetInt32());
        }

        Assert.Single(ids.Distinct());
        Assert.Equal(SessionStatus.Ready, (await world.GetAsync(SimulatedWhatsgate.Value(await world.Whatsgate.FindSessionAsync(new SessionName("Shop"), default)))).Status);
    }

    [Fact]
    public async Task Case_2_9_8_a_callback_goes_to_this_machine_only()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("manual");
        await world.CreateAsync(callback: "https://shop.example/hook");
        await world.PostPhoneAsync("link");
        await world.Time.TimerSetAsync(TimeSpan.FromSeconds(20));

        Assert.Contains("callback.ready 0", world.Calls);
    }

    [Fact]
    public async Task Case_2_9_9_a_session_that_is_closed_has_a_broken_page_and_the_next_one_is_another()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("closed");
        var first = await world.CreateAsync();
        world.Step(10);
        var closed = await world.GetAsync(first);
        var second = await world.CreateAsync();
        world.Step(15);

        Assert.Equal((SessionStatus.Closed, "broken"), (closed.Status, await world.PageSaysAsync(first)));
        Assert.NotEqual(first.WhatsappId.Reveal(), second.WhatsappId.Reveal());
        Assert.Equal(SessionStatus.Ready, (await world.GetAsync(second)).Status);
    }

    [Fact]
    public async Task Case_2_9_10_a_phone_that_unlinks_removes_the_session_and_says_so()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await SimulatedWhatsgate.StartAsync("manual");
        var session = await world.CreateAsync(callback: receiver.Address);
        Assert.Equal(200, await world.PostPhoneAsync("link"));
        await receiver.NextAsync();
        Assert.Equal(200, await world.PostPhoneAsync("unlink"));

        Assert.Equal("disconnect", (await receiver.NextAsync()).GetProperty("event_action").GetString());
        Assert.Equal(SessionStatus.Closed, (await world.GetAsync(session)).Status);
    }

    [Fact]
    public async Task Case_2_9_10_the_session_of_before_is_deleted_by_its_account()
    {
        await using var world = await SimulatedWhatsgate.StartAsync();
        var old = await world.CreateAsync();
        world.Step(15);
        var next = await world.CreateAsync(name: "Shop again");
        world.Step(15);

        Assert.Equal(1, SimulatedWhatsgate.Value(await world.Whatsgate.DeleteOthersAsync(new OtherSessions(next.WhatsappId, "79001234567@c.us"), default)).Count);
        Assert.Equal((SessionStatus.Destroying, SessionStatus.Ready), ((await world.GetAsync(old)).Status, (await world.GetAsync(next)).Status));
    }

    [Fact]
    public async Task Case_2_9_11_another_phone_than_the_one_asked_for_may_be_linked()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("wrong-phone");
        var created = await world.CreateAsync("79001234567");
        world.Step(15);

        Assert.Equal("79997654321", (await world.GetAsync(created)).Number);
    }

    [Fact]
    public async Task Case_2_9_12_a_500_says_by_its_name_whether_the_key_is_wrong()
    {
        await using var unauthorized = await SimulatedWhatsgate.StartAsync("unauthorized");
        await using var busy = await SimulatedWhatsgate.StartAsync("unavailable");
        await busy.CreateAsync();
        await busy.CreateAsync();

        var key = (await unauthorized.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure;
        var refused = (await busy.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure;

        Assert.Equal(("config_error", false), (key?.Code, key?.IsInDoubt));
        Assert.Equal(("provider_down", false), (refused?.Code, refused?.IsInDoubt));
        Assert.Equal(SessionStatus.Pending, (await busy.CreateAsync()).Status);
    }

    [Fact]
    public async Task A_creation_whose_answer_is_lost_is_found_by_its_name()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("create-lost");
        var lost = (await world.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure;

        var found = SimulatedWhatsgate.Value(await world.Whatsgate.FindSessionAsync(new SessionName("Shop"), default));

        Assert.Equal(("provider_down", true), (lost?.Code, lost?.IsInDoubt));
        Assert.Equal(SessionStatus.Pending, found.Status);
        Assert.Equal("not_found", (await world.Whatsgate.FindSessionAsync(new SessionName("Sho"), default)).Failure?.Code);
    }

    [Fact]
    public async Task A_status_that_nobody_knows_passes()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("unknown-status");
        var created = await world.CreateAsync();
        world.Step(15);

        Assert.Equal(SessionStatus.Unknown, (await world.GetAsync(created)).Status);
        world.Step(6);
        Assert.Equal(SessionStatus.Ready, (await world.GetAsync(created)).Status);
    }

    [Fact]
    public async Task The_page_shows_an_error_once()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("page-error");
        var created = await world.CreateAsync();
        var said = new List<string>();
        foreach (var seconds in new[] { 1, 2, 6, 5, 7 })
        {
            world.Step(seconds);
            said.Add(await world.PageSaysAsync(created));
        }

        Assert.Equal(["loading", "qr", "error", "qr", "success"], said);
    }

    [Fact]
    public async Task A_hook_can_be_set_later_and_switched_off()
    {
        await using var receiver = await CallbackReceiver.StartAsync();
        await using var world = await SimulatedWhatsgate.StartAsync("manual");
        var session = await world.CreateAsync();
        await SetAsync(receiver.Address);
        await SetAsync(null);
        await world.PostPhoneAsync("link");
        await SetAsync(receiver.Address);
        await world.PostPhoneAsync("unlink");

        Assert.Equal("disconnect", (await receiver.NextAsync()).GetProperty("event_action").GetString());

        async Task SetAsync(string? address) =>
            SimulatedWhatsgate.Value(await world.Whatsgate.SetHookAsync(new HookAddress(session.WhatsappId, address), default));
    }

    [Fact]
    public async Task Only_the_hosted_page_may_be_framed()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("manual");
        var created = await world.CreateAsync();

        Assert.EndsWith("frame-ancestors *", await PolicyAsync(created.QrLink?.Reveal() ?? ""), StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'self'", await PolicyAsync(world.World.BaseUrl + "/phone"), StringComparison.Ordinal);

        async Task<string> PolicyAsync(string address)
        {
            using var answer = await world.Http.GetAsync(new Uri(address));
            return answer.Headers.GetValues("Content-Security-Policy").Single();
        }
    }

    [Fact]
    public async Task A_page_instead_of_json_is_provider_changed()
    {
        await using var world = await SimulatedWhatsgate.StartAsync("html");

        Assert.Equal("provider_changed", (await world.Whatsgate.SessionCreateAsync(new NewSession("Shop"), default)).Failure?.Code);
    }
}
