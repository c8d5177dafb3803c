namespace Engine.Host;

/// <summary>What a page for operators is drawn with.</summary>
/// <param name="Path">Its own address, query included.</param>
internal sealed record OpsRequest(EmbeddedEngine Engine, Operator Operator, Words Words, DateTimeOffset Now, string Path, IQueryCollection Query)
{
    /// <summary>A form of one button that does something.</summary>
    public Html Button(string action, string label, string style = "") => Html.Of($"""
        <form method="post" action="{action}">{Token}<button class="button {style}">{label}</button></form>
        """);

    /// <summary>What every form that does something must carry.</summary>
    public Html Token => Html.Of($"""<input type="hidden" name="{OpsAccess.FormField}" value="{Operator.FormToken}">""");
}

/// <summary>The frame of the operators' pages. They need no script; the one they have shows local times and keeps the page fresh.</summary>
internal static class OpsPage
{
    private static readonly (string Path, string English, string Russian)[] places =
    [
        ("/ops", "Runs", "Запуски"), ("/ops/flows", "Flows", "Схемы"), ("/ops/connections", "Connections", "Подключения"),
        ("/ops/providers", "Providers", "Сервисы"), ("/ops/nodes", "Nodes", "Узлы"), ("/ops/log", "Log", "Журнал"),
    ];

    /// <param name="someone">Null before signing in.</param>
    /// <param name="place">The path in the navigation that the page belongs to.</param>
    /// <param name="isLive">Whether the page is asked for again every few seconds while somebody looks at it.</param>
    public static Html Frame(Words words, OpsRequest? someone, string title, Html body, string place = "", bool isLive = false) => Html.Of($"""
        <!doctype html>
        <html lang="{words.Language}">
        <head>
          <meta charset="utf-8">
          <meta name="viewport" content="width=device-width, initial-scale=1">
          <meta name="color-scheme" content="light dark">
          <meta name="robots" content="noindex, nofollow">
          <title>{title} · Engine</title>
          <link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
          <link rel="stylesheet" href="/assets/ops.css">
          <script type="module" src="/assets/ops.js"></script>
        </head>
        <body>
          <header class="top">
            <a class="mark" href="/ops"><span class="mark-dot" aria-hidden="true"></span>Engine</a>
            {Html.If(someone is not null, () => Navigation(words, place))}
            <div class="who">
              <form method="post" action="{LanguageChoice.Path}" class="languages">
                <input type="hidden" name="to" value="{someone?.Path ?? OpsAccess.SignInPath}">
                {LanguageButton("en", "EN", words)}{LanguageButton("ru", "RU", words)}
              </form>
              {Html.If(someone is not null, () => SignOut(words, someone))}
            </div>
          </header>
          <main id="main" {(isLive ? Html.Of($"data-live=\"4\"") : null)}>
        {body}
          </main>
        </body>
        </html>
        """);

    /// <summary>Sends the browser to an address of ours once more, this time from a page of ours.</summary>
    public static Html Again(string path) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta http-equiv="refresh" content="{"0; url=" + path}"><title>Engine</title></head>
        <body><p><a href="{path}">Engine</a></p></body>
        </html>
        """);

    public static Task SendAsync(HttpContext context, int status, Html page)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.Vary = "Accept-Language, Cookie";
        return context.Response.WriteAsync(page.ToString(), context.RequestAborted);
    }

    private static Html Navigation(Words words, string place) => Html.Of($"""
        <nav aria-label="{words.Say("Pages", "Страницы")}">{places.Select(one => Html.Of($"""
            <a href="{one.Path}" {(one.Path == place ? Html.Of($"aria-current=\"page\"") : null)}>{words.Say(one.English, one.Russian)}</a>
            """))}</nav>
        """);

    private static Html SignOut(Words words, OpsRequest? someone) => someone is null ? Html.Empty : Html.Of($"""
        <span class="name" title="{words.Say("The API key you signed in with", "Ключ API, с которым вы вошли")}">{someone.Operator.Name}</span>
        {someone.Button("/ops/sign-out", words.Say("Sign out", "Выйти"), "plain")}
        """);

    private static Html LanguageButton(string code, string label, Words words) => Html.Of($"""
        <button name="language" value="{code}" lang="{code}" aria-pressed="{(words.Language == code ? "true" : "false")}">{label}</button>
        """);
}

/// <summary>Keeps the language that an operator chose, as the other pages do.</summary>
internal static class LanguageChoice
{
    public const string Path = "/ops/language";

    public static void Map(IEndpointRouteBuilder ops) => ops.MapPost("/language", (RequestDelegate)TakeAsync).ExcludeFromDescription();

    private static async Task TakeAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var to = form["to"].ToString();
        if (form["language"].ToString() is "en" or "ru")
        {
            context.Response.Cookies.Append(PageLanguage.Cookie, form["language"].ToString(), new CookieOptions
            {
                Path = "/", MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax,
            });
        }

        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to == OpsAccess.SignInPath ? to : SignIn.Back(to);
    }
}
