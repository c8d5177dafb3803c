using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using Effect = Engine.Sdk.Effect;

namespace Engine.Tests.Connections;

/// <summary>The twelve rules of refreshing that other systems paid for; <c>product.md</c> c.5 names the threads.</summary>
public sealed class SqliteRefreshRulesTests() : RefreshRulesTests(isOnPostgres: false);

[OnPostgres]
public sealed class PostgresRefreshRulesTests() : RefreshRulesTests(isOnPostgres: true);

public abstract class RefreshRulesTests(bool isOnPostgres) : IAsyncLifetime
{
    private static readonly RefreshWish toUse = new RefreshWish.ToUse();
    private static readonly Failure lost = new(Failures.ProviderTimeout, "refresh: no whole answer in time", IsInDoubt: true);

    private VaultStore vault = null!;

    public async Task InitializeAsync() => vault = await VaultStore.NewAsync(isOnPostgres);

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [ContractFact]
    public async Task Rule01_the_lock_is_on_the_credential_which_several_connections_may_hold()
    {
        var one = await vault.ConnectAsync("con_1");
        var two = await vault.ConnectAsync("con_2");
        Assert.Equal(one.Credential, two.Credential);
        vault.Time.Step(TimeSpan.FromHours(2));

        var first = vault.NewRefresher().GetAsync(one, toUse, default);
        var second = vault.NewRefresher(await vault.OpenAsync(), "two").GetAsync(two, toUse, default);
        await vault.RunAsync(first, second);

        Assert.Equal(1, vault.Vault.Refreshes);
        Assert.Equal("a-r2", (await vault.CredentialsAsync("con_2")).Body.GetProperty("access_token").GetString());
    }

    [ContractFact]
    public async Task Rule01_and_R_18_callers_of_several_processes_get_one_refresh_a_round()
    {
        var connection = await vault.ConnectAsync();
        var processes = new List<Refresher> { vault.NewRefresher() };
        for (var node = 2; node <= 4; node++) processes.Add(vault.NewRefresher(await vault.OpenAsync(), $"node {node}"));
        for (var round = 1; round <= 5; round++)
        {
            vault.Time.Step(TimeSpan.FromHours(2));
            vault.Vault.BeforeRefresh = async () =>
            {
                await Task.Delay(TimeSpan.FromSeconds(40), vault.Time);
                return null;
            };

            var callers = processes.Select(
                process => Task.WhenAll(Enumerable.Range(0, 32).Select(_ => process.GetAsync(connection, toUse, default)))).ToList();
            var outcomes = (await vault.RunAsync(callers)).SelectMany(outcome => outcome);

            Assert.Equal(round, vault.Vault.Refreshes);
            Assert.All(outcomes, outcome => Assert.Equal(round + 1, Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Version));
        }

        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Rule02_nobody_gets_a_new_token_that_is_not_stored()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        var store = new FailingStore(vault.Store) { FailingReplaces = 3 };

        var asked = vault.NewRefresher(store).GetAsync(connection, toUse, default);
        var outcome = await vault.RunAsync(asked);

        Assert.Equal(4, store.Replaces);
        Assert.Equal(1, vault.Vault.Refreshes);
        Assert.Equal(await vault.CredentialsAsync() is var stored ? stored.Body.GetRawText() : "", Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Body.GetRawText());
    }

    [ContractFact]
    public async Task Rule02_a_store_that_stays_broken_gives_nobody_the_token()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        var store = new FailingStore(vault.Store) { FailingReplaces = int.MaxValue };

        var asked = vault.NewRefresher(store).GetAsync(connection, toUse, default);

