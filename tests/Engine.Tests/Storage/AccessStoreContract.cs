using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Storage;

/// <summary>What every access store must do. A second database runs through the same tests.</summary>
public abstract class AccessStoreContract : IAsyncLifetime
{
    private IAccessStore? store;

    internal StoreClock Clock { get; } = new();

    private IAccessStore Store => store!;

    private DateTimeOffset Now => Clock.GetUtcNow();

    private DateTimeOffset InAnHour => Now.AddHours(1);

    public async Task InitializeAsync() => store = await OpenAsync(Clock);

    public abstract Task DisposeAsync();

    /// <summary>A new, empty store.</summary>
    protected abstract Task<IAccessStore> OpenAsync(TimeProvider time);

    [ContractFact]
    public async Task A_key_is_found_by_its_hash()
    {
        Assert.False(await Store.HasApiKeyAsync(default));

        await Store.AddApiKeyAsync("first", Hash("a"), default);

        Assert.True(await Store.HasApiKeyAsync(default));
        Assert.Equal("first", await Store.FindApiKeyAsync(Hash("a"), default));
        Assert.Null(await Store.FindApiKeyAsync(Hash("b"), default));
    }

    [ContractFact]
    public async Task A_link_to_a_run_is_traded_for_a_session_that_sees_this_run()
    {
        await Store.AddLinkAsync(Hash("link"), new RunId("run_a"), InAnHour, default);

        var session = await Store.RedeemLinkAsync(Hash("link"), Hash("session"), InAnHour, default);

        Assert.Equivalent(new BrowserSession(false, [new RunId("run_a")], InAnHour), session, strict: true);
        Assert.Equivalent(session, await Store.FindSessionAsync(Hash("session"), default), strict: true);
    }

    [ContractFact]
    public async Task A_link_to_the_start_page_is_traded_for_a_session_that_may_start_runs()
    {
        await Store.AddLinkAsync(Hash("link"), null, InAnHour, default);

        Assert.Equivalent(
            new BrowserSession(true, [], InAnHour), await Store.RedeemLinkAsync(Hash("link"), Hash("session"), InAnHour, default), strict: true);
    }

    [ContractFact]
    public async Task Of_many_trades_of_a_link_at_once_one_succeeds()
    {
        await Store.AddLinkAsync(Hash("link"), null, InAnHour, default);

        var sessions = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => Task.Run(() => Store.RedeemLinkAsync(Hash("link"), Hash($"session-{i}"), InAnHour, default))));

        Assert.Single(sessions, x => x is not null);
    }

    [ContractFact]
    public async Task A_link_that_is_unknown_or_past_its_time_gives_nothing()
    {
        await Store.AddLinkAsync(Hash("link"), null, InAnHour, default);
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Null(await Store.RedeemLinkAsync(Hash("link"), Hash("session"), InAnHour, default));
        Assert.Null(await Store.RedeemLinkAsync(Hash("other"), Hash("session"), InAnHour, default));
        Assert.Null(await Store.FindSessionAsync(Hash("session"), default));
    }

    [ContractFact]
    public async Task A_session_ends_at_its_time_and_its_rights_do_not_come_back()
    {
        await Open("link-1", "session", null);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Store.FindSessionAsync(Hash("session"), default));

        await Open("link-2", "session", "run_b");

        Assert.Equivalent(
            new BrowserSession(false, [new RunId("run_b")], InAnHour), await Store.FindSessionAsync(Hash("session"), default), strict: true);
    }

    [ContractFact]
    public async Task A_session_may_be_allowed_more_runs()
    {
        await Open("link", "session", "run_a");

        await Store.AllowRunAsync(Hash("session"), new RunId("run_b"), default);
        await Store.AllowRunAsync(Hash("session"), new RunId("run_b"), default);
        await Store.AllowRunAsync(Hash("unknown"), new RunId("run_b"), default);

        Assert.Equal(["run_a", "run_b"], (await Store.FindSessionAsync(Hash("session"), default))!.Runs.Select(x => x.Value));
        Assert.Null(await Store.FindSessionAsync(Hash("unknown"), default));
    }

    [ContractFact]
    public async Task A_session_that_trades_a_second_link_keeps_what_it_may_do()
    {
        await Open("link-1", "session", null);

        await Open("link-2", "session", "run_a");

        Assert.Equivalent(
            new BrowserSession(true, [new RunId("run_a")], InAnHour), await Store.FindSessionAsync(Hash("session"), default), strict: true);
    }

    private async Task Open(string link, string session, string? run)
    {
        await Store.AddLinkAsync(Hash(link), run is null ? null : new RunId(run), InAnHour, default);
        Assert.NotNull(await Store.RedeemLinkAsync(Hash(link), Hash(session), InAnHour, default));
    }

    private static TokenHash Hash(string token) => new($"hash-of-{token}");
}
