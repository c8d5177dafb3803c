using System.Security.Cryptography;
using System.Text;
using Engine.Runs;

namespace Engine.Host;

/// <summary>An operator whose browser is signed in.</summary>
/// <param name="Name">The name of the API key that was shown; what he does is noted under it.</param>
/// <param name="FormToken">Stands in each form of his pages and nowhere else: what comes without it was not sent from there.</param>
public sealed record Operator(string Name, string FormToken);

/// <summary>
/// Who may look at the operators' pages: a browser that showed an API key with the scope <c>ops</c>, for <see cref="Life"/>, as long as the key
/// exists. Another page of this process that shows what operators see asks here too, such as Hangfire's dashboard.
/// </summary>
public static class OpsAccess
{
    /// <summary>Where an operator signs in; <c>?to=</c> and a path of this server leads back.</summary>
    public const string SignInPath = "/ops/sign-in";

    /// <summary>The form field that carries <see cref="Operator.FormToken"/>.</summary>
    public const string FormField = "form_token";

    /// <summary>How long a browser stays signed in.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(8);

    /// <summary>The operator who sends this request; null for nobody. Asks the store once for each request.</summary>
    public static async Task<Operator?> FindOperatorAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<Found>() is { } known) return known.Operator;
        var found = new Found(await LookAsync(context));
        context.Features.Set(found);
        return found.Operator;
    }

    /// <summary>
    /// Whether a request may go on to a page that this gate guards: an operator sends it, and, where it may change something, a page of this
    /// server made his browser send it.
    /// </summary>
    public static async Task<bool> MayPassAsync(HttpContext context) =>
        await FindOperatorAsync(context) is not null && (IsRead(context.Request) || ComesFromOurPage(context.Request));

    /// <summary>The address that leads to signing in, and back to where this request wanted to go.</summary>
    public static string SignInAddress(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return $"{SignInPath}?to={Uri.EscapeDataString(request.Path + request.QueryString)}";
    }

    /// <summary>
    /// Whether a page of this server made the browser send this: by its <c>Origin</c>, or, where our own policy against referrers hides that, by
    /// <c>Sec-Fetch-Site</c>. No foreign page can set either.
    /// </summary>
    internal static bool ComesFromOurPage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [{ } site] ? site == "same-origin"
        : request.Headers.Origin is [{ } origin] && AccessGate.IsOwnOrigin(request, origin);

    internal static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    internal static string? CookieOf(HttpRequest request) =>
        request.Cookies.TryGetValue(CookieName(request), out var value) && value is { Length: > 0 and <= AccessToken.MaxLength } ? value : null;

    internal static void SetCookie(HttpContext context, string token) =>
        context.Response.Cookies.Append(CookieName(context.Request), token, CookieOptions(context, Life));

    internal static void DeleteCookie(HttpContext context) =>
        context.Response.Cookies.Delete(CookieName(context.Request), CookieOptions(context, null));

    private static async Task<Operator?> LookAsync(HttpContext context)
    {
        if (CookieOf(context.Request) is not { } cookie) return null;
        var access = context.RequestServices.GetRequiredService<EmbeddedEngine>().Access;
        return await access.FindOperatorSessionAsync(AccessToken.HashOf(cookie), context.RequestAborted) is { } key
            && key.Scopes.HasFlag(ApiScopes.Ops)
                ? new Operator(key.Name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"form\u001f{cookie}"))))
                : null;
    }

    private static CookieOptions CookieOptions(HttpContext context, TimeSpan? life) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.RequestServices.GetRequiredService<EngineAddress>().Base.Scheme == Uri.UriSchemeHttps,
        Path = "/",
        MaxAge = life,
    };

    // Browsers share cookies between the ports of a host.
    private static string CookieName(HttpRequest request) => $"engine_ops_{request.Host.Port ?? (request.IsHttps ? 443 : 80)}";

    private sealed record Found(Operator? Operator);
}
