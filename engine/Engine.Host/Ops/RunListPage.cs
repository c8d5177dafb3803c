using System.Globalization;
using Engine.Runs;

namespace Engine.Host;

/// <summary>The runs, newest first, with filters.</summary>
internal static class RunListPage
{
    /// <summary>A run that should have been looked at this long ago is late: its node is overloaded or gone.</summary>
    public static readonly TimeSpan Lateness = TimeSpan.FromSeconds(10);

    private const int PageSize = 50;

    public static async Task<Html?> ShowAsync(OpsRequest request, string id, CancellationToken cancellation)
    {
        var words = request.Words;
        var filter = Filter.Of(request);
        var late = request.Now - Lateness;
        var counts = await request.Engine.Operators.CountRunsAsync(late, cancellation);
        var found = filter.IsEmpty ? [] : await request.Engine.Operators.ListStandingsAsync(filter.Query(late), cancellation);
        var page = found.Take(PageSize).ToList();
        return Html.Of($"""
            <div class="head"><h1>{words.Say("Runs", "Запуски")}</h1>{Counts(words, counts, filter)}</div>
            {Form(request, filter)}
            {(page.Count == 0 ? Html.Of($"<p class=\"panel soft\">{words.Say("No run fits.", "Подходящих запусков нет.")}</p>") : Table(request, page))}
            <nav class="pager" aria-label="{words.Say("Pages", "Страницы")}">
              {Html.If(filter.Before is not null, () => Html.Of($"<a class=\"button\" href=\"{filter.Address(null)}\">{words.Say("Newest", "Самые новые")}</a>"))}
              {Html.If(found.Count > PageSize, () => Html.Of($"<a class=\"button\" href=\"{filter.Address(page[^1].Place)}\">{words.Say("Older", "Более старые")}</a>"))}
            </nav>
            """);
    }

    /// <summary>A run's status as a coloured word.</summary>
    public static Html Status(Words words, StoredRun run) => Html.Of($"""
        <span class="tag {Words.Word(run.Status)}">{words.Of(run.Status)}</span>{Html.If(run.IsSetBack, () => Html.Of($" <span class=\"tag failed\">{words.Say("set back", "не продвигается")}</span>"))}
        """);

    private static Html Counts(Words words, RunCounts counts, Filter filter) => Html.Of($"""
        <ul class="counts">
          {Enum.GetValues<RunStatus>().Select(status => Html.Of($"""
            <li><a class="count {Words.Word(status)}" href="{filter.WithStatus(status)}"><b>{counts.ByStatus.GetValueOrDefault(status)}</b> {words.Of(status)}</a></li>
            """))}
          <li><a class="count {(counts.Late > 0 ? "late" : "")}" href="/ops?late=1"><b>{counts.Late}</b> {words.Say("late", "опаздывают")}</a></li>
        </ul>
        """);

    private static Html Form(OpsRequest request, Filter filter)
    {
        var (words, engine) = (request.Words, request.Engine);
        return Html.Of($"""
            <form class="filters" method="get" action="/ops">
              <label>{words.Say("Search", "Поиск")}<input name="q" value="{filter.Text}" placeholder="{words.Say("run, support code, connection, subject", "запуск, код обращения, подключение, клиент")}"></label>
              <label>{words.Say("Status", "Состояние")}<select name="status">
                {OpsPages.Choice("", words.Say("any", "любое"), filter.Status)}
                {OpsPages.Choice("open", words.Say("open", "незавершённые"), filter.Status)}
                {Enum.GetValues<RunStatus>().Select(status => OpsPages.Choice(Words.Word(status), words.Of(status), filter.Status))}
              </select></label>
              <label>{words.Say("Flow", "Схема")}<select name="flow">
                {OpsPages.Choice("", words.Say("any", "любая"), filter.Flow)}
                {engine.Flows.Offered.Select(flow => OpsPages.Choice(flow.Name, flow.Title.In(words.Language), filter.Flow))}
              </select></label>
              <label>{words.Say("Provider", "Сервис")}<select name="provider">
                {OpsPages.Choice("", words.Say("any", "любой"), filter.Provider)}
                {engine.Plugins.Catalog.Providers.Select(provider => OpsPages.Choice(provider.Name, provider.Name, filter.Provider))}
              </select></label>
              <label>{words.Say("Where", "Где")}<select name="world">
                {OpsPages.Choice("", words.Say("anywhere", "везде"), filter.World)}
                {OpsPages.Choice("real", words.Say("real providers", "настоящие сервисы"), filter.World)}
                {OpsPages.Choice("sandbox", words.Say("sandbox", "песочница"), filter.World)}
              </select></label>
              <label class="check"><input type="checkbox" name="late" value="1" {(filter.IsLate ? Html.Of($"checked") : null)}>{words.Say("late or stuck", "опаздывают")}</label>
              <button class="button">{words.Say("Show", "Показать")}</button>
              {Html.If(filter.HasAny, () => Html.Of($"<a class=\"button plain\" href=\"/ops\">{words.Say("Clear", "Сбросить")}</a>"))}
            </form>
            """);
    }

