using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// Finds out who sends a request, and lets nobody pass to <c>/v1</c>. An API key counts alone: a request that shows one is never
/// judged by its cookie. A cookie counts for a change only with our own header and from our own origin.
/// </summary>
internal sealed class AccessGate(IAccessStore access, RequestDelegate next)
{
    /// <summary>A header that only our own scripts send: a foreign page cannot add it without asking first, and we never allow it.</summary>
    public const string PageHeader = "Engine-Page";

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = HealthEndpoints.IsOpenToAll(context.Request.Path) ? new Caller.Nobody() : await FindCallerAsync(context);
        context.Features.Set(caller);
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            && !SignalEndpoints.IsOpenToAll(context.Request.Path))
        {
            if (caller is Caller.Nobody)
            {
                await Problems.Unauthorized().ExecuteAsync(context);
                return;
            }
            if (caller is Caller.OtherKey)
            {
                await Problems.ScopeMissing(Words.Word(ApiScopes.Api)).ExecuteAsync(context);
                return;
            }
            if (caller is Caller.Browser && IsChange(context.Request) && !ComesFromOurPage(context.Request))
            {
                await Problems.ForeignOrigin().ExecuteAsync(context);
                return;
            }
        }
        await next(context);
    }

    /// <summary>Whether a request that changes something was sent by a page of ours.</summary>
    public static bool ComesFromOurPage(HttpRequest request) =>
        request.Headers.ContainsKey(PageHeader)
        && request.Headers.Origin is [{ } origin]
        && IsOwnOrigin(request, origin);

    /// <summary>Whether an origin is where this request was sent to, or the configured address.</summary>
    public static bool IsOwnOrigin(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
        || origin == request.HttpContext.RequestServices.GetRequiredService<EngineAddress>().Configured?.GetLeftPart(UriPartial.Authority);

    private async Task<Caller> FindCallerAsync(HttpContext context)
    {
        if (FindApiKey(context.Request) is { } key)
        {
            var known = key.Length <= AccessToken.MaxLength
                ? await access.FindApiKeyAsync(AccessToken.HashOf(key), context.RequestAborted)
                : null;
            return known is null ? new Caller.Nobody()
                : known.Scopes.HasFlag(ApiScopes.Api) ? new Caller.Integrator(known.Name)
                : new Caller.OtherKey(known.Name);
        }
        if (BrowserCookie.Find(context.Request) is not { } cookie) return new Caller.Nobody();
        var session = AccessToken.HashOf(cookie);
        return await access.FindSessionAsync(session, context.RequestAborted) is { } rights
            ? new Caller.Browser(session, rights)
            : new Caller.Nobody();
    }

    private static string? FindApiKey(HttpRequest request)
    {
        const string scheme = "Bearer ";
        if (request.Headers.Authorization is [{ } authorization, ..])
        {
            return authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? authorization[scheme.Length..].Trim() : "";
        }
        return request.Headers["X-Api-Key"] is [{ } key, ..] ? key : null;
    }

    private static bool IsChange(HttpRequest request) => !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method);
}
