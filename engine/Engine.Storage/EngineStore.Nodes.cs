namespace Engine.Storage;

/// <summary>Which engine processes work over this store. Nothing is decided by it: leases alone say who advances a run.</summary>
public sealed partial class EngineStore
{
    /// <summary>A node that has said nothing for so long is forgotten.</summary>
    private static readonly TimeSpan forgotten = TimeSpan.FromHours(1);

    /// <summary>Says that a node lives and how it is. Its times are set here.</summary>
    public Task BeatAsync(EngineNode node, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        return database.WriteAsync(
            session =>
            {
                session.Execute("DELETE FROM nodes WHERE seen_at < @before", ("@before", (Time.GetUtcNow() - forgotten).ToColumn()));
                return session.Execute(
                    """
                    INSERT INTO nodes (name, version, address, host, snapshot, problems, started_at, seen_at)
                    VALUES (@name, @version, @address, @host, @snapshot, @problems, @now, @now)
                    ON CONFLICT (name) DO UPDATE SET
                      address = excluded.address, host = excluded.host, snapshot = excluded.snapshot, problems = excluded.problems,
                      seen_at = excluded.seen_at
                    """,
                    ("@name", node.Name), ("@version", node.Version), ("@address", node.Address), ("@host", node.Host),
                    ("@snapshot", node.Snapshot), ("@problems", StoredJson.ToText(node.Problems)), ("@now", Now));
            },
            cancellation);
    }

    /// <summary>Forgets a node that stops in good order.</summary>
    public Task ForgetNodeAsync(string name, CancellationToken cancellation) => database.WriteAsync(
        session => session.Execute("DELETE FROM nodes WHERE name = @name", ("@name", name)), cancellation);

    /// <summary>The nodes, in the order they started; one that died is among them for an hour.</summary>
    public Task<IReadOnlyList<EngineNode>> ListNodesAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<EngineNode>>(
        session => session.List(
            "SELECT name, version, address, host, snapshot, problems, started_at, seen_at FROM nodes ORDER BY started_at, name",
            row => new EngineNode(
                row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3), row.NumberOrNull(4),
                [.. StoredJson.Read<string[]>(row.GetString(5))], row.Time(6), row.Time(7))),
        cancellation);
}
