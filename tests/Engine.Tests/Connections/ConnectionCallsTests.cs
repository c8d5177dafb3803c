using System.Text.Json;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;

namespace Engine.Tests.Connections;

public sealed class SqliteConnectionCallsTests() : ConnectionCallsTests(isOnPostgres: false);

[OnPostgres]
public sealed class PostgresConnectionCallsTests() : ConnectionCallsTests(isOnPostgres: true);

public abstract class ConnectionCallsTests(bool isOnPostgres) : IAsyncLifetime
{
    private static readonly ConnectionId id = new("con_1");

    private VaultStore vault = null!;
    private ConnectionCalls calls = null!;

    public async Task InitializeAsync()
    {
        vault = await VaultStore.NewAsync(isOnPostgres);
        calls = new ConnectionCalls(vault.Store, vault.Vault, vault.NewRefresher(), vault.Time);
    }

    public async Task DisposeAsync() => await vault.DisposeAsync();

    [ContractFact]
    public async Task Ended_access_is_refreshed_first()
    {
        await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));

        var outcome = await vault.RunAsync(calls.CallAsync(id, "read", null, null, default));

        Assert.Equal("""{"count":1}""", Assert.IsType<ConnectionCallOutcome.Answered>(outcome).Result.GetRawText());
        Assert.Equal(["refresh", "read"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_token_that_is_not_accepted_is_refreshed_once_and_the_call_made_again()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, credentials) =>
            credentials?.GetProperty("access_token").GetString() == "a-r2" ? null : new Failure("signed_out", "read: refused");

        Assert.IsType<ConnectionCallOutcome.Answered>(await vault.RunAsync(calls.CallAsync(id, "read", null, null, default)));
        Assert.Equal(["read", "refresh", "read"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_call_that_must_happen_once_needs_a_key_and_is_made_once_for_it()
    {
        await vault.ConnectAsync();
        Assert.IsType<ConnectionCallOutcome.KeyRequired>(await calls.CallAsync(id, "pay", null, null, default));

        var first = await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default);
        var second = await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default);
        var other = await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h2"), default);

        Assert.False(Assert.IsType<ConnectionCallOutcome.Answered>(first).IsRepeated);
        Assert.True(Assert.IsType<ConnectionCallOutcome.Answered>(second).IsRepeated);
        Assert.IsType<ConnectionCallOutcome.KeyReused>(other);
        Assert.Equal(["pay"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_call_whose_outcome_is_not_known_is_not_made_again()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, _) => new Failure(Failures.ProviderTimeout, "pay: no answer", IsInDoubt: true);
        await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default);

        Assert.IsType<ConnectionCallOutcome.InDoubt>(await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default));
        Assert.Equal(["pay"], vault.Vault.Calls);
    }

    [ContractFact]
    public async Task A_call_that_surely_did_not_happen_may_be_made_again_with_its_key()
    {
        await vault.ConnectAsync();
        vault.Vault.Answer = (_, _) => new Failure(Failures.ProviderDown, "pay: not reached");
        await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default);
        vault.Vault.Answer = (_, _) => null;

        Assert.IsType<ConnectionCallOutcome.Answered>(await calls.CallAsync(id, "pay", null, new IdempotencyKey("k1", "h1"), default));
    }

    [ContractTheory]
    [InlineData(ConnectionHealth.Unclaimed, null)]
    [InlineData(ConnectionHealth.Disabled, "switched_off")]
    [InlineData(ConnectionHealth.Revoked, "withdrawn")]
    [InlineData(ConnectionHealth.NeedsReauth, "wrong_account")]
    [InlineData(ConnectionHealth.NeedsReauth, "signed_out")]
    public async Task Nothing_is_called_where_it_cannot_help_or_would_meet_another_account(ConnectionHealth health, string? cause)
    {
        await vault.ConnectAsync();
        await vault.Store.SetHealthAsync(id, new HealthChange(health, cause), default);

        var outcome = await calls.CallAsync(id, "read", null, null, default);

        Assert.Equal(health, Assert.IsType<ConnectionCallOutcome.NotUsable>(outcome).Connection.Health);
        Assert.Empty(vault.Vault.Calls);
    }

    [ContractTheory]
    [InlineData("refresh")]
    [InlineData("revoke")]
    [InlineData("nothing")]
    public async Task The_engines_own_operations_are_not_for_callers(string operation)
    {
        await vault.ConnectAsync();

        var outcome = await calls.CallAsync(id, operation, null, null, default);

        Assert.Equal(["probe", "read", "pay"], Assert.IsType<ConnectionCallOutcome.NotOffered>(outcome).Offered);
    }

    [ContractFact]
    public async Task A_connection_that_does_not_exist_is_not_called() =>
        Assert.IsType<ConnectionCallOutcome.NoSuchConnection>(await calls.CallAsync(new ConnectionId("con_x"), "read", JsonElement.Parse("{}"), null, default));
}
