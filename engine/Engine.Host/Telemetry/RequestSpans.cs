using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;

namespace Engine.Host;

/// <summary>
/// A span for each request of the API, named by its route: the path itself may hold a token. It begins a trace of its own and links to the
/// caller's: what a stranger sends decides neither our trace ids nor what is sampled. Streams have none; they last as long as a page is open.
/// </summary>
internal sealed class RequestSpans(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!Spans.Source.HasListeners() || !context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
            || context.Request.Path.Value?.EndsWith("/events", StringComparison.OrdinalIgnoreCase) == true)
        {
            await next(context);
            return;
        }

        var outer = Activity.Current;
        Activity.Current = null;
        using var span = Spans.Source.StartActivity(MethodOf(context.Request), ActivityKind.Server, default(ActivityContext), links: LinksOf(context.Request));
        try
        {
            await next(context);
        }
        finally
        {
            if (span is not null) Describe(span, context);
            span?.Stop();
            Activity.Current = outer;
        }
    }

    private static void Describe(Activity span, HttpContext context)
    {
        var method = MethodOf(context.Request);
        var status = context.Response.StatusCode;
        span.SetTag("http.request.method", method).SetTag("http.response.status_code", status);
        if (status >= 500) span.SetStatus(ActivityStatusCode.Error);
        var failed = context.Features.Get<IExceptionHandlerFeature>();
        if ((context.GetEndpoint() ?? failed?.Endpoint) is not RouteEndpoint { RoutePattern.RawText: { } route } || status == StatusCodes.Status404NotFound) return;
        span.DisplayName = $"{method} {route}";
        span.SetTag("http.route", route);
        if (route.StartsWith("/v1/runs/{id}", StringComparison.Ordinal) && (failed?.RouteValues ?? context.Request.RouteValues)["id"] is string run) span.SetTag("engine.run.id", run);
    }

    // Any word may be sent as a method; those that HTTP does not know are one to us.
    private static string MethodOf(HttpRequest request) =>
        request.Method is "GET" or "HEAD" or "POST" or "PUT" or "PATCH" or "DELETE" or "OPTIONS" ? request.Method : "_OTHER";

    private static ActivityLink[] LinksOf(HttpRequest request) =>
        request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? [new ActivityLink(context)] : [];
}
