using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// The cookie that stands for a browser session. Its name holds the port, since browsers share cookies between the ports of a
/// host and two engines would push each other out.
/// </summary>
internal static class BrowserCookie
{
    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static string? Find(HttpRequest request) =>
        request.Cookies.TryGetValue(NameFor(request), out var value) && value is { Length: > 0 and <= AccessToken.MaxLength } ? value : null;

    public static void Set(HttpContext context, string token) =>
        context.Response.Cookies.Append(NameFor(context.Request), token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.RequestServices.GetRequiredService<EngineAddress>().Base.Scheme == Uri.UriSchemeHttps,
            Path = "/",
            MaxAge = Life,
        });

    private static string NameFor(HttpRequest request) => $"engine_session_{request.Host.Port ?? (request.IsHttps ? 443 : 80)}";
}
