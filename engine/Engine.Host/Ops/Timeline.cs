using Engine.Flows;
using Engine.Runs;

namespace Engine.Host;

/// <summary>
/// A run's journal for people: a call and its outcome are one line with how long it took, prompts that replace each other are counted. The
/// journal holds no secret and nothing that a person typed; free text of a failed expression is left out all the same.
/// </summary>
internal static class Timeline
{
    public static Html Draw(OpsRequest request, StoredRun run, CompiledFlow? flow, IReadOnlyList<JournalEntry> journal)
    {
        var lines = LinesOf(request.Words, flow, journal);
        return Html.Of($"""
            <ol class="timeline">{lines.Select(line => Html.Of($"""
              <li class="{line.Kind}"><span class="when">{Words.Time(line.At)}</span><code class="where">{line.Step}</code>
                <span class="said">{line.Text}{Html.If(line.Count > 1, () => Html.Of($" <b>×{line.Count}</b>"))}{Html.If(line.Code is not null, () => Html.Of($" <code class=\"bad\">{line.Code}</code> <span class=\"soft\">{line.CodeText}</span>"))}
                {Html.If(line.Took is not null, () => Html.Of($"<span class=\"took\">{request.Words.Span(line.Took ?? TimeSpan.Zero)}</span>"))}</span></li>
              """))}</ol>
            {Html.If(!run.Status.IsFinal() && lines.Count == 0, () => Html.Of($"<p class=\"soft\">{request.Words.Say("Nothing yet.", "Пока ничего.")}</p>"))}
            """);
    }

    internal static List<Line> LinesOf(Words words, CompiledFlow? flow, IReadOnlyList<JournalEntry> journal)
    {
        List<Line> lines = [];
        var sent = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in journal)
        {
            if (entry.Kind is "call_answered" or "call_failed" && entry.Detail.TryGetValue("effect", out var effect) && sent.Remove(effect, out var at))
            {
                var before = lines[at];
                lines[at] = before with { Took = entry.At - before.At, Kind = entry.Kind == "call_failed" ? "failed" : "call" };
                if (entry.Kind == "call_failed") lines[at] = WithCode(lines[at], words, flow, entry);
                continue;
            }

            var line = LineOf(words, flow, entry);
            if (entry.Kind == "prompted" && lines.Count > 0 && lines[^1] is { Kind: "prompt" } last && last.Step == line.Step)
            {
                lines[^1] = last with { Count = last.Count + 1 };
                continue;
            }

            if (entry.Kind is "call_sent" or "confirm_sent" && entry.Detail.TryGetValue("effect", out var begun)) sent[begun] = lines.Count;
            lines.Add(entry.Detail.ContainsKey("code") ? WithCode(line, words, flow, entry) : line);
        }

