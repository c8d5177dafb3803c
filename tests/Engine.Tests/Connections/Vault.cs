using System.Collections.Immutable;
using System.Text.Json;
using Engine.Flows;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;
using Engine.Tests.Storage;
using Effect = Engine.Sdk.Effect;

namespace Engine.Tests.Connections;

/// <summary>
/// A provider whose refresh tokens are good for one refresh, with reuse detection: whoever shows a spent one has lost everything. Its access lasts an hour.
/// </summary>
internal sealed class Vault : IConnectionCaller
{
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private string live = "r1";
    private bool isRevoked;

    public Vault(TimeProvider time) => this.time = time;

    /// <summary>What happens to a refresh before the vault sees it; default: it is answered.</summary>
    public Func<Task<Failure?>> BeforeRefresh { get; set; } = () => Task.FromResult<Failure?>(null);

    /// <summary>What happens after the vault has rotated; default: the answer arrives.</summary>
    public Func<Task<Failure?>> AfterRefresh { get; set; } = () => Task.FromResult<Failure?>(null);

    /// <summary>What a probe and an operation answer; null: they work.</summary>
    public Func<string, JsonElement?, Failure?> Answer { get; set; } = (_, _) => null;

    public Effect RefreshEffect { get; set; } = Effect.Once;

    public bool HasRefreshToken { get; set; } = true;

    public TimeSpan? KeepAlive { get; set; }

    public TimeSpan AccessLife { get; set; } = TimeSpan.FromHours(1);

    public List<string> Calls { get; } = [];

    public int Refreshes => Calls.Count(call => call == "refresh");

    /// <summary>Whether the processes play the sandbox, so that the real provider is out of their reach.</summary>
    public bool IsSandbox { get; set; }

    public bool Reaches(string? world) => IsSandbox == world is not null;

    public Provider? FindProvider(string name) => name == "vault" ? new Provider(name, "b", "Vault", [],
    [
        new Operation("refresh", "", "", RefreshEffect, false, [Fails("grant_dead", ConnectionHealth.NeedsReauth), Fails("in_review", ConnectionHealth.PendingReview), Fails("odd", null)])
        {
            Role = OperationRole.Refresh, KeepAlive = KeepAlive,
        },
        new Operation("probe", "", "", Effect.Safe, false, [Fails("signed_out", ConnectionHealth.NeedsReauth), Fails("not_paid", ConnectionHealth.Suspended)])
        {
            Role = OperationRole.Probe, Every = TimeSpan.FromHours(6),
        },
        new Operation("revoke", "", "", Effect.Idempotent, false, []) { Role = OperationRole.Revoke },
        new Operation("read", "", "", Effect.Safe, false, [Fails("signed_out", ConnectionHealth.NeedsReauth)]),
        new Operation("pay", "", "", Effect.Once, false, [Fails("signed_out", ConnectionHealth.NeedsReauth)]),
    ]) : null;

    public async Task<ConnectionAnswer> CallAsync(ConnectionCall call, CancellationToken cancellation)
    {
        lock (gate) Calls.Add(call.Operation.Name);
        if (call.Operation.Role != OperationRole.Refresh)
        {
            return Answer(call.Operation.Name, call.Credentials) is { } failure
                ? new ConnectionAnswer.Failed(failure)
                : new ConnectionAnswer.Answered(JsonElement.Parse("""{"secret":"s","count":1}"""), JsonElement.Parse("""{"count":1}"""));
        }

        if (await BeforeRefresh() is { } early) return new ConnectionAnswer.Failed(early);
        string next;
        lock (gate)
        {
            var shown = call.Credentials?.GetProperty("refresh_token").GetString();
            if (isRevoked || shown != live)
            {
                isRevoked = true;
                return new ConnectionAnswer.Failed(new Failure("grant_dead", "refresh: the grant is dead"));
            }

            if (RefreshEffect == Effect.Once) live = $"r{int.Parse(live[1..], System.Globalization.CultureInfo.InvariantCulture) + 1}";
            next = live;
        }

        if (await AfterRefresh() is { } late) return new ConnectionAnswer.Failed(late);
        var body = HasRefreshToken
            ? JsonSerializer.SerializeToElement(new { access_token = $"a-{next}", refresh_token = next, expires_at = time.GetUtcNow() + AccessLife })
            : JsonSerializer.SerializeToElement(new { access_token = $"a-{next}", expires_at = time.GetUtcNow() + AccessLife });
        return new ConnectionAnswer.Answered(body, JsonElement.Parse("{}"));
    }

