using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Xunit;
using Effect = Engine.Sdk.Effect;

namespace Engine.Tests.Connections;

/// <summary>
/// of the requirements beside the twelve rules. R-18 is Rule01 here; the benchmark <c>refresh</c> shows it with real processes and npm's
/// <c>oidc-provider</c>.
/// </summary>
public sealed class SqliteRefreshRequirementTests() : RefreshRequirementTests(isOnPostgres: false);

[OnPostgres]
public sealed class PostgresRefreshRequirementTests() : RefreshRequirementTests(isOnPostgres: true);

public abstract class RefreshRequirementTests(bool isOnPostgres) : IAsyncLifetime
{
    private static readonly RefreshWish toUse = new RefreshWish.ToUse();

    private VaultStore vault = null!;

    public async Task InitializeAsync() => vault = await VaultStore.NewAsync(isOnPostgres);

    public async Task DisposeAsync() => await vault.DisposeAsync();

    /// <summary>The writes: 1 the lease, 2 that the token is spent now, 3 the new credentials.</summary>
    [ContractTheory]
    [CombinedDeaths]
    public async Task R_19_a_process_that_dies_at_any_write_of_a_refresh_leaves_the_new_token_or_an_honest_cause(int write, bool isMade, Effect effect)
    {
        vault.Vault.RefreshEffect = effect;
        var connection = await vault.ConnectAsync();
        vault.Time.Step(TimeSpan.FromHours(2));
        var dying = new FailingStore(vault.Store) { DiesAt = (write, isMade) };
        await Assert.ThrowsAsync<IOException>(() => vault.RunAsync(vault.NewRefresher(dying).GetAsync(connection, toUse, default)));

        vault.Time.Step(TimeSpan.FromMinutes(5));
        var next = vault.NewRefresher(await vault.OpenAsync(), "restarted");
        var outcome = await vault.RunAsync(next.GetAsync(connection, toUse, default));

        var found = await vault.FindAsync();
        if (effect == Effect.Once && write == 3 && !isMade)
        {
            Assert.IsType<RefreshOutcome.Stopped>(outcome);
            Assert.Equal((ConnectionHealth.NeedsReauth, HealthRules.RefreshOutcomeUnknown), (found.Health, found.Cause));
            return;
        }

        Assert.True(Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.IsUsableAt(vault.Time.GetUtcNow()));
        Assert.Equal(ConnectionHealth.Active, found.Health);

        // What is stored is what the provider takes.
        vault.Time.Step(TimeSpan.FromHours(2));
        Assert.IsType<RefreshOutcome.Usable>(await vault.RunAsync(next.GetAsync(connection, toUse, default)));
    }

    [ContractFact]
    public async Task R_20_whoever_is_refused_never_touches_what_another_has_stored_meanwhile()
    {
        var connection = await vault.ConnectAsync();
        for (var round = 1; round <= 100; round++)
        {
            vault.Time.Step(TimeSpan.FromHours(2));
            var version = (await vault.CredentialsAsync()).Version;
            vault.Vault.BeforeRefresh = async () =>
            {
                // As a process would that holds no lock: it has won, and we are told that our token is dead.
                var won = VaultStore.FirstCredentials(vault.Time.GetUtcNow().AddHours(1), $"winner{round}");
                Assert.True(await vault.Store.ReplaceAsync(connection.Credential!.Value, version, won, default));
                return new Failure("grant_dead", "refresh: the grant is dead");
            };

            var outcome = await vault.RunAsync(vault.NewRefresher().GetAsync(connection, toUse, default));

            Assert.Equal($"winner{round}", Assert.IsType<RefreshOutcome.Usable>(outcome).Credentials.Body.GetProperty("refresh_token").GetString());
            Assert.Equal($"winner{round}", (await vault.CredentialsAsync()).Body.GetProperty("refresh_token").GetString());
        }

        var found = await vault.FindAsync();
        Assert.Equal((ConnectionHealth.Active, null), (found.Health, found.Cause));
    }

    [ContractFact]
    public void R_21_ten_thousand_tokens_that_end_together_are_renewed_spread_and_before_their_end()
    {
        var now = DateTimeOffset.UnixEpoch;
        var refresh = vault.Vault.FindProvider("vault")!.FindRole(OperationRole.Refresh)! with { KeepAlive = TimeSpan.FromDays(30) };
        var stored = Enumerable.Range(0, 10_000).Select(number => new StoredCredentials(
            new CredentialId($"cre_{number:x8}"), "vault", 1, default, now) { ExpiresAt = now.AddHours(1) }).ToList();

        AssertSpread(stored.Select(one => RefreshTimes.UsedUntil(one, refresh)!.Value), now.AddMinutes(54), now.AddMinutes(57));
        AssertSpread(stored.Select(one => RefreshTimes.KeptUntil(one, refresh)!.Value), now.AddDays(27), now.AddDays(30));
    }

    /// <summary>All within the window, and no twentieth of it has more than twice its share.</summary>
    private static void AssertSpread(IEnumerable<DateTimeOffset> moments, DateTimeOffset from, DateTimeOffset to)
    {
        var buckets = new int[20];
        foreach (var moment in moments)
        {
            Assert.InRange(moment, from, to);
            buckets[Math.Min(19, (int)((moment - from) / (to - from) * 20))]++;
        }

        Assert.True(buckets.Max() <= 2 * buckets.Average(), string.Join(' ', buckets));
    }

    /// <summary>Each write, before and after it is made, with a token that is good once and with one that stays good.</summary>
    private sealed class CombinedDeathsAttribute : Xunit.Sdk.DataAttribute
    {
        public override IEnumerable<object[]> GetData(System.Reflection.MethodInfo testMethod) =>
            from write in Enumerable.Range(1, 3)
            from isMade in new[] { false, true }
            from effect in new[] { Effect.Once, Effect.Idempotent }
            select new object[] { write, isMade, effect };
    }
}
