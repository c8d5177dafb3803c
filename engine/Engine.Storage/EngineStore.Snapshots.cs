using System.Security.Cryptography;

namespace Engine.Storage;

/// <summary>What was published for all nodes. The newest counts; going back publishes an older one again.</summary>
public sealed partial class EngineStore
{
    /// <summary>The versions of so many publications are kept, so that one can go back to them.</summary>
    public const int KeptPublications = 10;

    /// <summary>The newest publication's number; null while nothing was published.</summary>
    public Task<long?> FindPublicationAsync(CancellationToken cancellation) =>
        database.ReadAsync(session => session.Number("SELECT max(number) FROM snapshots"), cancellation);

    /// <summary>What a publication holds; null where there is none, where it says to serve the own folders, or where this key did not seal it.</summary>
    public Task<PublishedFlows?> FindPublishedAsync(long number, CancellationToken cancellation) => database.ReadAsync(
        session => session.List(
            "SELECT hash, content FROM snapshots WHERE number = @number", row => OpenPublished(row.GetString(0), row.BytesOrNull(1)),
            ("@number", number)) is [var found] ? found : null,
        cancellation);

    /// <summary>The publications, newest first.</summary>
    public Task<IReadOnlyList<Publication>> ListPublicationsAsync(int limit, CancellationToken cancellation) =>
        database.ReadAsync<IReadOnlyList<Publication>>(
        session => session.List(
            "SELECT number, hash, published_at, published_by, flows FROM snapshots ORDER BY number DESC LIMIT @limit",
            row => new Publication(row.GetInt64(0), row.GetString(1), row.Time(2), row.GetString(3), (int)row.GetInt64(4)),
            ("@limit", limit)),
        cancellation);

    /// <summary>
    /// Publishes for all nodes, once everything that it names is kept; the same as the newest again changes nothing. Null tells the nodes to
    /// serve their own folders.
    /// </summary>
    /// <param name="by">Who publishes, for the history.</param>
    /// <returns>The publication, which is an older one where nothing changed.</returns>
    public Task<Publication> PublishAsync(PublishedFlows? flows, string by, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            var plain = flows is null ? null : StoredJson.ToBytes(flows);
            var hash = plain is null ? "" : Convert.ToHexStringLower(SHA256.HashData(plain));
            var newest = session.First(
                "SELECT number, hash, published_at, published_by, flows FROM snapshots ORDER BY number DESC LIMIT 1",
                row => new Publication(row.GetInt64(0), row.GetString(1), row.Time(2), row.GetString(3), (int)row.GetInt64(4)));
            if (newest?.Hash == hash) return newest;
            var count = flows?.Flows.Count ?? 0;
            var number = session.Number(
                """
                INSERT INTO snapshots (hash, published_at, published_by, flows, content) VALUES (@hash, @now, @by, @flows, @content)
                RETURNING number
                """,
                ("@hash", hash), ("@now", Now), ("@by", by), ("@flows", count),
                ("@content", plain is null ? null : sealer.Seal(PlaceOfSnapshot(hash), plain))) ?? 0;
            return new Publication(number, hash, Time.GetUtcNow(), by, count);
        },
        cancellation);

    private static SealedPlace PlaceOfSnapshot(string hash) => new("snapshots", "content", hash, 0);

    private List<PublishedFlows> ReadPublished(Session session, int limit) =>
        [.. session.List(
            "SELECT hash, content FROM snapshots WHERE content IS NOT NULL ORDER BY number DESC LIMIT @limit",
            row => OpenPublished(row.GetString(0), row.BytesOrNull(1)), ("@limit", limit)).OfType<PublishedFlows>()];

    private PublishedFlows? OpenPublished(string hash, byte[]? content)
    {
        if (content is null) return null;
        try
        {
            return StoredJson.Read<PublishedFlows>(sealer.Open(PlaceOfSnapshot(hash), content));
        }
        catch (SealBrokenException)
        {
            return null;
        }
    }
}
