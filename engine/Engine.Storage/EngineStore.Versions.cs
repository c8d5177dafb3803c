namespace Engine.Storage;

/// <summary>
/// Flow versions and plugin builds by hash. They are sealed: a build is code, and whoever writes into the database without the key
/// cannot make an engine run theirs.
/// </summary>
public sealed partial class EngineStore
{
    /// <summary>
    /// Says that these are offered, so that nobody removes them for a while; gives those that are not kept yet.
    /// </summary>
    public Task<MissingVersions> WantAsync(
        IReadOnlyCollection<string> versions, IReadOnlyCollection<string> builds, CancellationToken cancellation) => database.WriteAsync(
        session => new MissingVersions(
            Missing(session, "UPDATE flow_versions SET wanted_at = @now WHERE version = @id", versions),
            Missing(session, "UPDATE plugin_builds SET wanted_at = @now WHERE build = @id", builds)),
        cancellation);

    /// <summary>Keeps flow versions and plugin builds; harmless where they are kept already.</summary>
    public Task KeepAsync(IReadOnlyCollection<KeptFlow> flows, IReadOnlyCollection<KeptBuild> builds, CancellationToken cancellation) =>
        database.WriteAsync(
        session =>
        {
            // In order, so that of two nodes that keep the same at the same time one waits for the other.
            foreach (var build in builds.OrderBy(build => build.Build, StringComparer.Ordinal))
            {
                session.Execute(
                    """
                    INSERT INTO plugin_builds (build, name, content, wanted_at) VALUES (@build, @name, @content, @now)
                    ON CONFLICT (build) DO UPDATE SET wanted_at = excluded.wanted_at
                    """,
                    ("@build", build.Build), ("@name", build.Name), ("@now", Now),
                    ("@content", sealer.Seal(PlaceOfBuild(build.Build), build.Content.AsSpan())));
            }

            foreach (var flow in flows.OrderBy(flow => flow.Version, StringComparer.Ordinal))
            {
                session.Execute(
                    """
                    INSERT INTO flow_versions (version, flow, builds, content, wanted_at) VALUES (@version, @flow, @builds, @content, @now)
                    ON CONFLICT (version) DO UPDATE SET wanted_at = excluded.wanted_at
                    """,
                    ("@version", flow.Version), ("@flow", flow.Flow), ("@now", Now),
                    ("@builds", StoredJson.ToText(flow.Builds.Values.Distinct(StringComparer.Ordinal))),
                    ("@content", sealer.Seal(PlaceOfFlow(flow.Version), StoredJson.ToBytes(flow))));
            }

            return true;
        },
        cancellation);

    /// <summary>A flow version; null where it is not kept, or was not sealed by this key.</summary>
    public Task<KeptFlow?> FindFlowVersionAsync(string version, CancellationToken cancellation) => database.ReadAsync(
        session => Open(
            session, "SELECT content FROM flow_versions WHERE version = @id", PlaceOfFlow(version)) is { } content
                ? StoredJson.Read<KeptFlow>(content)
                : null,
        cancellation);

    /// <summary>What is packed of a plugin build; null where it is not kept, or was not sealed by this key.</summary>
    public Task<byte[]?> FindPluginBuildAsync(string build, CancellationToken cancellation) => database.ReadAsync(
        session => Open(session, "SELECT content FROM plugin_builds WHERE build = @id", PlaceOfBuild(build)), cancellation);

    /// <summary>
    /// Removes the flow versions that no open run names, that are in none of the last publications, and that no node has wanted for a
    /// while; then the plugin builds that no version left names. Gives the builds that stay.
    /// </summary>
    /// <param name="unwantedFor">Longer than nodes take between two <see cref="WantAsync"/>, so that it is safe beside them.</param>
    public Task<IReadOnlySet<string>> RemoveUnusedVersionsAsync(TimeSpan unwantedFor, CancellationToken cancellation) =>
        database.WriteAsync<IReadOnlySet<string>>(
        session =>
        {
            var before = (Time.GetUtcNow() - unwantedFor).ToColumn();
            var published = ReadPublished(session, KeptPublications);
            var versions = published.SelectMany(one => one.Flows.Values).ToHashSet(StringComparer.Ordinal);
            versions.UnionWith(session.List("SELECT DISTINCT flow_version FROM runs WHERE is_open = 1", row => row.GetString(0)));
            var builds = published.SelectMany(one => one.Builds).ToHashSet(StringComparer.Ordinal);
            foreach (var (version, named) in session.List(
                "SELECT version, builds FROM flow_versions ORDER BY version", row => (row.GetString(0), row.GetString(1))))
            {
                // The time is asked for again by the statement that deletes: another node may want the version this very moment.
                if (versions.Contains(version) || session.Execute(
                    "DELETE FROM flow_versions WHERE version = @version AND wanted_at < @before",
                    ("@version", version), ("@before", before)) == 0)
                {
                    builds.UnionWith(StoredJson.Read<string[]>(named));
                }
            }

            foreach (var build in session.List("SELECT build FROM plugin_builds ORDER BY build", row => row.GetString(0)))
            {
                if (!builds.Contains(build) && session.Execute(
                    "DELETE FROM plugin_builds WHERE build = @build AND wanted_at < @before", ("@build", build), ("@before", before)) == 0)
                {
                    builds.Add(build);
                }
            }

            return builds;
        },
        cancellation);

    private static SealedPlace PlaceOfFlow(string version) => new("flow_versions", "content", version, 0);

    private static SealedPlace PlaceOfBuild(string build) => new("plugin_builds", "content", build, 0);

    private HashSet<string> Missing(Session session, string touch, IReadOnlyCollection<string> ids) =>
        [.. ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(id => session.Execute(touch, ("@id", id), ("@now", Now)) == 0)];

    private byte[]? Open(Session session, string select, SealedPlace place)
    {
        if (session.First(select, row => row.BytesOrNull(0) ?? [], ("@id", place.Row)) is not { } content) return null;
        try
        {
            return sealer.Open(place, content);
        }
        catch (SealBrokenException)
        {
            return null;
        }
    }
}
