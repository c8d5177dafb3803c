using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests.Connections;

public sealed class SqliteConnectionCareTests() : ConnectionCareTests(isOnPostgres: false);

[OnPostgres]
public sealed class PostgresConnectionCareTests() : ConnectionCareTests(isOnPostgres: true);

public abstract class ConnectionCareTests(bool isOnPostgres) : IAsyncLifetime
{
    private static readonly ConnectionId id = new("con_1");

    private VaultStore vault = null!;
    private ConnectionCare care = null!;

    public async Task InitializeAsync()
    {
        vault = await VaultStore.NewAsync(isOnPostgres);
        care = CareOn(vault.Store, "one");
    }

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [ContractFact]
    public async Task A_session_that_was_ended_from_the_phone_needs_reauth_and_keeps_its_id_through_it()
    {
        await vault.ConnectAsync();
        await WorkAsync();
        SignedOut();
        vault.Time.Step(TimeSpan.FromHours(7));

        await WorkAsync();
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
        vault.Time.Step(TimeSpan.FromSeconds(31));
        await WorkAsync();

        var broken = await vault.FindAsync();
        Assert.Equal((ConnectionHealth.NeedsReauth, "signed_out"), (broken.Health, broken.Cause));
        Assert.Equal(HealthActionKind.Reauthorize, HealthAction.Of(broken.Health, broken.Cause)!.Kind);

        vault.Vault.Answer = (_, _) => null;
        await vault.ConnectAsync(renewed: broken, refreshToken: "r9");
        await WorkAsync();

        var renewed = await vault.FindAsync();
        Assert.Equal((broken.Id, ConnectionHealth.Active, null), (renewed.Id, renewed.Health, renewed.Cause));
        Assert.Equal("r9", (await vault.CredentialsAsync()).Body.GetProperty("refresh_token").GetString());
    }

    [ContractFact]
    public async Task A_single_refusal_that_does_not_come_again_alarms_nobody()
    {
        await vault.ConnectAsync();
        SignedOut();
        await WorkAsync();
        vault.Vault.Answer = (_, _) => null;
        vault.Time.Step(TimeSpan.FromMinutes(1));
        await WorkAsync();
        SignedOut();
        vault.Time.Step(TimeSpan.FromHours(7));
        await WorkAsync();

        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Trouble_must_come_three_times_to_degrade_and_passes_at_the_first_success()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, _) => new Failure(Failures.ProviderDown, "probe: down");
        for (var look = 1; look <= 3; look++)
        {
            Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
            await WorkAsync();
            vault.Time.Step(TimeSpan.FromSeconds(31));
        }

