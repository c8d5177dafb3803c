using System.Collections.Concurrent;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// Signs operators in and out. A key is typed once, traded for a session and never sent again. Keys have 256 random bits and are not guessed; the
/// limit keeps those who try from keeping the store busy.
/// </summary>
internal sealed class SignIn(EmbeddedEngine engine, TimeProvider time)
{
    /// <summary>Wrong keys in <see cref="Window"/> from one address; then nothing is looked up until it has passed.</summary>
    public const int MostWrong = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Addresses remembered at the most; beyond them all are forgotten, so that they cannot fill the memory.</summary>
    private const int MostAddresses = 10_000;

    private readonly ConcurrentDictionary<string, Tries> wrong = new(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder ops)
    {
        ops.MapGet("/sign-in", ShowAsync).ExcludeFromDescription();
        ops.MapPost("/sign-in", (RequestDelegate)TakeAsync).ExcludeFromDescription();
        ops.MapPost("/sign-out", (RequestDelegate)EndAsync).ExcludeFromDescription();
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (await OpsAccess.FindOperatorAsync(context) is not null) context.Response.Redirect(Back(context.Request.Query["to"]));
        else await SendFormAsync(context, StatusCodes.Status200OK, null);
    }

    private async Task TakeAsync(HttpContext context)
    {
        var words = new Words(PageLanguage.Of(context.Request));
        var address = context.Connection.RemoteIpAddress?.ToString() ?? "";
        var now = time.GetUtcNow();
        if (wrong.TryGetValue(address, out var tries) && tries.Count >= MostWrong && now < tries.Since + Window)
        {
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling((tries.Since + Window - now).TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
            await SendFormAsync(context, StatusCodes.Status429TooManyRequests,
                words.Say("Too many wrong keys. Wait a minute.", "Слишком много неверных ключей. Подождите минуту."));
            return;
        }

        var typed = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(context.RequestAborted))["key"].ToString().Trim() : "";
        var hash = AccessToken.HashOf(typed);
        var key = typed.Length is > 0 and <= AccessToken.MaxLength ? await engine.Access.FindApiKeyAsync(hash, context.RequestAborted) : null;
        if (key is null || !key.Scopes.HasFlag(ApiScopes.Ops))
        {
            if (wrong.Count >= MostAddresses) wrong.Clear();
            wrong.AddOrUpdate(address, _ => new Tries(1, now), (_, before) => now < before.Since + Window ? before with { Count = before.Count + 1 } : new Tries(1, now));
            await SendFormAsync(context, StatusCodes.Status403Forbidden, key is null
                ? words.Say("There is no such key.", "Такого ключа нет.")
                : words.Say("This key has no right to the operators' pages: it needs the scope 'ops'.", "У этого ключа нет права на страницы оператора: нужна область «ops»."));
            return;
        }

        var token = AccessToken.New(AccessToken.OperatorPrefix);
        await engine.Access.AddOperatorSessionAsync(hash, AccessToken.HashOf(token), now + OpsAccess.Life, context.RequestAborted);
        await engine.Operators.LogOperatorAsync(key.Name, "signed_in", "", "", context.RequestAborted);
        OpsAccess.SetCookie(context, token);
        SeeOther(context, Back(context.Request.Query["to"]));
    }

    private async Task EndAsync(HttpContext context)
    {
        if (OpsAccess.CookieOf(context.Request) is { } cookie)
        {
            await engine.Access.RemoveOperatorSessionAsync(AccessToken.HashOf(cookie), context.RequestAborted);
        }

        OpsAccess.DeleteCookie(context);
        SeeOther(context, OpsAccess.SignInPath);
    }

    private static Task SendFormAsync(HttpContext context, int status, string? trouble)
    {
        var words = new Words(PageLanguage.Of(context.Request));
        var action = $"{OpsAccess.SignInPath}?to={Uri.EscapeDataString(Back(context.Request.Query["to"]))}";
        return OpsPage.SendAsync(context, status, OpsPage.Frame(words, null, words.Say("Sign in", "Вход"), Html.Of($"""
            <section class="panel sign-in">
              <h1>{words.Say("Operators' pages", "Страницы оператора")}</h1>
              <p class="soft">{words.Say("Sign in with an API key that has the scope 'ops'.", "Войдите с ключом API, у которого есть область «ops».")}</p>
              <form method="post" action="{action}">
                <label for="key">{words.Say("API key", "Ключ API")}</label>
                <input id="key" name="key" type="password" autocomplete="off" required autofocus spellcheck="false" class="wide">
                {Html.If(trouble is not null, () => Html.Of($"<p class=\"bad\" role=\"alert\">{trouble}</p>"))}
                <button class="button primary">{words.Say("Sign in", "Войти")}</button>
              </form>
              <p class="soft">{words.Say("A key is made with", "Ключ создаёт команда")} <code>engine key add NAME --scope ops</code></p>
            </section>
            """), "sign-in"));
    }

    /// <summary>Only to pages of operators: an address from outside leads nowhere else.</summary>
    internal static string Back(string? to) =>
        to is { Length: <= 500 } && LocalPath().IsMatch(to) && !to.StartsWith(OpsAccess.SignInPath, StringComparison.OrdinalIgnoreCase) ? to : "/ops";

    private static void SeeOther(HttpContext context, string to)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = to;
    }

    // One slash and then a letter: neither "//host" nor "/\host" leads to another server.
    private static System.Text.RegularExpressions.Regex LocalPath() => new(@"^/[a-z][A-Za-z0-9_\-/.?=&%+]*$", System.Text.RegularExpressions.RegexOptions.NonBacktracking);

    private sealed record Tries(int Count, DateTimeOffset Since);
}
