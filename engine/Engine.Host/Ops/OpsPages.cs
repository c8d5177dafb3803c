using System.Collections.Immutable;

namespace Engine.Host;

/// <summary>The operators' pages, in every mode of the engine. <see cref="OpsGate"/> stands before all of them.</summary>
internal static class OpsPages
{
    public static void MapOps(this WebApplication app, EmbeddedEngine engine)
    {
        var ops = app.MapGroup("/ops").ExcludeFromDescription();
        var time = app.Services.GetRequiredService<TimeProvider>();
        new SignIn(engine, time).Map(ops);
        LanguageChoice.Map(ops);

        Page("", "/ops", RunListPage.ShowAsync, "Runs", "Запуски", isLive: true);
        Page("/runs/{id}", "/ops", RunPage.ShowAsync, "Run", "Запуск", isLive: true);
        Page("/flows", "/ops/flows", FlowPages.ListAsync, "Flows", "Схемы");
        Page("/flows/{id}", "/ops/flows", FlowPages.ShowAsync, "Flow", "Схема");
        Page("/connections", "/ops/connections", ConnectionPages.ListAsync, "Connections", "Подключения", isLive: true);
        Page("/providers", "/ops/providers", ProviderPage.ShowAsync, "Providers", "Сервисы");
        Page("/nodes", "/ops/nodes", NodePage.ShowAsync, "Nodes", "Узлы", isLive: true);
        Page("/log", "/ops/log", LogPage.ShowAsync, "Log", "Журнал");

        ops.MapPost("/runs/{id}/{action}", (string id, string action, HttpContext context) => RunPage.ActAsync(id, action, context, engine));
        ops.MapPost("/connections/{id}/probe", (string id, HttpContext context) => ConnectionPages.ProbeAsync(id, context, engine));
        ops.MapPost("/providers/{id}", (string id, HttpContext context) => ProviderPage.SetAsync(id, context, engine));

        void Page(string path, string place, Func<OpsRequest, string, CancellationToken, Task<Html?>> show, string english, string russian, bool isLive = false) =>
            ops.MapGet(path, async context =>
            {
                if (await OpsAccess.FindOperatorAsync(context) is not { } someone) throw new System.Diagnostics.UnreachableException("past the gate without an operator");
                var words = new Words(PageLanguage.Of(context.Request));
                var request = new OpsRequest(
                    engine, someone, words, time.GetUtcNow(), context.Request.Path + context.Request.QueryString, context.Request.Query);
                var id = context.Request.RouteValues["id"] as string ?? "";
                var body = await show(request, id, context.RequestAborted);
                var title = words.Say(english, russian);
                await OpsPage.SendAsync(
                    context, body is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK,
                    OpsPage.Frame(words, request, id.Length > 0 ? $"{title} {id}" : title, body ?? NotFound(words), place, isLive && body is not null));
            });
    }

    /// <summary>Leads the browser on after something was done, so that reloading does not do it again.</summary>
    public static IResult After(HttpContext context, string to)
    {
        context.Response.Headers.Location = to;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>A title in the page's language; the name where the flow is not offered any more.</summary>
    public static string TitleOf(OpsRequest request, string flow) =>
        request.Engine.Flows.FindCurrent(flow)?.Flow.Title.In(request.Words.Language) is { Length: > 0 } title ? title : flow;

    public static ImmutableArray<string> FlowsOf(OpsRequest request, string provider) =>
        [.. request.Engine.Flows.Offered.Where(flow => flow.Providers.ContainsKey(provider)).Select(flow => flow.Name)];

    /// <summary>A choice of a filter.</summary>
    public static Html Choice(string value, string label, string? chosen) => Html.Of($"""
        <option value="{value}" {(value == chosen ? Html.Of($"selected") : null)}>{label}</option>
        """);

    /// <summary>What was just done, said once.</summary>
    public static Html Done(OpsRequest request) => request.Query["done"].ToString() switch
    {
        "wake" => Note(request.Words.Say("The run is due now.", "Запуск поставлен на ближайшую обработку.")),
        "ask_again" => Note(request.Words.Say("The pause ends now, where there is one that may end.", "Пауза прервана, если она есть и её можно прервать.")),
        "cancel" => Note(request.Words.Say("Cancelling: what was begun at the provider is undone first.", "Отменяем: сначала отменяется начатое у сервиса.")),
        "ended" => Note(request.Words.Say("The run has ended; nothing was done.", "Запуск уже завершён; ничего не сделано.")),
        "probed" => Note(request.Words.Say("Looked at just now.", "Только что проверено.")),
        "held" => Note(request.Words.Say("It is being looked at just now, by another node or browser.", "Его прямо сейчас проверяет другой узел или браузер.")),
        "saved" => Note(request.Words.Say("Saved. Every node knows within a few seconds.", "Сохранено. Все узлы узнают об этом за несколько секунд.")),
        _ => Html.Empty,
    };

    private static Html Note(string text) => Html.Of($"""<p class="note" role="status">{text}</p>""");

    private static Html NotFound(Words words) => Html.Of($"""
        <section class="panel"><h1>{words.Say("Nothing is here", "Здесь ничего нет")}</h1>
        <p class="soft">{words.Say("It was never here, or is gone.", "Этого не было или уже нет.")}</p></section>
        """);
}
