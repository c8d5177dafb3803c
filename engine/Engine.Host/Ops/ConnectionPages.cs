using System.Globalization;
using Engine.Runs;
using Engine.Sdk;

namespace Engine.Host;

/// <summary>The stored connections and how they fare. Their credentials are shown to nobody.</summary>
internal static class ConnectionPages
{
    private const int PageSize = 50;

    public static async Task<Html?> ListAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var words = request.Words;
        string? Get(string name) => request.Query[name].ToString() is { Length: > 0 and <= 200 } text ? text.Trim() : null;
        var (text, provider, health) = (Get("q"), Get("provider"), Words.Named<ConnectionHealth>(Get("health")));
        var before = long.TryParse(Get("before"), CultureInfo.InvariantCulture, out var number) ? number : (long?)null;
        var counts = await request.Engine.Operators.CountConnectionsAsync(cancellation);
        var found = await request.Engine.Operators.ListConnectionStandingsAsync(health, provider, text, before, PageSize + 1, cancellation);
        var page = found.Take(PageSize).ToList();
        return Html.Of($"""
            <div class="head"><h1>{words.Say("Connections", "Подключения")}</h1>
              <ul class="counts">{counts.OrderBy(pair => pair.Key).Select(pair => Html.Of($"""
                <li><a class="count {Words.Word(pair.Key)}" href="{$"/ops/connections?health={Words.Word(pair.Key)}"}"><b>{pair.Value}</b> {words.Of(pair.Key)}</a></li>
                """))}</ul></div>
            {OpsPages.Done(request)}
            <form class="filters" method="get" action="/ops/connections">
              <label>{words.Say("Search", "Поиск")}<input name="q" value="{text}" placeholder="{words.Say("connection, subject", "подключение, клиент")}"></label>
              <label>{words.Say("Health", "Состояние")}<select name="health">{OpsPages.Choice("", words.Say("any", "любое"), Get("health"))}
                {Enum.GetValues<ConnectionHealth>().Select(one => OpsPages.Choice(Words.Word(one), words.Of(one), Get("health")))}</select></label>
              <label>{words.Say("Provider", "Сервис")}<select name="provider">{OpsPages.Choice("", words.Say("any", "любой"), provider)}
                {request.Engine.Plugins.Catalog.Providers.Select(one => OpsPages.Choice(one.Name, one.Name, provider))}</select></label>
              <button class="button">{words.Say("Show", "Показать")}</button>
            </form>
            {(page.Count == 0 ? Html.Of($"<p class=\"panel soft\">{words.Say("No connection fits.", "Подходящих подключений нет.")}</p>") : Table(request, page))}
            <nav class="pager">{Html.If(found.Count > PageSize, () => Html.Of($"<a class=\"button\" href=\"{Older(text, provider, Get("health"), page[^1].Number)}\">{words.Say("Older", "Более старые")}</a>"))}</nav>
            """);
    }

    public static async Task<IResult> ProbeAsync(string id, HttpContext context, EmbeddedEngine engine)
    {
        if (await OpsAccess.FindOperatorAsync(context) is not { } someone) return Problems.SignInFirst();
        if (id.Length > 64 || await engine.Store.FindConnectionAsync(new ConnectionId(id), context.RequestAborted) is not { } connection)
        {
            return Problems.UnknownConnection(id);
        }

        await engine.Operators.LogOperatorAsync(someone.Name, "probe", connection.Id.Value, "", context.RequestAborted);
        var isLooked = await engine.Care.LookNowAsync(connection.Id, context.RequestAborted);
        return OpsPages.After(context, $"/ops/connections?q={connection.Id}&done={(isLooked ? "probed" : "held")}");
    }

    private static Html Table(OpsRequest request, IEnumerable<ConnectionStanding> connections)
    {
        var words = request.Words;
        return Html.Of($"""
            <table class="list">
              <thead><tr><th>{words.Say("Connection", "Подключение")}</th><th>{words.Say("Flow", "Схема")}</th><th>{words.Say("Account", "Аккаунт")}</th><th>{words.Say("Subject", "Клиент")}</th>
                <th>{words.Say("Health", "Состояние")}</th><th>{words.Say("Last look", "Последняя проверка")}</th><th>{words.Say("Next look", "Следующая")}</th><th></th></tr></thead>
              <tbody>{connections.Select(one => Row(request, one))}</tbody>
            </table>
            """);
    }

    private static Html Row(OpsRequest request, ConnectionStanding standing)
    {
        var (words, connection) = (request.Words, standing.Connection);
        var provider = request.Engine.Plugins.Catalog.FindProvider(connection.Provider);
        var cause = connection.Cause is { } code ? words.Pick(HealthAction.CauseText(code, provider)) : "";
        var needed = HealthAction.Of(connection.Health, connection.Cause) is { } action ? words.Pick(action.Text) : "";
        return Html.Of($"""
            <tr>
              <td class="first"><code title="{connection.Id.Value}">{connection.Id.Value[^Math.Min(8, connection.Id.Value.Length)..]}</code>{Html.If(connection.World is not null, () => Html.Of($" <span class=\"tag quiet\">{words.Say("sandbox", "песочница")}</span>"))}</td>
              <td>{OpsPages.TitleOf(request, connection.Flow)}</td><td>{connection.IdentityLabel ?? connection.IdentityKey ?? "—"}</td><td class="subject">{connection.Subject}</td>
              <td class="health"><span class="tag {Words.Word(connection.Health)}">{words.Of(connection.Health)}</span>
                {Html.If(connection.Cause is not null, () => Html.Of($"<div><code>{connection.Cause}</code> {cause}</div>"))}
                {Html.If(needed.Length > 0, () => Html.Of($"<div class=\"soft\">{needed}</div>"))}
                {Html.If(standing.Suspicion is not null, () => Html.Of($"<div class=\"soft\">{words.Say("told once, not believed yet:", "сообщено один раз, перепроверяется:")} <code>{standing.Suspicion?.Code}</code></div>"))}</td>
              <td>{(standing.LookedAt is { } at ? words.Since(at, request.Now) : "—")}</td>
              <td>{((standing.ProbeDue ?? standing.Due) is not { } due ? "—" : due > request.Now ? words.Since(due, request.Now) : words.Say("now", "сейчас"))}</td>
              <td>{request.Button($"/ops/connections/{connection.Id}/probe", words.Say("Probe now", "Проверить"), "small")}</td>
            </tr>
            """);
    }

    private static string Older(string? text, string? provider, string? health, long before) =>
        "/ops/connections" + QueryString.Create(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["q"] = text, ["provider"] = provider, ["health"] = health, ["before"] = before.ToString(CultureInfo.InvariantCulture),
        }.Where(pair => !string.IsNullOrEmpty(pair.Value)));
}
