using Engine.Runs;

namespace Engine.Storage;

public sealed partial class EngineStore
{
    public Task<bool> HasApiKeyAsync(CancellationToken cancellation) => database.ReadAsync(
        session => session.Number("SELECT 1 FROM api_keys LIMIT 1") is not null, cancellation);

    public Task AddApiKeyAsync(string name, TokenHash hash, CancellationToken cancellation) => database.WriteAsync(
        session => session.Execute(
            """
            INSERT INTO api_keys (hash, name, created_at) VALUES (@hash, @name, @now)
            ON CONFLICT (hash) DO UPDATE SET name = excluded.name
            """,
            ("@hash", hash.Hex), ("@name", name), ("@now", Now)),
        cancellation);

    public Task<string?> FindApiKeyAsync(TokenHash hash, CancellationToken cancellation) => database.ReadAsync(
        session => session.First(
            "SELECT name FROM api_keys WHERE hash = @hash", row => row.GetString(0), ("@hash", hash.Hex)),
        cancellation);

    public Task AddLinkAsync(TokenHash hash, RunId? run, DateTimeOffset expiresAt, CancellationToken cancellation) =>
        database.WriteAsync(
        session =>
        {
            DeleteExpired(session);
            return session.Execute(
                "INSERT INTO links (hash, run, expires_at) VALUES (@hash, @run, @expires_at)",
                ("@hash", hash.Hex), ("@run", run?.Value), ("@expires_at", expiresAt.ToColumn()));
        },
        cancellation);

    public Task<BrowserSession?> RedeemLinkAsync(
        TokenHash link, TokenHash session, DateTimeOffset sessionExpiresAt, CancellationToken cancellation) =>
            database.WriteAsync(
        db =>
        {
            DeleteExpired(db);
            var used = db.List(
                "UPDATE links SET used_at = @now WHERE hash = @hash AND used_at IS NULL RETURNING run",
                row => row.TextOrNull(0),
                ("@hash", link.Hex), ("@now", Now));
            if (used is not [var run]) return null;

            db.Execute(
                """
                INSERT INTO sessions (hash, can_start, expires_at) VALUES (@hash, @can_start, @expires_at)
                ON CONFLICT (hash) DO UPDATE SET
                  can_start = CASE WHEN sessions.can_start = 1 THEN 1 ELSE excluded.can_start END,
                  expires_at = CASE WHEN sessions.expires_at > excluded.expires_at THEN sessions.expires_at ELSE excluded.expires_at END
                """,
                ("@hash", session.Hex), ("@can_start", run is null), ("@expires_at", sessionExpiresAt.ToColumn()));
            if (run is not null) AllowRun(db, session, run);
            return FindSession(db, session);
        },
        cancellation);

    public Task<BrowserSession?> FindSessionAsync(TokenHash session, CancellationToken cancellation) =>
        database.ReadAsync(db => FindSession(db, session), cancellation);

    public Task AllowRunAsync(TokenHash session, RunId run, CancellationToken cancellation) =>
        database.WriteAsync(db => AllowRun(db, session, run.Value), cancellation);

    private BrowserSession? FindSession(Session db, TokenHash session)
    {
        var runs = db.List(
            "SELECT run FROM session_runs WHERE session = @hash ORDER BY run",
            row => new RunId(row.GetString(0)),
            ("@hash", session.Hex));
        return db.First(
            "SELECT can_start, expires_at FROM sessions WHERE hash = @hash AND expires_at > @now",
            row => new BrowserSession(row.GetBoolean(0), runs, row.Time(1)),
            ("@hash", session.Hex), ("@now", Now));
    }

    /// <summary>A session that is not known gets nothing.</summary>
    private static int AllowRun(Session db, TokenHash session, string run) => db.Execute(
        """
        INSERT INTO session_runs (session, run)
        SELECT hash, @run FROM sessions WHERE hash = @hash ON CONFLICT DO NOTHING
        """,
        ("@hash", session.Hex), ("@run", run));

    private void DeleteExpired(Session db)
    {
        db.Execute("DELETE FROM links WHERE expires_at <= @now", ("@now", Now));
        db.Execute("DELETE FROM sessions WHERE expires_at <= @now", ("@now", Now));
    }
}
