using System.Collections.Immutable;
using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>The providers: what is loaded and what is wrong with it, and the switch for incidents.</summary>
internal static class ProviderPage
{
    private const int TextLimit = 300;

    public static async Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var words = request.Words;
        var incidents = (await request.Engine.Operators.ListIncidentsAsync(cancellation)).ToDictionary(incident => incident.Provider, StringComparer.Ordinal);
        var providers = request.Engine.Plugins.Catalog.Providers;
        var gone = incidents.Keys.Except(providers.Select(provider => provider.Name), StringComparer.Ordinal);
        return Html.Of($"""
            <div class="head"><h1>{words.Say("Providers", "Сервисы")}</h1></div>
            {OpsPages.Done(request)}
            <p class="soft">{words.Say(
                "Degraded: people are warned on the page and in the terminal, and everything goes on. Down: no run is begun; open runs wait without calling the provider, within their own time limits. Calls that undo, or that find out what happened, are still made.",
                "С перебоями: люди видят предупреждение, всё продолжается. Не работает: новые запуски не начинаются; открытые ждут, не обращаясь к сервису, в пределах своих сроков. Вызовы, которые отменяют начатое или выясняют исход, выполняются.")}</p>
            {request.Engine.Plugins.Problems.Select(problem => Html.Of($"<p class=\"note warn\"><code>{problem.Folder}</code> {Display.Harmless(problem.Message)}</p>"))}
            <div class="cards">
              {providers.Select(provider => Card(request, provider.Name, provider, incidents.GetValueOrDefault(provider.Name)))}
              {gone.Select(name => Card(request, name, null, incidents[name]))}
            </div>
            """);
    }

    public static async Task<IResult> SetAsync(string provider, HttpContext context, EmbeddedEngine engine)
    {
        if (await OpsAccess.FindOperatorAsync(context) is not { } someone) return Problems.SignInFirst();
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var state = form["state"].ToString();
        var trouble = Words.Named<ProviderTrouble>(state);
        if (trouble is null && state != "normal") return Problems.MalformedRequest("'state' must be normal, degraded or down");
        var isKnown = engine.Plugins.Catalog.FindProvider(provider) is not null || engine.Incidents.Known.Any(incident => incident.Provider == provider);
        if (!isKnown) return Problems.NotFound();
        var text = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var language in (string[])["en", "ru"])
        {
            var given = form[$"text_{language}"].ToString().Trim();
            if (given.Length > TextLimit) return Problems.TooLong($"'text_{language}'", TextLimit, "characters");
            if (given.Length > 0) text[language] = given;
        }

        await engine.Incidents.SetAsync(provider, trouble, text.ToImmutable(), someone.Name, context.RequestAborted);
        return OpsPages.After(context, "/ops/providers?done=saved");
    }

    private static Html Card(OpsRequest request, string name, Provider? provider, Incident? incident)
    {
        var words = request.Words;
        return Html.Of($"""
            <section class="panel card {(incident is null ? "" : Words.Word(incident.Trouble))}">
              <h2>{name} <span class="tag {(incident is null ? "succeeded" : incident.Trouble == ProviderTrouble.Down ? "failed" : "waiting_provider")}">{words.Of(incident?.Trouble)}</span></h2>
              {(provider is null
                ? Html.Of($"<p class=\"bad\">{words.Say("No plugin of this name is loaded.", "Плагин с таким именем не загружен.")}</p>")
                : Html.Of($"<p class=\"soft small\">{words.Say("Build", "Сборка")} <code title=\"{provider.Build}\">{RunPage.Short(provider.Build)}</code> · {words.Say("operations", "операций")}: {provider.Operations.Length} · {words.Say("flows", "схем")}: <a href=\"{$"/ops?provider={Uri.EscapeDataString(name)}"}\">{OpsPages.FlowsOf(request, name).Length}</a></p>"))}
              {Html.If(incident is not null, () => Html.Of($"<p class=\"soft small\">{words.Say("since", "с")} {Words.Time(incident?.Since ?? request.Now)}, {incident?.Who}</p>"))}
              <form method="post" action="/ops/providers/{name}" class="switch">{request.Token}
                <fieldset><legend class="hidden">{words.Say("State", "Состояние")}</legend>
                  {Radio(name, "normal", words.Of((ProviderTrouble?)null), incident is null)}
                  {Radio(name, "degraded", words.Of(ProviderTrouble.Degraded), incident?.Trouble == ProviderTrouble.Degraded)}
                  {Radio(name, "down", words.Of(ProviderTrouble.Down), incident?.Trouble == ProviderTrouble.Down)}
                </fieldset>
                <details {(incident is null ? null : Html.Of($"open"))}><summary>{words.Say("What people read", "Что читают люди")}</summary>
                  <label>English<textarea name="text_en" rows="2" maxlength="{TextLimit}" placeholder="{EngineTexts.TextOf(incident?.Trouble ?? ProviderTrouble.Degraded)["en"]}">{incident?.Text.GetValueOrDefault("en")}</textarea></label>
                  <label>Русский<textarea name="text_ru" rows="2" maxlength="{TextLimit}" placeholder="{EngineTexts.TextOf(incident?.Trouble ?? ProviderTrouble.Degraded)["ru"]}">{incident?.Text.GetValueOrDefault("ru")}</textarea></label>
                </details>
                <button class="button">{words.Say("Save", "Сохранить")}</button>
              </form>
            </section>
            """);
    }

    private static Html Radio(string provider, string value, string label, bool isChosen) => Html.Of($"""
        <label class="radio"><input type="radio" name="state" value="{value}" {(isChosen ? Html.Of($"checked") : null)} aria-label="{provider}: {label}">{label}</label>
        """);
}
