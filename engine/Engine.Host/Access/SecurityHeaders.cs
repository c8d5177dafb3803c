namespace Engine.Host;

/// <summary>The headers every answer carries, errors too. Pages run only our own files: no inline script, no foreign address.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    // Hangfire's own scripts write markup and styles; they are files of this server all the same.
    private const string DashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    private static readonly object dashboardKey = new();
    private static readonly object framesKey = new();
    private static readonly object openerKey = new();

    public Task InvokeAsync(HttpContext context)
    {
        // At the last moment, since an error clears what was set before.
        context.Response.OnStarting(SetAsync, context);
        return next(context);
    }

    /// <summary>Lets this one page show pages of these hosts in frames; without it, no page may.</summary>
    /// <param name="hosts">Origins, such as <c>https://provider.example</c>.</param>
    public static void AllowFrames(HttpContext context, IEnumerable<string> hosts) => context.Items[framesKey] = string.Join(' ', hosts);

    /// <summary>
    /// Says how this one page and the windows it opens know each other: <c>same-origin-allow-popups</c> for a page that hears what it opened,
    /// <c>unsafe-none</c> for the window on its way. Without it, windows of other origins know nothing of ours.
    /// </summary>
    public static void AllowOpener(HttpContext context, string policy) => context.Items[openerKey] = policy;

    /// <summary>Lets this one page, of a dashboard that is not ours, write its own markup and styles; its scripts are still only our own files.</summary>
    public static void AllowDashboard(HttpContext context) => context.Items[dashboardKey] = true;

    private static Task SetAsync(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = context.Items.ContainsKey(dashboardKey) ? DashboardPolicy : context.Items[framesKey] is string { Length: > 0 } hosts ? $"{ContentPolicy}; frame-src {hosts}" : ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = context.Items[openerKey] as string ?? "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()";
        headers.CacheControl = headers.ETag.Count == 0 ? "no-store" : "no-cache";
        return Task.CompletedTask;
    }
}
