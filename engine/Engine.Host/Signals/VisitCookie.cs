using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// Binds a return from a provider's page to the browser that left. It says nothing else: whoever has it may see no run. Lax, since the way back
/// begins at the provider. Over https it is a <c>__Host-</c> cookie, which no neighbouring host can set; on plain loopback browsers do not agree
/// on those.
/// </summary>
internal static class VisitCookie
{
    private static readonly TimeSpan life = TimeSpan.FromHours(1);

    public static string? Find(HttpRequest request, EngineAddress address) =>
        request.Cookies.TryGetValue(NameFor(address), out var value) && value is { Length: > 0 and <= AccessToken.MaxLength } ? value : null;

    public static void Set(HttpContext context, EngineAddress address, string token) =>
        context.Response.Cookies.Append(NameFor(address), token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = IsSecure(address),
            Path = "/",
            MaxAge = life,
        });

    private static string NameFor(EngineAddress address) =>
        IsSecure(address) ? "__Host-engine_visit" : $"engine_visit_{address.Base.Port}";

    private static bool IsSecure(EngineAddress address) => address.Base.Scheme == Uri.UriSchemeHttps;
}
