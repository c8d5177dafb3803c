extern alias amocrm;

using amocrm::AmoCrm;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests;

/// <summary>
/// The simulated amoCRM, called by the plugin. The numbers in names are the edge cases of providers.md §3.8. Guesses: what an account's old host answers
/// after it was renamed (404), that a refresh token used twice ends all its access, and that switching off ends it too (§3.5, [I]).
/// </summary>
public sealed class AmoCrmScenarioTests
{
    [Fact]
    public async Task A_code_is_good_once_and_Case_3_8_05_a_second_exchange_is_refused()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var code = await amo.CopyAsync();

        var first = await amo.AmoCrm.ExchangeAsync(new CodeExchange("horns.amocrm.ru", code), default);
        var second = await amo.AmoCrm.ExchangeAsync(new CodeExchange("horns.amocrm.ru", code), default);

        Assert.Equal("horns.amocrm.ru", first.Value?.Host);
        Assert.Equal("code_refused", second.Failure?.Code);
    }

    [Fact]
    public async Task Case_3_8_06_a_code_expires_after_twenty_minutes()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var code = await amo.CopyAsync();

        amo.Time.Step(TimeSpan.FromMinutes(20));

        Assert.Equal("code_expired", (await amo.AmoCrm.ExchangeAsync(new CodeExchange("horns.amocrm.ru", code), default)).Failure?.Code);
    }

    [Theory]
    [InlineData("tech31.amocrm.ru", "wrong_account_host")]
    [InlineData("nobody.amocrm.ru", "wrong_account_host")]
    [InlineData("horns.kommo.com", "wrong_account_host")]
    public async Task Case_3_8_06_a_code_of_another_account_is_refused(string host, string failure)
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();

        Assert.Equal(failure, (await amo.AmoCrm.ExchangeAsync(new CodeExchange(host, await amo.CopyAsync()), default)).Failure?.Code);
    }

    [Fact]
    public async Task Case_3_8_08_the_person_chooses_among_several_accounts()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var consent = Consent(amo);

        var back = await amo.AllowAsync(consent, SimulatedAmoCrm.Technical);

        Assert.Equal(2, (await amo.OfferAsync(consent)).GetProperty("accounts").GetArrayLength());
        Assert.Contains("referer=tech31.amocrm.ru&platform=1", back?.Query, StringComparison.Ordinal);
        Assert.EndsWith("&state=the-state", back?.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_3_8_01_without_a_state_the_word_false_comes_back()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();

        var back = await amo.AllowAsync(new Uri(Consent(amo).AbsoluteUri.Replace("&state=the-state", "", StringComparison.Ordinal)), SimulatedAmoCrm.Horns);

        Assert.EndsWith("&state=false", back?.Query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private")]
    [InlineData("in-moderation")]
    [InlineData("withdrawn")]
    public async Task Before_moderation_only_the_technical_account_can_be_chosen(string scenario)
    {
        await using var amo = await SimulatedAmoCrm.StartAsync(scenario);

        Assert.Null(await amo.AllowAsync(Consent(amo), SimulatedAmoCrm.Horns));
        Assert.NotNull(await amo.AllowAsync(Consent(amo), SimulatedAmoCrm.Technical));
        Assert.Equal(409, (await amo.ActAsync("install", SimulatedAmoCrm.Horns)).Status);
    }

    [Fact]
    public async Task Case_3_8_09_who_is_no_administrator_cannot_choose_the_account()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync("not-admin");

        Assert.Null(await amo.AllowAsync(Consent(amo), SimulatedAmoCrm.Horns));
    }

    [Fact]
    public async Task Case_3_8_09_an_account_that_is_not_paid_for_gives_tokens_and_nothing_else()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync("not-paid");

        Assert.Equal("not_paid", (await amo.AccountAsync(await amo.ConnectAsync())).Failure?.Code);
    }

    [Fact]
    public async Task Case_3_8_16_an_account_at_Kommo_works_the_same_way()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync("kommo");

        var tokens = SimulatedAmoCrm.Value(await amo.AmoCrm.ExchangeAsync(new CodeExchange("https://horns.kommo.com/", await amo.CopyAsync()), default));

        Assert.Equal(new Account(SimulatedAmoCrm.Horns, "Horns and hooves", "horns", "horns.kommo.com"), (await amo.AccountAsync(tokens)).Value);
        Assert.Contains("&platform=2", (await amo.AllowAsync(Consent(amo), SimulatedAmoCrm.Horns))?.Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Case_3_8_10_a_refresh_token_used_twice_ends_every_access_that_came_of_it()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var first = await amo.ConnectAsync();
        var second = SimulatedAmoCrm.Value(await amo.RefreshAsync(first));

        var again = await amo.RefreshAsync(first);

        Assert.Equal("refresh_refused", again.Failure?.Code);
        Assert.Equal("unauthorized", (await amo.AccountAsync(second)).Failure?.Code);
        Assert.Equal("refresh_refused", (await amo.RefreshAsync(second)).Failure?.Code);
    }

    [Fact]
    public async Task A_refresh_gives_a_new_pair_that_works()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var first = await amo.ConnectAsync();
        amo.Time.Step(TimeSpan.FromDays(1));

        Assert.Equal("unauthorized", (await amo.AccountAsync(first)).Failure?.Code);
        var second = SimulatedAmoCrm.Value(await amo.RefreshAsync(first));

        Assert.NotEqual(first.RefreshToken?.Reveal(), second.RefreshToken?.Reveal());
        Assert.Equal(amo.Time.GetUtcNow() + TimeSpan.FromDays(1), second.ExpiresAt);
        Assert.Equal("Horns and hooves", (await amo.AccountAsync(second)).Value?.Name);
    }

    [Fact]
    public async Task Case_3_8_11_no_new_refresh_token_is_fatal()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync("no-refresh-token");

        Assert.Equal("refresh_token_missing", (await amo.RefreshAsync(await amo.ConnectAsync())).Failure?.Code);
    }

    [Fact]
    public async Task Case_3_8_12_a_refresh_token_lapses_unused_after_three_months_and_lives_on_when_it_is_used()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var unused = await amo.ConnectAsync();
        var used = await amo.ConnectAsync();
        amo.Time.Step(TimeSpan.FromDays(60));
        used = SimulatedAmoCrm.Value(await amo.RefreshAsync(used));
        amo.Time.Step(TimeSpan.FromDays(30));

        Assert.Equal("refresh_refused", (await amo.RefreshAsync(unused)).Failure?.Code);
        Assert.Equal("horns.amocrm.ru", (await amo.RefreshAsync(used)).Value?.Host);
    }

    [Fact]
    public async Task Case_3_8_13_a_renamed_account_is_followed_to_its_new_host()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync("renamed");
        var tokens = await amo.ConnectAsync();

        var seen = await amo.AccountAsync(tokens);
        var renewed = SimulatedAmoCrm.Value(await amo.RefreshAsync(tokens));

        Assert.Equal("account_moved", seen.Failure?.Code);
        Assert.Equal("renamed.amocrm.ru", renewed.Host);
        Assert.Equal(SimulatedAmoCrm.Horns, (await amo.AccountAsync(renewed)).Value?.Id);
    }

    [Fact]
    public async Task Case_3_8_14_and_15_switched_off_ends_the_old_access_and_a_new_code_gives_a_new_one()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync();
        var before = await amo.ConnectAsync();

        await amo.ActAsync("disable");
        var after = await amo.ConnectAsync();

        Assert.Equal("unauthorized", (await amo.AccountAsync(before)).Failure?.Code);
        Assert.Equal("refresh_refused", (await amo.RefreshAsync(before)).Failure?.Code);
        Assert.Equal("Horns and hooves", (await amo.AccountAsync(after)).Value?.Name);
    }

    [Theory]
    [InlineData("html", "provider_changed")]
    [InlineData("blocked", "config_error")]
    [InlineData("wrong-secret", "config_error")]
    [InlineData("code-expired", "code_expired")]
    [InlineData("tokens-lost", "provider_down")]
    public async Task What_goes_wrong_at_the_token_endpoint_has_a_name(string scenario, string failure)
    {
        await using var amo = await SimulatedAmoCrm.StartAsync(scenario);

        Assert.Equal(failure, (await amo.AmoCrm.ExchangeAsync(new CodeExchange("horns.amocrm.ru", await amo.CopyAsync()), default)).Failure?.Code);
    }

    [Theory]
    [InlineData("rate-limited", "rate_limited")]
    [InlineData("unavailable", "provider_down")]
    public async Task Every_second_call_is_refused_and_the_next_goes_through(string scenario, string failure)
    {
        await using var amo = await SimulatedAmoCrm.StartAsync(scenario);
        var code = new CodeExchange("horns.amocrm.ru", await amo.CopyAsync());

        var first = await amo.AmoCrm.ExchangeAsync(code, default);
        var second = await amo.AmoCrm.ExchangeAsync(code, default);

        Assert.Equal((failure, TimeSpan.FromSeconds(1)), (first.Failure?.Code, first.Failure?.RetryAfter));
        Assert.Equal("horns.amocrm.ru", second.Value?.Host);
    }

    [Fact]
    public async Task The_redirect_address_must_be_the_integrations()
    {
        await using var amo = await SimulatedAmoCrm.StartAsync(engine: new Uri("http://127.0.0.1:5080"));

        Assert.Equal($"http://127.0.0.1:5080/v1/return/amocrm/{amo.World.Id}", amo.World.Settings["redirect_uri"]);
        Assert.Equal("horns.amocrm.ru", (await amo.ConnectAsync()).Host);
    }

    private static Uri Consent(SimulatedAmoCrm amo) =>
        amo.AmoCrm.Consent(new ConsentRequest(), new RedirectVisit(new Secret("the-state"), new Uri("http://127.0.0.1:5080/v1/return/amocrm"), null));
}
