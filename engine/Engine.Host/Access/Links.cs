using Engine.Runs;

namespace Engine.Host;

/// <summary>Makes the links that browsers come by. The token stands in the fragment, which no server and no log sees.</summary>
internal static class Links
{
    /// <summary>Long enough for a person to come back to the terminal.</summary>
    private static readonly TimeSpan startLinkLife = TimeSpan.FromHours(24);

    /// <summary>A link to the start page: whoever opens it first may start runs.</summary>
    public static async Task<string> NewStartLinkAsync(this EmbeddedEngine engine, TimeProvider time, CancellationToken cancellation)
    {
        var token = AccessToken.New(AccessToken.LinkPrefix);
        await engine.Access.AddLinkAsync(AccessToken.HashOf(token), null, time.GetUtcNow() + startLinkLife, cancellation);
        return $"{engine.Address}/start#token={token}";
    }

    /// <summary>A link to one run, good for as long as the run can last.</summary>
    public static async Task<LinkView> NewRunLinkAsync(this EmbeddedEngine engine, StoredRun run, CancellationToken cancellation)
    {
        var token = AccessToken.New(AccessToken.LinkPrefix);
        var end = await engine.EndOfAsync(run, cancellation);
        await engine.Access.AddLinkAsync(AccessToken.HashOf(token), run.Id, end, cancellation);
        return new LinkView($"{engine.Address}/connect/{run.Id}#token={token}", end);
    }

    /// <summary>The first API key, for the API and the operators' pages, where there is none yet; null where there is.</summary>
    public static async Task<string?> MakeFirstApiKeyAsync(this EmbeddedEngine engine, CancellationToken cancellation)
    {
        if (await engine.Access.HasApiKeyAsync(cancellation)) return null;
        var key = AccessToken.New(AccessToken.ApiKeyPrefix);
        return await engine.Access.AddApiKeyAsync("first", AccessToken.HashOf(key), ApiScopes.Api | ApiScopes.Ops, cancellation) ? key : null;
    }
}
