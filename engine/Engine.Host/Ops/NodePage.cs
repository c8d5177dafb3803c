namespace Engine.Host;

/// <summary>The processes that work on this store.</summary>
internal static class NodePage
{
    public static Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var words = request.Words;
        return Task.FromResult<Html?>(Html.Of($"""
            <div class="head"><h1>{words.Say("Nodes", "Узлы")}</h1></div>
            <section class="panel"><p>{words.Say("This page was made by", "Эту страницу создал узел")} <code>{request.Engine.Node}</code></p></section>
            """));
    }
}

/// <summary>What operators did.</summary>
internal static class LogPage
{
    private const int Most = 200;

    public static async Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var words = request.Words;
        var entries = await request.Engine.Operators.ListOperatorLogAsync(Most, cancellation);
        return Html.Of($"""
            <div class="head"><h1>{words.Say("What operators did", "Действия операторов")}</h1></div>
            <table class="list"><thead><tr><th>{words.Say("When", "Когда")}</th><th>{words.Say("Who", "Кто")}</th><th>{words.Say("What", "Что")}</th><th>{words.Say("To what", "С чем")}</th><th></th></tr></thead>
              <tbody>{entries.Select(entry => Html.Of($"""
                <tr><td class="first">{Words.Time(entry.At)}</td><td>{entry.Who}</td><td>{Timeline.ActionName(words, entry.Action)}</td>
                  <td>{(entry.Object.StartsWith("run_", StringComparison.Ordinal) ? Html.Of($"<a href=\"/ops/runs/{entry.Object}\"><code>{entry.Object}</code></a>") : Html.Of($"<code>{entry.Object}</code>"))}</td><td class="soft">{entry.Detail}</td></tr>
                """))}</tbody></table>
            """);
    }
}
