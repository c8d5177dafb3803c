using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

/// <summary>What comes from providers: calls of hooks, and persons who come back from their pages.</summary>
public sealed partial class EngineStore
{
    private const string ReturnedKind = "returned";
    private const string SignalledKind = "signalled";

    /// <summary>How long a used or lapsed visit is remembered, so that a late return is told apart from a made-up one.</summary>
    private static readonly TimeSpan VisitMemory = TimeSpan.FromDays(1);

    /// <summary>Where a hook's address leads; null where there is none.</summary>
    public Task<HookTarget?> FindHookAsync(TokenHash token, CancellationToken cancellation) => database.ReadAsync(
        session => session.First(
            """
            SELECT a.run, a.name, a.provider, a.hook, a.connection, runs.flow, runs.flow_version, runs.world, runs.is_open
            FROM hook_addresses a JOIN runs ON runs.id = a.run WHERE a.hash = @hash
            """,
            row => new HookTarget(
                new RunId(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3),
                row.TextOrNull(4) is { } connection ? new ConnectionId(connection) : null,
                row.GetString(5), row.GetString(6), row.TextOrNull(7), row.GetBoolean(8)),
            ("@hash", token.Hex)),
        cancellation);

    public Task<bool> AcceptSignalAsync(RunId id, Signal signal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signal);
        var keyHash = HashOf(signal.Key);
        return database.WriteAsync(
            session =>
            {
                if (FindTarget(session, id) is not { IsOpen: true } target) return false;
                var added = session.Number(
                    "INSERT INTO received_signals (run, hook, key) VALUES (@run, @hook, @key) ON CONFLICT DO NOTHING RETURNING 1",
                    ("@run", target.Number), ("@hook", signal.Hook), ("@key", keyHash));
                if (added is null) return false;
                Append(session, id, target, SignalledKind, sealer.Seal(InboxPlace(id, target.InboxLast + 1), StoredJson.ToBytes(signal)));
                return true;
            },
            cancellation);
    }

    /// <summary>Keeps a visit, and forgets those that are long over.</summary>
    public Task AddVisitAsync(TokenHash state, Visit visit, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var verifier = visit.Verifier is null ? null : sealer.Seal(VerifierPlace(state), Encoding.UTF8.GetBytes(visit.Verifier.Reveal()));
        return database.WriteAsync(
            session =>
            {
                session.Execute(
                    "DELETE FROM visits WHERE expires_at < @before", ("@before", (Time.GetUtcNow() - VisitMemory).ToColumn()));
                session.Execute(
                    """
                    INSERT INTO visits (state, run, prompt, provider, world, browser, is_popup, verifier, expires_at)
                    VALUES (@state, @run, @prompt, @provider, @world, @browser, @is_popup, @verifier, @expires_at)
                    """,
                    ("@state", state.Hex), ("@run", visit.Run.Value), ("@prompt", visit.Prompt.Value), ("@provider", visit.Provider),
                    ("@world", visit.World), ("@browser", visit.Browser.Hex), ("@is_popup", visit.IsPopup), ("@verifier", verifier),
                    ("@expires_at", visit.ExpiresAt.ToColumn()));
                return true;
            },
            cancellation);
    }

    /// <summary>The visit that a state stands for; null where there is none.</summary>
    public Task<Visit?> FindVisitAsync(TokenHash state, CancellationToken cancellation) => database.ReadAsync(
        session => session.First(
            "SELECT run, prompt, provider, world, browser, is_popup, verifier, expires_at, used_at FROM visits WHERE state = @state",
            row => new Visit(
                new RunId(row.GetString(0)), new PromptId(row.GetString(1)), row.GetString(2), row.TextOrNull(3),
                new TokenHash(row.GetString(4)), row.GetBoolean(5),
                row.BytesOrNull(6) is { } verifier ? new Secret(Encoding.UTF8.GetString(sealer.Open(VerifierPlace(state), verifier))) : null,
                row.Time(7))
            {
                IsUsed = !row.IsDBNull(8),
            },
            ("@state", state.Hex)),
        cancellation);

    public Task<bool> AcceptReturnAsync(RunId id, Return back, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(back);
        return database.WriteAsync(
            session =>
            {
                var used = session.Number(
                    """
                    UPDATE visits SET used_at = @now, verifier = NULL
                    WHERE state = @state AND run = @run AND prompt = @prompt AND used_at IS NULL RETURNING 1
                    """,
                    ("@now", Now), ("@state", back.Visit.Hex), ("@run", id.Value), ("@prompt", back.Prompt.Value));
                if (used is null || FindTarget(session, id) is not { IsOpen: true } target) return false;
                Append(session, id, target, ReturnedKind, sealer.Seal(InboxPlace(id, target.InboxLast + 1), StoredJson.ToBytes(back)));
                return true;
            },
            cancellation);
    }

    /// <summary>Keeps a call that belongs to no run. False where it came before.</summary>
    public Task<bool> KeepDeliveryAsync(Delivery delivery, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(delivery);
        var payload = sealer.Seal(DeliveryPlace(delivery.Id), JsonSerializer.SerializeToUtf8Bytes(delivery.Payload));
        return database.WriteAsync(
            session => session.Number(
                """
                INSERT INTO deliveries (id, provider, world, hook, payload, received_at)
                VALUES (@id, @provider, @world, @hook, @payload, @now) ON CONFLICT DO NOTHING RETURNING 1
                """,
                ("@id", delivery.Id), ("@provider", delivery.Provider), ("@world", delivery.World), ("@hook", delivery.Hook),
                ("@payload", payload), ("@now", Now)) is not null,
            cancellation);
    }

    /// <summary>The calls that no run was begun for yet, the oldest first.</summary>
    public Task<IReadOnlyList<Delivery>> ReadDeliveriesAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<Delivery>>(
        session => session.List($"{SelectOpenDelivery} ORDER BY received_at LIMIT 100", ReadDelivery), cancellation);

    /// <summary>One call that no run was begun for yet; null where that is done, or it never came.</summary>
    public Task<Delivery?> FindDeliveryAsync(string id, CancellationToken cancellation) => database.ReadAsync(
        session => session.First($"{SelectOpenDelivery} AND id = @id", ReadDelivery, ("@id", id)), cancellation);

    /// <summary>Says that the runs which a call begins are stored; what it said is wiped.</summary>
    public Task EndDeliveryAsync(string id, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            session.Execute("UPDATE deliveries SET done_at = @now, payload = NULL WHERE id = @id", ("@now", Now), ("@id", id));
            return true;
        },
        cancellation);

    /// <summary>
    /// Takes over what a provider says of an account's connections. Those that nobody has claimed stay as they are: they could not be claimed any
    /// more, and their first look tells the same.
    /// </summary>
    public Task TellOfAccountAsync(string provider, string? world, AccountNews news, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(news);
        return database.WriteAsync(
            session =>
            {
                var told = session.List(
                    $"""
                    SELECT id FROM connections
                    WHERE provider = @provider AND world IS NOT DISTINCT FROM @world AND identity_key = @key AND health <> @unclaimed
                    ORDER BY number {session.ForUpdate}
                    """,
                    row => new ConnectionId(row.GetString(0)),
                    ("@provider", provider), ("@world", world), ("@key", news.IdentityKey), ("@unclaimed", ConnectionHealth.Unclaimed.ToColumn()));
                foreach (var id in told)
                {
                    SetHealth(session, id, new HealthChange(news.Health, news.Cause));

                    // The call may be an old one that somebody repeats: the probe says whether it still holds.
                    HurryCare(session, id, Now);
                }

                return told.Count;
            },
            cancellation);
    }

    private static void InsertHooks(Session session, StoredRun run)
    {
        foreach (var hook in run.Hooks)
        {
            session.Execute(
                "INSERT INTO hook_addresses (hash, run, name, provider, hook) VALUES (@hash, @run, @name, @provider, @hook)",
                ("@hash", hook.Token.Hex), ("@run", run.Id.Value), ("@name", hook.Name), ("@provider", hook.Provider), ("@hook", hook.Hook));
        }
    }

    /// <summary>The addresses that a run's provider was told are its connection's from now on, and those of its earlier runs stay so.</summary>
    private static void PassHooks(Session session, RunId run, ConnectionId connection) => session.Execute(
        "UPDATE hook_addresses SET connection = @connection WHERE run = @run", ("@connection", connection.Value), ("@run", run.Value));

    private static SealedPlace VerifierPlace(TokenHash state) => new("visits", "verifier", state.Hex, 0);

    private const string SelectOpenDelivery = "SELECT id, provider, world, hook, payload FROM deliveries WHERE done_at IS NULL";

    private Delivery ReadDelivery(Row row) => new(
        row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3),
        JsonElement.Parse(sealer.Open(DeliveryPlace(row.GetString(0)), row.BytesOrNull(4) ?? [])));

    private static SealedPlace DeliveryPlace(string id) => new("deliveries", "payload", id, 0);

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
