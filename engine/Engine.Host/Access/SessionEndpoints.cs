using Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Engine.Host;

/// <summary>
/// Trades the token of a link for a browser session. Opening a link changes nothing, so that previews and prefetching cannot use
/// it up: the page takes the token out of the address's fragment, which no server sees, and sends it here.
/// </summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/session", TradeAsync).ExcludeFromDescription();
        routes.MapGet("/session", Show).ExcludeFromDescription();
    }

    private static async Task<Results<Ok<SessionBody>, ProblemHttpResult>> TradeAsync(
        TradeRequest request, HttpContext context, IAccessStore access, TimeProvider time, CancellationToken cancellation)
    {
        if (!AccessGate.ComesFromOurPage(context.Request)) return Problems.ForeignOrigin();
        if (request.Token.Length > AccessToken.MaxLength) return Problems.LinkNotValid();

        var token = AccessToken.New(AccessToken.SessionPrefix);
        var hash = AccessToken.HashOf(token);
        var gained = await access.RedeemLinkAsync(
            AccessToken.HashOf(request.Token), hash, time.GetUtcNow() + BrowserCookie.Life, cancellation);
        if (gained is null) return Problems.LinkNotValid();

        if (context.GetCaller() is Caller.Browser former)
        {
            if (!gained.CanStart)
            {
                foreach (var run in gained.Runs) await access.AllowRunAsync(former.Session, run, cancellation);
                return TypedResults.Ok(new SessionBody(former.Rights.CanStart));
            }
            foreach (var run in former.Rights.Runs) await access.AllowRunAsync(hash, run, cancellation);
        }
        BrowserCookie.Set(context, token);
        return TypedResults.Ok(new SessionBody(gained.CanStart));
    }

    private static Results<Ok<SessionBody>, ProblemHttpResult> Show(HttpContext context) =>
        context.GetCaller() is Caller.Browser browser
            ? TypedResults.Ok(new SessionBody(browser.Rights.CanStart))
            : Problems.Unauthorized();
}

/// <param name="Token">As it stood in the link.</param>
internal sealed record TradeRequest(string Token);

internal sealed record SessionBody(bool CanStart);
