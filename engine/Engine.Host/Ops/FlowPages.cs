using Engine.Runs;

namespace Engine.Host;

/// <summary>The flows: what new runs get, what open runs still go on with, and what is wrong with the files.</summary>
internal static class FlowPages
{
    public static async Task<Html?> ListAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var (words, flows) = (request.Words, request.Engine.Flows);
        var pinned = (await request.Engine.Operators.CountPinnedAsync(cancellation)).ToLookup(count => count.Flow, StringComparer.Ordinal);
        var names = flows.Offered.Select(flow => flow.Name).Concat(pinned.Select(group => group.Key)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return Html.Of($"""
            <div class="head"><h1>{words.Say("Flows", "Схемы")}</h1></div>
            {Findings(request)}
            <table class="list">
              <thead><tr><th>{words.Say("Flow", "Схема")}</th><th>{words.Say("Title", "Название")}</th><th>{words.Say("Providers", "Сервисы")}</th>
                <th>{words.Say("Version of new runs", "Версия новых запусков")}</th><th>{words.Say("Open runs by version", "Открытые запуски по версиям")}</th></tr></thead>
              <tbody>{names.Select(name => Row(request, name, pinned[name]))}</tbody>
            </table>
            """);
    }

    public static async Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        if (request.Engine.Flows.FindCurrent(id)?.Flow is not { } flow) return null;
        var words = request.Words;
        var pinned = (await request.Engine.Operators.CountPinnedAsync(cancellation)).Where(count => count.Flow == flow.Name);
        return Html.Of($"""
            <div class="head"><h1>{flow.Title.In(words.Language)} <code>{flow.Name}</code></h1></div>
            <section class="panel"><dl class="facts">
              <div><dt>{words.Say("Version", "Версия")}</dt><dd><code>{flow.Version}</code></dd></div>
              <div><dt>{words.Say("Open runs by version", "Открытые запуски по версиям")}</dt><dd>{Pinned(words, flow.Version, pinned)}</dd></div>
              <div><dt>{words.Say("Time at the most", "Не дольше")}</dt><dd>{words.Span(flow.Limits.Total)}</dd></div>
              <div><dt>{words.Say("May fail with", "Коды ошибок")}</dt><dd>{flow.Fails.Select(end => Html.Of($"<code>{end.Code}</code> "))}</dd></div>
            </dl><p><a class="button" href="{$"/ops?flow={Uri.EscapeDataString(flow.Name)}"}">{words.Say("Its runs", "Её запуски")}</a></p></section>
            <section class="panel whole">{FlowDrawing.Draw(flow, words)}</section>
            """);
    }

    private static Html Row(OpsRequest request, string name, IEnumerable<PinnedCount> pinned)
    {
        var flow = request.Engine.Flows.FindCurrent(name)?.Flow;
        var words = request.Words;
        return Html.Of($"""
            <tr><td class="first">{(flow is null ? Html.Of($"<code>{name}</code>") : Html.Of($"<a href=\"/ops/flows/{name}\"><code>{name}</code></a>"))}</td>
              <td>{flow?.Title.In(words.Language)}</td>
              <td>{string.Join(", ", flow?.Providers.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())}</td>
              <td>{(flow is null ? Html.Of($"<span class=\"bad\">{words.Say("not offered any more", "больше не предлагается")}</span>") : Html.Of($"<code title=\"{flow.Version}\">{RunPage.Short(flow.Version)}</code>"))}</td>
              <td>{Pinned(words, flow?.Version, pinned)}</td></tr>
            """);
    }

    private static Html Pinned(Words words, string? current, IEnumerable<PinnedCount> pinned) =>
        Html.Join(pinned.Select(count => Html.Of($"""
            <span class="pin"><code title="{count.Version}">{RunPage.Short(count.Version)}</code> {(count.Version == current ? words.Say("current", "текущая") : words.Say("older", "прежняя"))}: <b>{count.OpenRuns}</b></span>
            """))) is var all && all.ToString().Length > 0 ? all : Html.Of($"<span class=\"soft\">—</span>");

    private static Html Findings(OpsRequest request)
    {
        var (words, findings) = (request.Words, request.Engine.Flows.Findings);
        return Html.If(findings.Count > 0, () => Html.Of($"""
            <section class="panel"><h2>{words.Say("Findings", "Замечания к файлам")}</h2>
              <p class="soft">{words.Say("A file with an error is not taken over: its last good version goes on being offered.", "Файл с ошибкой не принимается: предлагается его последняя исправная версия.")}</p>
              <ul class="findings">{findings.Select(found => Html.Of($"""
                <li><code>{Display.Harmless(found.File)}({found.Finding.Place.Line},{found.Finding.Place.Column})</code>
                  <span class="tag {(found.Finding.Severity == Flows.Severity.Error ? "failed" : "waiting_provider")}">{found.Finding.Code}</span> {Display.Harmless(found.Finding.Message)}</li>
                """))}</ul></section>
            """));
    }
}