    private static Html Table(OpsRequest request, IEnumerable<RunStanding> runs)
    {
        var words = request.Words;
        return Html.Of($"""
            <table class="list">
              <thead><tr><th>{words.Say("Run", "Запуск")}</th><th>{words.Say("Flow", "Схема")}</th><th>{words.Say("Status", "Состояние")}</th>
                <th>{words.Say("Step", "Шаг")}</th><th>{words.Say("Subject", "Клиент")}</th><th>{words.Say("Begun", "Начат")}</th><th>{words.Say("Next look", "Следующая проверка")}</th></tr></thead>
              <tbody>{runs.Select(run => Row(request, run))}</tbody>
            </table>
            """);
    }

    private static Html Row(OpsRequest request, RunStanding standing)
    {
        var (words, run) = (request.Words, standing.Run);
        return Html.Of($"""
            <tr>
              <td class="first"><a href="/ops/runs/{run.Id.Value}"><code>{run.Id.Short}</code></a></td>
              <td>{OpsPages.TitleOf(request, run.Flow)}{Html.If(run.World is not null, () => Html.Of($" <span class=\"tag quiet\">{words.Say("sandbox", "песочница")}</span>"))}</td>
              <td>{Status(words, run)}{Html.If(run.Exit is not null && run.Status is RunStatus.Failed, () => Html.Of($" <code>{run.Exit?.Code}</code>"))}</td>
              <td><code>{run.Step}</code></td>
              <td class="subject">{run.Subject}</td>
              <td title="{Stamp(run.CreatedAt)}">{words.Since(run.CreatedAt, request.Now)}</td>
              <td>{Next(request, standing)}</td>
            </tr>
            """);
    }

    /// <summary>When the run is looked at next; said in red where that is over.</summary>
    public static Html Next(OpsRequest request, RunStanding standing)
    {
        var words = request.Words;
        if (request.Engine.IsOutOfReach(standing.Run)) return Html.Of($"<span class=\"soft\">{words.Say("in another engine", "в другом движке")}</span>");
        if (standing.WakeAt is not { } at) return Html.Of($"<span class=\"soft\">—</span>");
        if (at < request.Now - Lateness) return Html.Of($"<span class=\"bad\">{words.Say("late by", "опоздание")} {words.Span(request.Now - at)}</span>");
        if (standing.Holder is not null) return Html.Of($"<span class=\"soft\">{words.Say("being worked on", "в работе")}</span>");
        return at <= request.Now ? Html.Of($"{words.Say("now", "сейчас")}") : Html.Of($"{words.Since(at, request.Now)}");
    }

    private static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>What the address asks for.</summary>
    private sealed record Filter(string Text, string Status, string Flow, string Provider, string World, bool IsLate, RunPlace? Before)
    {
        private OpsRequest? request;

        public bool HasAny => IsLate || (Text + Status + Flow + Provider + World).Length > 0;

        /// <summary>Whether nothing can fit: the provider has no flow, or not the chosen one.</summary>
        public bool IsEmpty => Provider.Length > 0 && Flows.IsEmpty;

        private System.Collections.Immutable.ImmutableArray<string> Flows
        {
            get
            {
                if (Provider.Length == 0 || request is null) return Flow.Length == 0 ? [] : [Flow];
                var all = OpsPages.FlowsOf(request, Provider);
                return Flow.Length == 0 ? all : [.. all.Where(name => name == Flow)];
            }
        }

        public static Filter Of(OpsRequest request)
        {
            string Get(string name) => request.Query[name].ToString() is { Length: <= 200 } text ? text.Trim() : "";
            var at = Get("before").Split('-');
            return new Filter(
                Get("q"), Get("status"), Get("flow"), Get("provider"), Get("world"), Get("late") == "1",
                at is [var ticks, var number] && long.TryParse(ticks, CultureInfo.InvariantCulture, out var moment) && moment >= 0 && moment <= DateTimeOffset.MaxValue.Ticks
                    && long.TryParse(number, CultureInfo.InvariantCulture, out var place)
                    ? new RunPlace(new DateTimeOffset(moment, TimeSpan.Zero), place)
                    : null) { request = request };
        }

        public RunQuery Query(DateTimeOffset late) => new()
        {
            Flows = Flows,
            Status = Words.Named<RunStatus>(Status),
            Text = Text.Length > 0 ? Text : null,
            IsOpenOnly = Status == "open",
            LateSince = IsLate ? late : null,
            IsSandbox = World switch { "sandbox" => true, "real" => false, _ => null },
            Before = Before,
            Limit = PageSize + 1,
        };

        public string WithStatus(RunStatus status) => (this with { Status = Words.Word(status), IsLate = false }).Address(null);

        public string Address(RunPlace? before)
        {
            List<(string Name, string Value)> parts =
            [
                ("q", Text), ("status", Status), ("flow", Flow), ("provider", Provider), ("world", World), ("late", IsLate ? "1" : ""),
                ("before", before is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{before.CreatedAt.UtcTicks}-{before.Number}")),
            ];
            return "/ops" + QueryString.Create(parts.Where(part => part.Value.Length > 0).Select(part => KeyValuePair.Create<string, string?>(part.Name, part.Value)));
        }
    }
}
