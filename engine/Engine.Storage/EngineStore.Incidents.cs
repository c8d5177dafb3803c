using System.Collections.Immutable;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    /// <summary>The providers that are not as they should be.</summary>
    public Task<IReadOnlyList<Incident>> ListIncidentsAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<Incident>>(
        session => session.List(
            "SELECT provider, state, text, since, who FROM incidents ORDER BY provider",
            row => new Incident(
                row.GetString(0), row.Word<ProviderTrouble>(1), StoredJson.Read<ImmutableDictionary<string, string>>(row.GetString(2)),
                row.Time(3), row.GetString(4))),
        cancellation);

    /// <summary>Says how a provider fares, in place of what was said before, and notes who said so.</summary>
    /// <param name="trouble">Null: it is as it should be.</param>
    /// <param name="text">What persons read, by language; may be empty.</param>
    public Task SetIncidentAsync(
        string provider, ProviderTrouble? trouble, ImmutableDictionary<string, string> text, string who, CancellationToken cancellation) =>
        database.WriteAsync(
            session =>
            {
                LogOperator(session, who, trouble?.ToColumn() ?? "normal", provider, trouble is null || text.IsEmpty ? "" : StoredJson.ToText(text));
                if (trouble is not { } state)
                {
                    return session.Execute("DELETE FROM incidents WHERE provider = @provider", ("@provider", provider));
                }

                return session.Execute(
                    """
                    INSERT INTO incidents (provider, state, text, since, who) VALUES (@provider, @state, @text, @now, @who)
                    ON CONFLICT (provider) DO UPDATE SET
                      since = CASE WHEN incidents.state = excluded.state THEN incidents.since ELSE excluded.since END,
                      state = excluded.state, text = excluded.text, who = excluded.who
                    """,
                    ("@provider", provider), ("@state", state.ToColumn()), ("@text", StoredJson.ToText(text)), ("@now", Now), ("@who", who));
            },
            cancellation);

    /// <summary>Connections, newest first, with when they are looked after.</summary>
    /// <param name="health">Only of this health; null for any.</param>
    /// <param name="text">A connection's id, or a subject; null for any.</param>
    /// <param name="before">Only connections before this one of the list; null begins with the newest.</param>
    public Task<IReadOnlyList<ConnectionStanding>> ListConnectionStandingsAsync(
        ConnectionHealth? health, string? provider, string? text, long? before, int limit, CancellationToken cancellation)
    {
        var where = (health is null ? "" : " AND health = @health") + (provider is null ? "" : " AND provider = @provider")
            + (text is null ? "" : " AND (id = @text OR subject = @text)") + (before is null ? "" : " AND number < @before");
        List<(string, object?)> values = [("@limit", Math.Clamp(limit, 1, 200))];
        if (health is { } wanted) values.Add(("@health", wanted.ToColumn()));
        if (provider is not null) values.Add(("@provider", provider));
        if (text is not null) values.Add(("@text", text));
        if (before is not null) values.Add(("@before", before));
        return database.ReadAsync<IReadOnlyList<ConnectionStanding>>(
            session => session.List(
                $"""
                 SELECT id, flow, provider, subject, identity_key, identity_label, params, health, cause,
                   created_at, updated_at, revision, world, credential, health_since,
                   number, care.looked_at, care.due, care.probe_due, care.suspected, care.suspicions
                 FROM connections LEFT JOIN care ON care.connection = connections.id
                 WHERE 1 = 1{where} ORDER BY number DESC LIMIT @limit
                 """,
                row => new ConnectionStanding(
                    ReadConnection(row), row.GetInt64(15), row.TimeOrNull(16), row.TimeOrNull(17), row.TimeOrNull(18),
                    row.TextOrNull(19) is { } code ? new Suspicion(code, row.GetInt32(20)) : null),
                values.ToArray()),
            cancellation);
    }

    /// <summary>How many connections there are by health.</summary>
    public Task<ImmutableDictionary<ConnectionHealth, long>> CountConnectionsAsync(CancellationToken cancellation) => database.ReadAsync(
        session => session.List(
            "SELECT health, count(*) FROM connections GROUP BY health",
            row => KeyValuePair.Create(row.Word<ConnectionHealth>(0), row.GetInt64(1))).ToImmutableDictionary(),
        cancellation);
}