    private static DeclaredFailure Fails(string code, ConnectionHealth? health) =>
        new(code, null, FailureClass.Account, RetryAdvice.Never, ImmutableDictionary<string, string>.Empty.Add("en", code).Add("ru", code)) { Health = health };
}

/// <summary>One store with connections of the vault, and as many processes on it as a test wants.</summary>
internal sealed class VaultStore : IAsyncDisposable
{
    private readonly StoreFolder folder = StoreFolder.New();
    private readonly PostgresStore? postgres;
    private readonly List<EngineStore> opened = [];

    public SteppedTime Time { get; } = new();

    public Vault Vault { get; private init; } = null!;

    /// <summary>The first process's store.</summary>
    public EngineStore Store => opened[0];

    public static async Task<VaultStore> NewAsync(bool isOnPostgres)
    {
        var time = new SteppedTime();
        var made = new VaultStore(time, isOnPostgres ? await PostgresStore.NewAsync() : null);
        await made.OpenAsync();
        return made;
    }

    private VaultStore(SteppedTime time, PostgresStore? postgres) => (Time, Vault, this.postgres) = (time, new Vault(time), postgres);

    public static JsonElement FirstCredentials(DateTimeOffset expiresAt, string refreshToken = "r1") =>
        JsonSerializer.SerializeToElement(new { access_token = $"a-{refreshToken}", refresh_token = refreshToken, expires_at = expiresAt });

    /// <summary>Another process on the same store.</summary>
    public async Task<EngineStore> OpenAsync()
    {
        var store = postgres is null ? await folder.OpenAsync(Time) : await postgres.OpenAsync(Time);
        opened.Add(store);
        return store;
    }

    public Refresher NewRefresher(IConnectionStore? on = null, string node = "one", RefresherOptions? options = null) =>
        new(on ?? Store, Vault, Time, (options ?? new RefresherOptions()) with { Node = node });

    public async Task<Connection> ConnectAsync(
        string id = "con_1", TimeSpan? life = null, string refreshToken = "r1", JsonElement? credentials = null, Connection? renewed = null,
        ConnectionHealth health = ConnectionHealth.Active)
    {
        var run = Given.Run($"{id}{Guid.NewGuid():N}", Time.GetUtcNow());
        await Store.CreateAsync(run, null, [], default);
        var claimed = (await Store.ClaimDueAsync(new ClaimRequest("runs", 10, TimeSpan.FromSeconds(30)), default)).Single(one => one.Run.Id == run.Id);
        var now = Time.GetUtcNow();
        var connection = (renewed ?? new Connection(
            new ConnectionId(id), "vault-flow", "vault", "anna", "acc-1", "Anna", JsonElement.Parse("{}"), null, health, null, now, now, 1)) with
        {
            Credentials = credentials ?? FirstCredentials(now + (life ?? TimeSpan.FromHours(1)), refreshToken),
        };
        if (renewed is not null) connection = connection with { Revision = renewed.Revision + 1, Health = ConnectionHealth.Active, Cause = null };
        await Store.SaveAsync(Given.Save(claimed, claimed.Run.Ended(RunStatus.Succeeded, now)) with { Connection = connection }, default);
        return await FindAsync(id);
    }

    public async Task<Connection> FindAsync(string id = "con_1") =>
        await Store.FindConnectionAsync(new ConnectionId(id), default) ?? throw new InvalidOperationException($"no {id}");

    public async Task<StoredCredentials> CredentialsAsync(string id = "con_1") =>
        await Store.FindCredentialsAsync(new ConnectionId(id), default) ?? throw new InvalidOperationException($"{id} has no credentials");

    /// <summary>Lets time go on until the work is done, each time only once all of the work waits for it: a lease lapses by no slow machine.</summary>
    /// <param name="work">One for each process; each sets one timer at a time.</param>
    public async Task<T[]> RunAsync<T>(params IReadOnlyList<Task<T>> work)
    {
        var all = Task.WhenAll(work);
        while (work.Where(one => !one.IsCompleted).ToList() is { Count: > 0 } atWork)
        {
            var waiting = Time.TimersSetAsync(atWork.Count);
            if (await Task.WhenAny([.. atWork, waiting]) == waiting) Time.StepToNext();
        }

        return await all;
    }

    /// <inheritdoc cref="RunAsync{T}(IReadOnlyList{Task{T}})"/>
    public async Task<T> RunAsync<T>(Task<T> work) => (await RunAsync([work]))[0];

    public async ValueTask DisposeAsync()
    {
        foreach (var store in opened) await store.DisposeAsync();
        if (postgres is not null) await postgres.DisposeAsync();
        await folder.DisposeAsync();
    }
}
