namespace Engine.Host;

/// <summary>The language a page begins in: the one chosen before, or else the first that the browser asks for and we have.</summary>
internal static class PageLanguage
{
    /// <summary>Set by the page's own switch.</summary>
    public const string Cookie = "engine_language";

    private static readonly string[] known = ["en", "ru"];

    public static string Of(HttpRequest request) =>
        request.Cookies[Cookie] is { } chosen && known.Contains(chosen)
            ? chosen
            : request.GetTypedHeaders().AcceptLanguage
                .OrderByDescending(wish => wish.Quality ?? 1)
                .Select(wish => wish.Value.Value?.Split('-')[0].ToLowerInvariant())
                .FirstOrDefault(language => known.Contains(language)) ?? known[0];
}