        Assert.Equal((ConnectionHealth.Degraded, Failures.ProviderDown), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));
        vault.Vault.Answer = (_, _) => null;
        vault.Time.Step(TimeSpan.FromHours(7));
        await WorkAsync();
        Assert.Equal((ConnectionHealth.Active, null), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));
    }

    [ContractFact]
    public async Task Who_asks_while_another_looks_gets_a_look_after_that()
    {
        await vault.ConnectAsync();
        var other = await vault.Store.TakeCareAsync(id, "other", TimeSpan.FromMinutes(5), default);
        vault.Vault.Answer = (_, _) => new Failure("not_paid", "probe: not paid");

        var asked = care.LookNowAsync(id, default);
        await vault.Time.TimerSetAsync(TimeSpan.FromMilliseconds(100));
        Assert.False(asked.IsCompleted);
        await vault.Store.FinishCareAsync(other!, new CareResult(vault.Time.GetUtcNow().AddDays(1), null, null, null), default);
        vault.Time.Step(TimeSpan.FromMilliseconds(100));

        Assert.True(await asked);
        Assert.Equal(ConnectionHealth.Suspended, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task An_unpaid_subscription_is_suspended_with_its_cause_and_repairs_itself()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, _) => new Failure("not_paid", "probe: not paid");
        await care.LookNowAsync(id, default);
        Assert.Equal((ConnectionHealth.Suspended, "not_paid"), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));

        vault.Vault.Answer = (_, _) => null;
        await care.LookNowAsync(id, default);
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractTheory]
    [InlineData(false, ConnectionHealth.Active)]
    [InlineData(true, ConnectionHealth.Revoked)]
    public async Task A_withdrawal_that_a_hook_tells_is_looked_at_once(bool isTrue, ConnectionHealth health)
    {
        await vault.ConnectAsync();
        await WorkAsync();
        if (isTrue) SignedOut();
        await vault.Store.SetHealthAsync(id, new HealthChange(ConnectionHealth.Revoked, "switched_off"), default);
        await vault.Store.HurryCareAsync(id, default);

        for (var day = 0; day < 5; day++)
        {
            await WorkAsync();
            if (isTrue) vault.Time.Step(TimeSpan.FromDays(1));
        }

        Assert.Equal(health, (await vault.FindAsync()).Health);
        Assert.Equal(isTrue ? 3 : 2, vault.Vault.Calls.Count(call => call == "probe"));
    }

    [ContractFact]
    public async Task Another_account_is_not_repaired_by_a_probe_that_works()
    {
        await vault.ConnectAsync();
        await vault.Store.SetHealthAsync(id, new HealthChange(ConnectionHealth.NeedsReauth, "wrong_account"), default);

        await care.LookNowAsync(id, default);

        Assert.Equal((ConnectionHealth.NeedsReauth, "wrong_account"), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));
    }

    [ContractFact]
    public async Task Access_that_nothing_prolongs_is_warned_about_and_then_ends()
    {
        var now = vault.Time.GetUtcNow();
        var body = System.Text.Json.JsonSerializer.SerializeToElement(
            new { access_token = "a", refresh_token = "r1", expires_at = now.AddDays(100), refresh_expires_at = now.AddDays(40) });
        await vault.ConnectAsync(credentials: body);
        vault.Time.Step(TimeSpan.FromDays(35));
        await WorkAsync();
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);

        vault.Time.Step(TimeSpan.FromDays(2));
        await WorkAsync();
        Assert.Equal((ConnectionHealth.Expiring, HealthRules.AccessEnds), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));

        vault.Time.Step(TimeSpan.FromDays(4));
        await WorkAsync();
        Assert.Equal((ConnectionHealth.NeedsReauth, HealthRules.AccessEnded), ((await vault.FindAsync()).Health, (await vault.FindAsync()).Cause));
    }

    [ContractFact]
    public async Task A_connection_is_looked_at_by_one_process_at_a_time_and_by_another_when_that_one_dies()
    {
        await vault.ConnectAsync();
        var other = await vault.OpenAsync();
        Assert.Single(await vault.Store.ClaimCareAsync(new ClaimRequest("died", 10, TimeSpan.FromMinutes(5)), default));

        Assert.Equal(0, await CareOn(other, "two").WorkDueAsync((_, error) => throw error, default));
        vault.Time.Step(TimeSpan.FromMinutes(6));
        Assert.Equal(1, await CareOn(other, "two").WorkDueAsync((_, error) => throw error, default));

        Assert.Equal(["probe"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_look_that_ends_after_the_connection_was_renewed_does_not_break_it_again()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, _) => new Failure("not_paid", "probe: not paid");
        await care.LookNowAsync(id, default);
        await vault.Store.HurryCareAsync(id, default);
        var old = Assert.Single(await vault.Store.ClaimCareAsync(new ClaimRequest("slow", 10, TimeSpan.FromMinutes(5)), default));
        await vault.ConnectAsync(renewed: await vault.FindAsync(), refreshToken: "r7");

        await vault.Store.FinishCareAsync(
            old, new CareResult(vault.Time.GetUtcNow().AddHours(6), null, null, new HealthChange(ConnectionHealth.Suspended, "late")), default);

        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
        Assert.True(await vault.Store.NextCareAsync(default) <= vault.Time.GetUtcNow());
    }

    [ContractFact]
    public async Task An_unclaimed_connection_is_left_alone_until_it_is_claimed_and_only_once()
    {
        await vault.ConnectAsync(health: ConnectionHealth.Unclaimed);
        await WorkAsync();
        Assert.Empty(vault.Vault.Calls);

        Assert.Equal(ClaimOutcome.Claimed, await vault.Store.ClaimConnectionAsync(id, "bert", default));
        Assert.Equal(ClaimOutcome.Claimed, await vault.Store.ClaimConnectionAsync(id, "bert", default));
        Assert.Equal(ClaimOutcome.NotUnclaimed, await vault.Store.ClaimConnectionAsync(id, "carl", default));
        Assert.Equal(ClaimOutcome.NoSuchConnection, await vault.Store.ClaimConnectionAsync(new ConnectionId("con_x"), "carl", default));
        Assert.Equal(("bert", ConnectionHealth.Active), ((await vault.FindAsync()).Subject, (await vault.FindAsync()).Health));
        await WorkAsync();
        Assert.Equal(["probe"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_deleted_connection_is_gone_at_once_and_revoked_until_that_succeeds()
    {
        var connection = await vault.ConnectAsync();
        vault.Vault.Answer = (operation, credentials) => operation == "revoke" && credentials is not null
            ? new Failure(Failures.ProviderDown, "revoke: down", IsInDoubt: true)
            : null;

        Assert.IsType<DeleteOutcome.Deleted>(await vault.Store.DeleteConnectionAsync(id, isRevoked: true, default));
        Assert.Null(await vault.Store.FindConnectionAsync(id, default));
        Assert.Null(await vault.Store.LeaseAsync(connection.Credential!.Value, "n", TimeSpan.FromMinutes(1), default));
        await WorkAsync();
        vault.Vault.Answer = (_, _) => null;
        vault.Time.Step(TimeSpan.FromMinutes(3));
        await WorkAsync();
        vault.Time.Step(TimeSpan.FromDays(1));
        await WorkAsync();

        Assert.Equal(["revoke", "revoke"], vault.Vault.Calls);
        Assert.Null(await vault.Store.NextCareAsync(default));
    }

    [ContractFact]
    public async Task What_another_engine_must_look_after_is_left_alone_until_that_one_comes()
    {
        await vault.ConnectAsync();
        await vault.ConnectAsync("con_2", refreshToken: "r2");
        await vault.Store.DeleteConnectionAsync(new ConnectionId("con_2"), isRevoked: true, default);
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.IsSandbox = true;

        await WorkAsync();
        Assert.IsType<RefreshOutcome.Usable>(await vault.NewRefresher().GetAsync(await vault.FindAsync(), new RefreshWish.Rejected(1), default));
        Assert.Empty(vault.Vault.Calls);
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);

        vault.Vault.IsSandbox = false;
        vault.Time.Step(TimeSpan.FromMinutes(11));
        await WorkAsync();
        Assert.Equal(["probe", "refresh", "revoke"], vault.Vault.Calls.Order());
    }

    [ContractFact]
    public async Task Credentials_that_another_connection_holds_are_neither_revoked_nor_wiped()
    {
        await vault.ConnectAsync("con_1");
        await vault.ConnectAsync("con_2");

        await vault.Store.DeleteConnectionAsync(id, isRevoked: true, default);

        Assert.Empty(await vault.Store.ClaimRevocationsAsync(null, 10, TimeSpan.FromMinutes(1), default));
        Assert.Equal("r1", (await vault.CredentialsAsync("con_2")).Body.GetProperty("refresh_token").GetString());
    }

    [ContractFact]
    public async Task Being_stopped_as_it_asks_when_the_next_look_is_due_is_its_end_and_no_trouble()
    {
        using var stop = new CancellationTokenSource();
        var stopped = CareOn(new FailingStore(vault.Store) { NextCareAsked = stop.Cancel }, "two");

        Assert.Null(await Record.ExceptionAsync(() => stopped.RunAsync((_, error) => throw error, stop.Token)));
    }

    private void SignedOut() => vault.Vault.Answer = (_, _) => new Failure("signed_out", "probe: signed out");

    private Task<int> WorkAsync() => vault.RunAsync(care.WorkDueAsync((_, error) => throw error, default));

    private ConnectionCare CareOn(IConnectionStore store, string node)
    {
        var refresher = vault.NewRefresher(store, node);
        return new ConnectionCare(
            store, new ConnectionLook(store, vault.Vault, refresher, vault.Time), new Revoker(store, vault.Vault, vault.Time), vault.Time,
            new ConnectionCareOptions { Node = node });
    }
}
