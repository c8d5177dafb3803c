using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public Task<bool> AddApiKeyAsync(string name, TokenHash hash, ApiScopes scopes, CancellationToken cancellation) => database.WriteAsync(
        session => session.Execute(
            """
            INSERT INTO api_keys (hash, name, created_at, scopes) VALUES (@hash, @name, @now, @scopes)
            ON CONFLICT (name) DO NOTHING
            """,
            ("@hash", hash.Hex), ("@name", name), ("@now", Now), ("@scopes", WordsOf(scopes))) == 1,
        cancellation);

    public Task<ApiKey?> FindApiKeyAsync(TokenHash hash, CancellationToken cancellation) => database.ReadAsync(
        session => session.First(
            "SELECT name, scopes, created_at FROM api_keys WHERE hash = @hash",
            row => new ApiKey(row.GetString(0), ScopesOf(row.GetString(1)), row.Time(2)),
            ("@hash", hash.Hex)),
        cancellation);

    public Task<IReadOnlyList<ApiKey>> ListApiKeysAsync(CancellationToken cancellation) => database.ReadAsync<IReadOnlyList<ApiKey>>(
        session => session.List(
            "SELECT name, scopes, created_at FROM api_keys ORDER BY created_at, name",
            row => new ApiKey(row.GetString(0), ScopesOf(row.GetString(1)), row.Time(2))),
        cancellation);

    public Task<bool> RemoveApiKeyAsync(string name, CancellationToken cancellation) => database.WriteAsync(
        session =>
        {
            session.Execute("DELETE FROM operator_sessions WHERE key IN (SELECT hash FROM api_keys WHERE name = @name)", ("@name", name));
            return session.Execute("DELETE FROM api_keys WHERE name = @name", ("@name", name)) == 1;
        },
        cancellation);

    public Task AddOperatorSessionAsync(TokenHash key, TokenHash session, DateTimeOffset expiresAt, CancellationToken cancellation) =>
        database.WriteAsync(
            db =>
            {
                db.Execute("DELETE FROM operator_sessions WHERE expires_at <= @now", ("@now", Now));
                return db.Execute(
                    "INSERT INTO operator_sessions (hash, key, expires_at) VALUES (@hash, @key, @expires_at)",
                    ("@hash", session.Hex), ("@key", key.Hex), ("@expires_at", expiresAt.ToColumn()));
            },
            cancellation);

    public Task<ApiKey?> FindOperatorSessionAsync(TokenHash session, CancellationToken cancellation) => database.ReadAsync(
        db => db.First(
            """
            SELECT api_keys.name, api_keys.scopes, api_keys.created_at
            FROM operator_sessions JOIN api_keys ON api_keys.hash = operator_sessions.key
            WHERE operator_sessions.hash = @hash AND operator_sessions.expires_at > @now
            """,
            row => new ApiKey(row.GetString(0), ScopesOf(row.GetString(1)), row.Time(2)),
            ("@hash", session.Hex), ("@now", Now)),
        cancellation);

    public Task RemoveOperatorSessionAsync(TokenHash session, CancellationToken cancellation) => database.WriteAsync(
        db => db.Execute("DELETE FROM operator_sessions WHERE hash = @hash", ("@hash", session.Hex)), cancellation);

    private static string WordsOf(ApiScopes scopes) =>
        string.Join(' ', Enum.GetValues<ApiScopes>().Where(scope => scope != ApiScopes.None && scopes.HasFlag(scope)).Select(scope => scope.ToColumn()));

    /// <summary>A word of a later engine opens nothing here.</summary>
    private static ApiScopes ScopesOf(string words) => words.Split(' ')
        .Select(word => Enum.GetValues<ApiScopes>().FirstOrDefault(scope => scope.ToColumn() == word))
        .Aggregate(ApiScopes.None, (all, scope) => all | scope);
}
