namespace Engine.Runs;

/// <summary>Keeps who may do what: API keys, the tokens in links, browser sessions. Only hashes are stored.</summary>
public interface IAccessStore
{
    /// <summary>Whether any API key exists.</summary>
    Task<bool> HasApiKeyAsync(CancellationToken cancellation);

    /// <summary>Stores an API key's hash under a name.</summary>
    Task AddApiKeyAsync(string name, TokenHash hash, CancellationToken cancellation);

    /// <summary>Stores the very first API key; false where there is, or was, one already. Of any number of engines that try, one succeeds.</summary>
    Task<bool> AddFirstApiKeyAsync(string name, TokenHash hash, CancellationToken cancellation);

    /// <summary>The name of the key; null where it is not known.</summary>
    Task<string?> FindApiKeyAsync(TokenHash hash, CancellationToken cancellation);

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

/// <summary>What a browser may do.</summary>
/// <param name="CanStart">Whether it may start runs: it came through the start page's link.</param>
/// <param name="Runs">The runs it may see and answer.</param>
public sealed record BrowserSession(bool CanStart, IReadOnlyList<RunId> Runs, DateTimeOffset ExpiresAt);
