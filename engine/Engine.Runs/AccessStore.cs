namespace Engine.Runs;

/// <summary>Keeps who may do what: API keys, the tokens in links, browser sessions. Only hashes are stored.</summary>
public interface IAccessStore
{
    /// <summary>Whether any API key exists.</summary>
    Task<bool> HasApiKeyAsync(CancellationToken cancellation);

    /// <summary>Stores an API key's hash under a name. False where the name is taken: nothing was stored.</summary>
    Task<bool> AddApiKeyAsync(string name, TokenHash hash, ApiScopes scopes, CancellationToken cancellation);

    /// <summary>The key; null where it is not known.</summary>
    Task<ApiKey?> FindApiKeyAsync(TokenHash hash, CancellationToken cancellation);

    /// <summary>All keys, the oldest first.</summary>
    Task<IReadOnlyList<ApiKey>> ListApiKeysAsync(CancellationToken cancellation);

    /// <summary>Forgets a key: from now on it opens nothing, and nor does what was signed in with it. False where there is none of this name.</summary>
    Task<bool> RemoveApiKeyAsync(string name, CancellationToken cancellation);

    /// <summary>Stores that a browser showed this key; its cookie stands for it until a time.</summary>
    Task AddOperatorSessionAsync(TokenHash key, TokenHash session, DateTimeOffset expiresAt, CancellationToken cancellation);

    /// <summary>The key that the cookie's browser showed; null where the session is unknown, past its time or ended, or the key is gone.</summary>
    Task<ApiKey?> FindOperatorSessionAsync(TokenHash session, CancellationToken cancellation);

    /// <summary>Ends a session. Harmless where there is none.</summary>
    Task RemoveOperatorSessionAsync(TokenHash session, CancellationToken cancellation);

    /// <summary>Stores the right to see and answer one run (or, with no run, to open the start page) until a time.</summary>
    Task AddLinkAsync(TokenHash hash, RunId? run, DateTimeOffset expiresAt, CancellationToken cancellation);

    /// <summary>Trades a link's token for a browser session. A link may be traded once; null where it is unknown, used or past its time.</summary>
    Task<BrowserSession?> RedeemLinkAsync(TokenHash link, TokenHash session, DateTimeOffset sessionExpiresAt, CancellationToken cancellation);

    /// <summary>The session behind a cookie; null where it is unknown or past its time.</summary>
    Task<BrowserSession?> FindSessionAsync(TokenHash session, CancellationToken cancellation);

    /// <summary>Lets a session see and answer one more run.</summary>
    Task AllowRunAsync(TokenHash session, RunId run, CancellationToken cancellation);
}

/// <summary>SHA-256 of a token of 256 random bits, lower-case hex.</summary>
public readonly record struct TokenHash(string Hex);

/// <summary>What an API key opens; more than one together.</summary>
[Flags]
public enum ApiScopes
{
    None = 0,

    /// <summary><c>/v1</c>: flows, runs and connections.</summary>
    Api = 1,

    /// <summary>The operators' pages: what all runs do, actions on them, incidents.</summary>
    Ops = 2,
}

/// <summary>An API key as it is known here: never the key itself.</summary>
/// <param name="Name">Unique; given when it was made.</param>
public sealed record ApiKey(string Name, ApiScopes Scopes, DateTimeOffset CreatedAt);

/// <summary>What a browser may do.</summary>
/// <param name="CanStart">Whether it may start runs: it came through the start page's link.</param>
/// <param name="Runs">The runs it may see and answer.</param>
public sealed record BrowserSession(bool CanStart, IReadOnlyList<RunId> Runs, DateTimeOffset ExpiresAt);
