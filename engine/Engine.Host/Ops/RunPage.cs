using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>One run: where it stands, what can be done, its flow, and what happened to it. What its person sees or typed is never here.</summary>
internal static class RunPage
{
    public static async Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        if (id.Length > 64 || await request.Engine.Operators.FindStandingAsync(new RunId(id), cancellation) is not { } standing) return null;
        var run = standing.Run;
        var journal = await request.Engine.Store.ReadJournalAsync(run.Id, 0, cancellation);
        var flow = await request.Engine.Flows.FindAsync(run.Flow, run.FlowVersion, cancellation);
        var step = await StepNow.FindAsync(request.Engine, flow, run, cancellation);
        var words = request.Words;
        var entered = journal.Where(entry => entry.Kind == "step_entered" || entry.Kind == "ended").Select(entry => entry.Step).ToHashSet(StringComparer.Ordinal);
        return Html.Of($"""
            <div class="head"><h1>{OpsPages.TitleOf(request, run.Flow)} <code>{run.Id.Short}</code></h1> {RunListPage.Status(words, run)}</div>
            {OpsPages.Done(request)}
            {Trouble(request, flow)}{Html.If(request.Engine.IsOutOfReach(run), () => Html.Of($"<p class=\"note warn\">{RunViewer.OutOfReachText(run)[words.Language]}</p>"))}
            <div class="two">
              <section class="panel">{Facts(request, standing, flow, step)}{Actions(request, run, step)}</section>
              <section class="panel"><h2>{words.Say("What happened", "Что происходило")}</h2>{Timeline.Draw(request, run, flow?.Flow, journal)}</section>
            </div>
            <section class="panel"><h2>{words.Say("The flow", "Схема")}</h2>
              {Drawing(request, run, flow, entered)}
            </section>
            """);
    }

    public static async Task<IResult> ActAsync(string id, string action, HttpContext context, EmbeddedEngine engine)
    {
        if (id.Length > 64 || Words.Named<RunAction>(action) is not { } wanted) return Problems.NotFound();
        if (await OpsAccess.FindOperatorAsync(context) is not { } someone) return Problems.SignInFirst();
        var run = new RunId(id);
        var isDone = await engine.Operators.ActAsync(run, wanted, someone.Name, context.RequestAborted);
        if (isDone) engine.Changes.InboxGrew(run);
        else if (await engine.Operators.FindStandingAsync(run, context.RequestAborted) is null) return Problems.UnknownRun(id);
        return OpsPages.After(context, $"/ops/runs/{run}?done={(isDone ? action : "ended")}");
    }

    // The version of a run that has ended is not kept: the current one is drawn in its place, and the page says so.
    private static Html Drawing(OpsRequest request, StoredRun run, LoadedFlow? flow, IReadOnlySet<string> entered)
    {
        var words = request.Words;
        var (isEnded, step) = (run.Status.IsFinal(), run.Exit?.Step ?? run.Step);
        if (flow is not null) return FlowDrawing.Draw(flow.Flow, words, step, isEnded, entered);
        if (!isEnded) return Html.Of($"<p class=\"bad\">{words.Say("This node cannot load the version that the run goes on with.", "Этот узел не может загрузить версию, с которой идёт запуск.")}</p>");
        var note = words.Say("The version that the run had is not kept any more.", "Версия, с которой шёл запуск, больше не хранится.");
        return request.Engine.Flows.FindCurrent(run.Flow) is not { } current ? Html.Of($"<p class=\"soft\">{note}</p>")
            : Html.Of($"<p class=\"soft\">{note} {words.Say("Drawn is the current one.", "Показана текущая.")}</p>{FlowDrawing.Draw(current.Flow, words, step, isEnded, entered)}");
    }

    private static Html Trouble(OpsRequest request, LoadedFlow? flow) => Html.Join(
        request.Engine.Incidents.Known.Where(incident => flow?.Flow.Providers.ContainsKey(incident.Provider) == true).Select(incident => Html.Of($"""
            <p class="note warn">{request.Words.Say("Provider", "Сервис")} <a href="/ops/providers">{incident.Provider}</a>: {request.Words.Of(incident.Trouble)}</p>
            """)));

    private static Html Facts(OpsRequest request, RunStanding standing, LoadedFlow? flow, StepNow step)
    {
        var (words, run) = (request.Words, standing.Run);
        var isCurrent = request.Engine.Flows.FindCurrent(run.Flow)?.Flow.Version == run.FlowVersion;
        return Html.Of($"""
            <dl class="facts">
              {Fact(words.Say("Run", "Запуск"), Html.Of($"<code>{run.Id.Value}</code>"))}
              {Fact(words.Say("Flow", "Схема"), Html.Of($"<a href=\"/ops/flows/{run.Flow}\">{run.Flow}</a> <code title=\"{run.FlowVersion}\">{Short(run.FlowVersion)}</code> {Html.If(!isCurrent, () => Html.Of($"<span class=\"tag quiet\">{words.Say("older version", "прежняя версия")}</span>"))}"))}
              {Fact(words.Say("Purpose", "Цель"), Html.Of($"{Words.Word(run.Purpose)}"))}
              {Fact(words.Say("Subject", "Клиент"), Html.Of($"{(run.Subject.Length > 0 ? run.Subject : "—")}"))}
              {Fact(words.Say("Where", "Где"), Html.Of($"{(run.World is null ? words.Say("real provider", "настоящий сервис") : words.Say("sandbox", "песочница"))}"))}
              {Html.If(run.Connection is not null, () => Fact(words.Say("Connection", "Подключение"), Html.Of($"<a href=\"{$"/ops/connections?q={run.Connection?.Value}"}\"><code>{run.Connection?.Value}</code></a>")))}
              {Fact(words.Say("Step", "Шаг"), Html.Of($"<code>{run.Step}</code> {StepText(flow, run, words)}"))}
              {Html.If(step.Text(words, request.Now).Length > 0, () => Fact(words.Say("At this step", "На этом шаге"), Html.Of($"{step.Text(words, request.Now)}")))}
              {Html.If(run.Exit is not null, () => Fact(words.Say("Ended with", "Завершён с кодом"), Html.Of($"<code>{run.Exit?.Code}</code> {CodeText(flow?.Flow, run.Exit?.Code, words)}")))}
              {Fact(words.Say("Begun", "Начат"), Html.Of($"{Words.Time(run.CreatedAt)} <span class=\"soft\">{words.Since(run.CreatedAt, request.Now)}</span>"))}
              {Fact(words.Say("Last change", "Изменён"), Html.Of($"{Words.Time(run.UpdatedAt)} <span class=\"soft\">{words.Since(run.UpdatedAt, request.Now)}</span>"))}
              {Html.If(!run.Status.IsFinal(), () => Html.Of($"""
                {Html.If(step.Deadline is not null, () => Fact(words.Say("Ends at the latest", "Закончится не позже"), Html.Of($"{words.Since(step.Deadline ?? request.Now, request.Now)}")))}
                {Fact(words.Say("Next look", "Следующая проверка"), RunListPage.Next(request, standing))}
                {Fact(words.Say("Held by", "У узла"), Html.Of($"{standing.Holder ?? "—"} <span class=\"soft\">{words.Say("fence", "метка")} {standing.Fence}</span>"))}
                {Html.If(run.Crashes > 0, () => Fact(words.Say("Could not be advanced", "Не удалось продвинуть"), Html.Of($"<span class=\"bad\">{words.Say($"{run.Crashes} times in a row", $"раз подряд: {run.Crashes}")}</span>")))}
                {Html.If(standing.Unseen > 0, () => Fact(words.Say("Not told yet", "Ещё не передано"), Html.Of($"{standing.Unseen}")))}
                """))}
            </dl>
            """);
    }

    private static Html Actions(OpsRequest request, StoredRun run, StepNow step)
    {
        if (run.Status.IsFinal()) return Html.Empty;
        var words = request.Words;
        var path = $"/ops/runs/{run.Id}";
        return Html.Of($"""
            <div class="actions">
              {request.Button($"{path}/wake", words.Say("Wake now", "Разбудить"))}
              {(step.MayAskAgain
                ? request.Button($"{path}/ask_again", words.Say("Ask again now", "Спросить сейчас"))
                : Html.Of($"<button class=\"button\" disabled>{words.Say("Ask again now", "Спросить сейчас")}</button>"))}
              <details class="ask"><summary class="button danger">{words.Say("Cancel…", "Отменить…")}</summary>
                <p>{words.Say("The run ends, and what it began at the provider is undone where that is possible.", "Запуск завершится, начатое у сервиса будет отменено, где это возможно.")}</p>
                {request.Button($"{path}/cancel", words.Say("Cancel the run", "Отменить запуск"), "danger")}</details>
            </div>
            <p class="soft small">{words.Say(
                "“Wake” makes the run due now and changes nothing it waits for. “Ask again” ends the pause before the next call, where that repeats nothing: a poll's next round, or a further attempt of a call that surely did not happen.",
                "«Разбудить» ставит запуск на обработку и не меняет того, чего он ждёт. «Спросить сейчас» прерывает паузу перед следующим вызовом, если он ничего не повторит: очередной опрос или новая попытка вызова, который точно не состоялся.")}
              {step.WhyNot(words)}</p>
            """);
    }

    private static Html Fact(string name, Html value) => Html.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");

    /// <summary>A version's first characters: enough to tell it from others on a page.</summary>
    public static string Short(string version) => version.Length > 10 ? version[..10] : version;

    private static string StepText(LoadedFlow? flow, StoredRun run, Words words) =>
        flow?.Flow.Steps.FirstOrDefault(step => step.Name == run.Step) is { } step ? $"{StepWords.Verb(step)}: {StepWords.Of(flow.Flow, step, words)}" : "";

    /// <summary>A code in words, as its person reads it: the flow's own, the operation's, or the engine's; empty where none is known.</summary>
    public static string CodeText(CompiledFlow? flow, string? code, Words words) => code is null or EngineTexts.Succeeded ? ""
        : flow is null ? words.Pick(EngineTexts.TextOf(code)) : words.Pick(EngineTexts.TextOf(flow, code));
}