        return lines;
    }

    private static Line WithCode(Line line, Words words, CompiledFlow? flow, JournalEntry entry)
    {
        var code = entry.Detail.GetValueOrDefault("code", "");
        var isIncident = entry.Detail.GetValueOrDefault("provider_code") == IncidentSwitch.ProviderCode;
        if (isIncident) return line with { Code = code, CodeText = words.Say("not called: an operator says the provider is down", "не вызван: оператор отметил сервис как неработающий") };
        var own = entry.Detail.TryGetValue("provider_code", out var provider) ? $" ({provider})" : "";
        return code is EngineTexts.Succeeded ? line : line with { Code = code, CodeText = RunPage.CodeText(flow, code, words) + own };
    }

    private static Line LineOf(Words words, CompiledFlow? flow, JournalEntry entry)
    {
        string Detail(string name) => entry.Detail.GetValueOrDefault(name, "");
        var step = flow?.Steps.FirstOrDefault(one => one.Name == entry.Step);
        var (kind, text) = entry.Kind switch
        {
            "started" => ("mark", words.Say($"begun: {Detail("purpose")}", $"начат: {Detail("purpose")}")),
            "step_entered" => ("step", words.Say("enters the step", "входит в шаг") + (step is null || flow is null ? "" : $": {StepWords.Verb(step)} {StepWords.Of(flow, step, words)}")),
            "call_sent" => ("call", words.Say($"calls {Detail("operation")}", $"вызывает {Detail("operation")}") + Attempt()),
            "confirm_sent" => ("call", words.Say($"asks {Detail("operation")} whether it happened", $"спрашивает {Detail("operation")}, состоялось ли")),
            "call_answered" => ("call", words.Say($"answer of {Detail("operation")}", $"ответ {Detail("operation")}")),
            "call_failed" => ("failed", words.Say($"{Detail("operation")} failed", $"ошибка {Detail("operation")}")),
            "call_repeated" => ("call", words.Say($"calls {Detail("operation")} again, after a crash", $"повторяет {Detail("operation")} после сбоя узла")),
            "call_lost" => ("failed", words.Say($"the outcome of {Detail("operation")} was lost with its node; it is not repeated", $"исход {Detail("operation")} потерян вместе с узлом; вызов не повторяется")),
            "in_doubt" => ("failed", words.Say("remains in doubt: nothing could find out whether it happened", "исход остался неизвестен")),
            "poll_ended" => ("call", words.Say($"the poll has ended after {Detail("rounds")} calls", $"опрос завершён, вызовов: {Detail("rounds")}")),
            "round_failed" => ("failed", words.Say("a round of the poll failed; it goes on", "очередной опрос не удался; продолжает")),
            "timed_out" => ("failed", words.Say("the step's time is over", "время шага вышло") + (Detail("rounds").Length > 0 ? words.Say($", after {Detail("rounds")} calls", $", вызовов: {Detail("rounds")}") : "")),
            "prompted" => ("prompt", words.Say("shows the person", "показывает человеку") + (StepWords.PromptKind(step, words) is { Length: > 0 } shown ? $": {shown}" : "")),
            "replied" => ("person", words.Say($"the person answers ({Detail("action")})", $"человек отвечает ({Detail("action")})")),
            "refused" => ("failed", words.Say("the answer was refused", "ответ не принят")),
            "action_taken" => ("person", words.Say($"the person chooses «{Detail("action")}»", $"человек выбирает «{Detail("action")}»")),
            "cancel_requested" => ("mark", words.Say("cancelling", "отмена")),
            "returned" => ("person", words.Say("the person is back from the provider's page", "человек вернулся со страницы сервиса")),
            "return_failed" => ("failed", words.Say("came back from the provider's page without success", "возврат со страницы сервиса без успеха")),
            "signalled" => ("call", words.Say($"the provider calls «{Detail("hook")}»", $"сервис вызывает «{Detail("hook")}»")),
            "signal_taken" => ("call", words.Say($"takes the call of «{Detail("hook")}»", $"принимает вызов «{Detail("hook")}»")),
            "restarted" => ("mark", words.Say("begins anew", "начинает заново")),
            "undone" => ("call", words.Say($"took back «{Detail("of")}» with {Detail("operation")}", $"отменил «{Detail("of")}» вызовом {Detail("operation")}")),
            "undo_failed" => ("failed", words.Say($"could not take back «{Detail("of")}»", $"не удалось отменить «{Detail("of")}»")),
            "undo_in_doubt" => ("failed", words.Say($"it is not known whether «{Detail("of")}» was taken back", $"неизвестно, отменён ли «{Detail("of")}»")),
            "connected" => ("good", words.Say($"stored connection {Detail("connection")}", $"сохранено подключение {Detail("connection")}")),
            "connection_broken" => ("failed", words.Say($"connection {Detail("connection")} needs another sign-in", $"подключению {Detail("connection")} нужен новый вход")),
            "expression_failed" => ("failed", words.Say("an expression of the flow failed", "ошибка в выражении схемы")),
            "loop_stopped" => ("failed", words.Say("went round without end, and was stopped", "зациклился и был остановлен")),
            "ignored" => ("mark", words.Say($"heard, and changed nothing: {Detail("what")}", $"услышано, ничего не изменило: {Detail("what")}")),
            "set_back" => ("failed", words.Say($"could not be advanced, {Detail("crashes")} times in a row; it is tried again", $"не удалось продвинуть, раз подряд: {Detail("crashes")}; попытка повторится")),
            "hurried" => ("mark", words.Say("the pause was ended", "пауза прервана")),
            "operator" => ("operator", words.Say($"operator {Detail("by")}: {ActionName(words, Detail("action"))}", $"оператор {Detail("by")}: {ActionName(words, Detail("action"))}")),
            "ended" => (Detail("status") == "succeeded" ? "good" : "mark", words.Say($"ended: {Detail("status")}", $"завершён: {Detail("status")}")),
            _ => ("mark", entry.Kind),
        };
        return new Line(entry.At, entry.Step, kind, text);

        string Attempt() => Detail("attempt") is { Length: > 0 } and not "1" and var attempt ? words.Say($", attempt {attempt}", $", попытка {attempt}") : "";
    }

    /// <summary>What an operator did, in words.</summary>
    public static string ActionName(Words words, string action) => action switch
    {
        "wake" => words.Say("wake now", "разбудить"),
        "ask_again" => words.Say("ask again now", "спросить сейчас"),
        "cancel" => words.Say("cancel", "отменить"),
        "probe" => words.Say("probe now", "проверить сейчас"),
        "normal" => words.Say("says the provider works", "отметил: сервис работает"),
        "degraded" => words.Say("says the provider is degraded", "отметил: сервис с перебоями"),
        "down" => words.Say("says the provider is down", "отметил: сервис не работает"),
        "signed_in" => words.Say("signed in", "вошёл"),
        _ => action,
    };

    /// <param name="Kind">How it is coloured.</param>
    internal sealed record Line(DateTimeOffset At, string Step, string Kind, string Text)
    {
        /// <summary>How long a call took; null where it is not known, or none was made.</summary>
        public TimeSpan? Took { get; init; }

        public int Count { get; init; } = 1;

        public string? Code { get; init; }

        public string CodeText { get; init; } = "";
    }
}