        await Assert.ThrowsAsync<IOException>(() => vault.RunAsync(asked));
        Assert.True((await vault.CredentialsAsync()).IsInDoubt);
    }

    [ContractFact]
    public async Task Rule03_all_of_it_is_written_at_once_and_an_omitted_refresh_token_keeps_the_old_one()
    {
        vault.Vault.RefreshEffect = Effect.Idempotent;
        vault.Vault.HasRefreshToken = false;
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));

        await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        var stored = await vault.CredentialsAsync();
        Assert.Equal(("r1", 2L), (stored.Body.GetProperty("refresh_token").GetString(), stored.Version));
        Assert.Equal(vault.Time.GetUtcNow().AddHours(1), stored.ExpiresAt);
    }

    [ContractFact]
    public async Task Rule04_a_write_that_comes_too_late_changes_nothing_and_the_stored_ones_are_taken()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.AfterRefresh = async () =>
        {
            // Meanwhile the person has authorized the connection again.
            await vault.ConnectAsync(renewed: await vault.FindAsync(), refreshToken: "other");
            return null;
        };

        var outcome = await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        Assert.Equal("other", Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Body.GetProperty("refresh_token").GetString());
        Assert.Equal("other", (await vault.CredentialsAsync()).Body.GetProperty("refresh_token").GetString());
    }

    [ContractFact]
    public async Task Rule04_credentials_have_a_row_of_their_own_that_no_other_write_touches()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.AfterRefresh = async () =>
        {
            await vault.Store.SetHealthAsync(connection.Id, new HealthChange(ConnectionHealth.Degraded, "quota"), default);
            return null;
        };

        await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        Assert.Equal("r2", (await vault.CredentialsAsync()).Body.GetProperty("refresh_token").GetString());
    }

    [ContractFact]
    public async Task Rule05_a_caller_that_gives_up_does_not_stop_a_refresh_that_was_sent()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        var sent = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        vault.Vault.AfterRefresh = async () =>
        {
            sent.SetResult();
            await answer.Task;
            return null;
        };
        using var giveUp = new CancellationTokenSource();

        var refresher = vault.NewRefresher();
        var asked = refresher.GetAsync(connection, toUse, giveUp.Token);
        await sent.Task;
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        var other = refresher.GetAsync(connection, toUse, default);
        answer.SetResult();
        await vault.RunAsync(other);

        Assert.Equal(("r2", 1), ((await vault.CredentialsAsync()).Body.GetProperty("refresh_token").GetString(), vault.Vault.Refreshes));
    }

    [ContractFact]
    public async Task Rule06_the_stored_ones_are_read_again_before_anything_is_declared_dead()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.BeforeRefresh = async () =>
        {
            await vault.Store.ReplaceAsync(connection.Credential!.Value, 1, VaultStore.FirstCredentials(vault.Time.GetUtcNow().AddHours(1), "newer"), default);
            return new Failure("grant_dead", "refresh: the grant is dead");
        };

        var outcome = await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        Assert.Equal("newer", Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Body.GetProperty("refresh_token").GetString());
        Assert.Equal((ConnectionHealth.Active, 1), ((await vault.FindAsync()).Health, vault.Vault.Refreshes));
    }

    [ContractFact]
    public async Task Rule07_after_a_refusal_it_stops_for_good_and_a_restart_remembers()
    {
        var connection = await vault.ConnectAsync(refreshToken: "unknown");
        vault.Time.Step(TimeSpan.FromHours(2));
        await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        var afterRestart = vault.NewRefresher(await vault.OpenAsync(), "restarted");
        for (var ask = 0; ask < 10; ask++)
        {
            Assert.Equal("grant_dead", Assert.IsType<RefreshOutcome.Stopped>(await afterRestart.GetAsync(connection, toUse, default)).Cause);
            vault.Time.Step(TimeSpan.FromDays(1));
        }

        Assert.Equal(1, vault.Vault.Refreshes);
        var found = await vault.FindAsync();
        Assert.Equal((ConnectionHealth.NeedsReauth, "grant_dead"), (found.Health, found.Cause));
    }

    [ContractFact]
    public async Task Rule07_refusals_that_say_nothing_of_the_grant_stop_it_after_five_and_wait_between()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.BeforeRefresh = () => Task.FromResult<Failure?>(new Failure("odd", "refresh: odd"));
        var refresher = vault.NewRefresher();
        for (var ask = 0; ask < 1000; ask++)
        {
            await refresher.GetAsync(connection, toUse, default);
            vault.Time.Step(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(5, vault.Vault.Refreshes);
        Assert.Equal(HealthRules.RefreshRefused, (await vault.FindAsync()).Cause);
    }

    [ContractFact]
    public async Task Rule08_it_is_not_refreshed_early_and_a_good_token_is_not_thrown_away()
    {
        var connection = await vault.ConnectAsync(refreshToken: "unknown");
        var refresher = vault.NewRefresher();
        vault.Time.Step(TimeSpan.FromMinutes(53));
        Assert.Equal("a-unknown", Assert.IsType<RefreshOutcome.Usable>(await refresher.GetAsync(connection, toUse, default)).Credentials.Body.GetProperty("access_token").GetString());
        Assert.Equal(0, vault.Vault.Refreshes);

        vault.Time.Step(TimeSpan.FromMinutes(5));
        var refused = Assert.IsType<RefreshOutcome.Stopped>(await vault.RunAsync(refresher.GetAsync(connection, toUse, default)));

        Assert.True(refused.Credentials.IsUsableAt(vault.Time.GetUtcNow()));
        var calls = new ConnectionCalls(vault.Store, vault.Vault, refresher, vault.Time);
        Assert.IsType<ConnectionCallOutcome.Answered>(await calls.CallAsync(connection.Id, "read", null, null, default));
        vault.Time.Step(TimeSpan.FromHours(1));
        Assert.IsType<ConnectionCallOutcome.NotUsable>(await calls.CallAsync(connection.Id, "read", null, null, default));
    }

    [ContractFact]
    public async Task Rule08_a_token_that_ends_at_once_is_no_reason_to_refresh_without_end()
    {
        vault.Vault.AccessLife = TimeSpan.Zero;
        var connection = await vault.ConnectAsync(life: TimeSpan.Zero);
        var refresher = vault.NewRefresher();
        for (var ask = 0; ask < 300; ask++)
        {
            await refresher.GetAsync(connection, toUse, default);
            vault.Time.Step(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(vault.Vault.Refreshes, 1, 6);
    }

    [ContractFact]
    public async Task Rule09_one_operations_refusal_is_not_the_accounts()
    {
        var connection = await vault.ConnectAsync();
        vault.Vault.Answer = (operation, _) => operation == "read" ? new Failure("signed_out", "read: refused") : null;
        var refresher = vault.NewRefresher();
        var calls = new ConnectionCalls(vault.Store, vault.Vault, refresher, vault.Time);

        var outcome = await vault.RunAsync(calls.CallAsync(connection.Id, "read", null, null, default));
        await CareFor(refresher).WorkDueAsync((_, error) => throw error, default);

        Assert.Equal("signed_out", Assert.IsType<ConnectionCallOutcome.Failed>(outcome).Failure.Code);
        Assert.Equal(["read", "refresh", "read", "probe"], vault.Vault.Calls);
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Rule09_a_page_that_cannot_be_read_is_no_success()
    {
        var connection = await vault.ConnectAsync();
        vault.Vault.Answer = (operation, _) => operation == "probe" ? new Failure(Failures.ProviderChanged, "probe: it is not JSON", IsInDoubt: true) : null;
        await vault.Store.SetHealthAsync(connection.Id, new HealthChange(ConnectionHealth.Suspended, "not_paid"), default);

        var care = CareFor(vault.NewRefresher());
        await care.LookNowAsync(connection.Id, default);
        await care.LookNowAsync(connection.Id, default);

        Assert.Equal(ConnectionHealth.Suspended, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Rule10_where_reuse_is_detected_a_spent_token_is_never_shown_again_by_us()
    {
        var connection = await vault.ConnectAsync();
        for (var round = 0; round < 20; round++)
        {
            vault.Time.Step(TimeSpan.FromHours(2));
            var one = vault.NewRefresher().GetAsync(connection, toUse, default);
            var two = vault.NewRefresher(node: "two").GetAsync(connection, new RefreshWish.Rejected((await vault.CredentialsAsync()).Version), default);
            await vault.RunAsync(one, two);
        }

        Assert.Equal(20, vault.Vault.Refreshes);
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Rule11_pending_is_not_lost()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.BeforeRefresh = () => Task.FromResult<Failure?>(new Failure("in_review", "refresh: the account is being checked"));
        var refresher = vault.NewRefresher();
        await vault.RunAsync(refresher.GetAsync(connection, toUse, default));
        Assert.Equal((ConnectionHealth.PendingReview, null), ((await vault.FindAsync()).Health, (await vault.CredentialsAsync()).Stop));

        vault.Vault.BeforeRefresh = () => Task.FromResult<Failure?>(null);
        vault.Time.Step(TimeSpan.FromHours(1));
        Assert.IsType<RefreshOutcome.Usable>(await vault.RunAsync(refresher.GetAsync(connection, toUse, default)));
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);
    }

    [ContractFact]
    public async Task Rule12_the_provider_that_these_rules_are_tested_against_rotates_and_detects_reuse()
    {
        var connection = await vault.ConnectAsync();
        var operation = vault.Vault.FindProvider("vault")!.FindRole(OperationRole.Refresh)!;
        var body = (await vault.CredentialsAsync()).Body;
        Assert.IsType<ConnectionAnswer.Answered>(await vault.Vault.CallAsync(new ConnectionCall(connection, operation, body, null, default), default));

        Assert.IsType<ConnectionAnswer.Failed>(await vault.Vault.CallAsync(new ConnectionCall(connection, operation, body, null, default), default));
        var rotated = VaultStore.FirstCredentials(vault.Time.GetUtcNow(), "r2");
        Assert.IsType<ConnectionAnswer.Failed>(await vault.Vault.CallAsync(new ConnectionCall(connection, operation, rotated, null, default), default));
    }

    [ContractFact]
    public async Task A_crash_before_the_token_was_sent_loses_nothing()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        var lease = await vault.Store.LeaseAsync(connection.Credential!.Value, "crashed", TimeSpan.FromSeconds(75), default);
        Assert.True(await vault.Store.MarkSpentAsync(lease!, default));

        var outcome = await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

        Assert.Equal("r2", Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Body.GetProperty("refresh_token").GetString());
    }

    [ContractFact]
    public async Task A_crash_between_the_answer_and_the_write_ends_in_an_honest_cause()
    {
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        vault.Vault.AfterRefresh = () => Task.FromResult<Failure?>(lost);
        var refresher = vault.NewRefresher();
        Assert.IsType<RefreshOutcome.Later>(await vault.RunAsync(refresher.GetAsync(connection, toUse, default)));
        Assert.True((await vault.CredentialsAsync()).IsInDoubt);
        Assert.Equal(ConnectionHealth.Active, (await vault.FindAsync()).Health);

        vault.Time.Step(TimeSpan.FromMinutes(1));
        Assert.IsType<RefreshOutcome.Stopped>(await vault.RunAsync(refresher.GetAsync(connection, toUse, default)));

        var found = await vault.FindAsync();
        Assert.Equal((ConnectionHealth.NeedsReauth, HealthRules.RefreshOutcomeUnknown, 2), (found.Health, found.Cause, vault.Vault.Refreshes));
    }

    [ContractFact]
    public async Task A_worker_that_hangs_past_its_lease_sends_nothing()
    {
        var connection = await vault.ConnectAsync();
        var hanging = await vault.Store.LeaseAsync(connection.Credential!.Value, "hanging", TimeSpan.FromSeconds(75), default);
        vault.Time.Step(TimeSpan.FromSeconds(76));
        var next = await vault.Store.LeaseAsync(connection.Credential.Value, "next", TimeSpan.FromSeconds(75), default);

        Assert.False(await vault.Store.MarkSpentAsync(hanging!, default));
        Assert.True(await vault.Store.MarkSpentAsync(next!, default));
    }

    [ContractFact]
    public async Task Unused_credentials_are_kept_alive()
    {
        vault.Vault.KeepAlive = TimeSpan.FromDays(30);
        await vault.ConnectAsync();
        var care = CareFor(vault.NewRefresher());
        vault.Vault.Answer = (_, _) => null;
        for (var day = 0; day < 29; day++)
        {
            await vault.Store.FindCredentialsAsync(new ConnectionId("con_1"), default);
            vault.Time.Step(TimeSpan.FromDays(1));
        }

        await vault.RunAsync(care.WorkDueAsync((_, error) => throw error, default));
        Assert.Equal(1, vault.Vault.Refreshes);
    }

    private ConnectionCare CareFor(Refresher refresher) => new(
        vault.Store, new ConnectionLook(vault.Store, vault.Vault, refresher, vault.Time),
        new Revoker(vault.Store, vault.Vault, vault.Time), vault.Time, new ConnectionCareOptions());
}
