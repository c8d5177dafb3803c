using System.Net;
using System.Net.Http.Json;
using System.Text;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>The switch for incidents of providers, and what operators' pages must never show, with the shipped flows and the sandbox.</summary>
public sealed class IncidentTests : IAsyncLifetime
{
    private RunningEngine? running;

    private RunningEngine Engine => running!;

    public async Task InitializeAsync() => running = await RunningEngine.StartAsync();

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    [Fact]
    public async Task While_a_provider_is_down_no_run_begins_and_open_ones_wait_without_calling()
    {
        var (api, anna) = (await Engine.IntegratorAsync(), await Engine.OperatorAsync());
        var before = await StartAsync(api, "telegram-qr", "manual");
        await Engine.UntilAsync(before, run => run.Prompt is not null);

        await SwitchAsync(anna, "radist", "down", ("text_en", "Radist is being <b>repaired</b>."));

        var refused = await api.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr" });
        Assert.StartsWith("503 provider_down", await refused.ProblemAsync(), StringComparison.Ordinal);
        Assert.Equal("Radist is being <b>repaired</b>.", (await refused.JsonAsync()).Text("text", "en"));
        Assert.Contains("недоступен", (await refused.JsonAsync()).Text("text", "ru"), StringComparison.Ordinal);
        var shown = await (await api.GetAsync($"/v1/runs/{before}")).JsonAsync();
        Assert.Equal("down", shown.Text("incident", "state"));

        // The next round of the poll is held back, and says so in the journal; nothing else changes.
        var journal = await UntilJournalAsync(before, entry => entry.Kind == "round_failed");
        Assert.Equal("incident", Assert.Single(journal, entry => entry.Kind == "round_failed").Detail["provider_code"]);
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsJsonAsync("/v1/runs", new { flow = "github-device" })).StatusCode);

        await SwitchAsync(anna, "radist", "normal");
        Assert.Equal(HttpStatusCode.Created, (await api.PostAsJsonAsync("/v1/runs", new { flow = "telegram-qr" })).StatusCode);
        Assert.Equal(["normal", "down"], (await Engine.Engine.Operators.ListOperatorLogAsync(10, default)).Where(entry => entry.Object == "radist").Select(entry => entry.Action));
    }

    [Fact]
    public async Task While_a_provider_is_degraded_persons_are_warned_and_runs_go_on()
    {
        var (api, anna) = (await Engine.IntegratorAsync(), await Engine.OperatorAsync());

        await SwitchAsync(anna, "github", "degraded", ("text_ru", "Медленно"));

        var run = await StartAsync(api, "github-device", "granted");
        Assert.Equal(RunStatus.Succeeded, (await Engine.UntilAsync(run, now => now.Status.IsFinal())).Status);
        var flows = await (await api.GetAsync("/v1/flows")).JsonAsync();
        var github = flows.GetProperty("flows").EnumerateArray().Single(flow => flow.Text("name") == "github-device");
        Assert.Equal("Медленно", github.Text("incident", "text", "ru"));
        Assert.Equal("degraded", github.Text("incident", "state"));
    }

    [Fact]
    public async Task No_page_of_operators_shows_a_secret()
    {
        const string password = "8123456789:AAE-CANARY_of_a_bots_token_35_chars";
        var (api, anna) = (await Engine.IntegratorAsync(), await Engine.OperatorAsync());
        List<string> secrets = [password];
        var qr = await StartAsync(api, "telegram-qr", "manual");
        var shown = await Engine.UntilAsync(qr, run => run.Prompt?.Show?.Qr is not null);
        secrets.Add(shown.Prompt!.Show!.Qr!);
        var device = await StartAsync(api, "github-device", "manual");
        secrets.Add((await Engine.UntilAsync(device, run => run.Prompt?.Show?.Code is not null)).Prompt!.Show!.Code!);
        var token = await StartAsync(api, "telegram-bot-direct", "wrong-token");
        var asked = await Engine.UntilAsync(token, run => run.Prompt is { CanSubmit: true });
        var field = asked.Prompt!.Fields[0].Name;
        var replied = await api.PostAsJsonAsync($"/v1/runs/{token}/replies", new { prompt = asked.Prompt.Id.Value, transaction = "t1", action = "submit", values = new Dictionary<string, string> { [field] = password } });
        Assert.True(replied.IsSuccessStatusCode, await replied.Content.ReadAsStringAsync());
        await Engine.UntilAsync(token, run => run.Prompt is null || run.Prompt.Id != asked.Prompt.Id || run.Status.IsFinal());
        var granted = await StartAsync(api, "github-device", "granted");
        var ended = await Engine.UntilAsync(granted, now => now.Status.IsFinal());
        var stored = await Engine.Engine.Connections.FindCredentialsAsync(ended.Connection!.Value, default);
        secrets.AddRange(stored!.Body.EnumerateObject().Where(one => one.Name.Contains("token", StringComparison.Ordinal) && one.Value.GetString() is { Length: > 8 }).Select(one => one.Value.GetString()!));
        Assert.True(secrets.Count >= 4);

        string[] pages = ["/ops", "/ops/flows", "/ops/connections", "/ops/providers", "/ops/nodes", "/ops/log", .. new[] { qr, device, token, granted }.Select(run => $"/ops/runs/{run}"), "/ops/flows/telegram-qr", "/ops/flows/github-device"];
        foreach (var page in pages)
        {
            var answer = await anna.GetAsync(page);
            var html = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, page);
            foreach (var form in secrets.SelectMany(Encodings)) Assert.False(html.Contains(form, StringComparison.OrdinalIgnoreCase), $"{page} shows a secret");
        }
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public async Task Every_shipped_flow_is_drawn_without_overlap(string name)
    {
        var flow = Engine.Engine.Flows.FindCurrent(name)!.Flow;
        var layout = FlowLayout.Of(FlowGraph.Of(flow, new Words("en")));

        Assert.Equal(layout.Nodes.Length, layout.Nodes.Select(node => node.Node.Index).Distinct().Count());
        foreach (var (one, other) in layout.Nodes.SelectMany((node, i) => layout.Nodes.Skip(i + 1).Select(next => (node, next))))
        {
            var overlaps = Math.Abs(one.X - other.X) < FlowLayout.BoxWidth && one.Y < other.Y + other.Height && other.Y < one.Y + one.Height;
            Assert.False(overlaps, $"'{one.Node.Title}' lies on '{other.Node.Title}'");
        }
        Assert.All(layout.Edges.Where(edge => !edge.GoesBack), edge => Assert.True(edge.Points[0].Y < edge.Points[^1].Y));
        Assert.Contains($"<title>{layout.Nodes[0].Node.Title}", FlowDrawing.Draw(flow, new Words("en"), layout.Nodes[0].Node.Title).ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string> Shipped =>
    [
        "amocrm", "amocrm-code", "amocrm-token", "amocrm-widget", "github-device", "max", "odnoklassniki", "telegram-bot", "telegram-bot-direct",
        "telegram-code", "telegram-qr", "whatsapp-radist", "whatsgate",
    ];

    private static IEnumerable<string> Encodings(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        return [secret, Uri.EscapeDataString(secret), WebUtility.HtmlEncode(secret), WebUtility.UrlEncode(secret), Convert.ToBase64String(bytes), Convert.ToHexString(bytes), secret.Replace("/", "\\/", StringComparison.Ordinal), System.Text.Json.JsonSerializer.Serialize(secret).Trim('"')];
    }

    private static async Task<string> StartAsync(HttpClient api, string flow, string scenario) =>
        (await (await api.PostAsJsonAsync("/v1/runs", new { flow, scenario })).JsonAsync()).Text("id");

    private static async Task SwitchAsync(HttpClient anna, string provider, string state, params (string Name, string Text)[] texts)
    {
        var token = await OpsTests.TokenAsync(anna);
        using var form = new FormUrlEncodedContent(
        [
            KeyValuePair.Create(OpsAccess.FormField, token), KeyValuePair.Create("state", state), .. texts.Select(text => KeyValuePair.Create(text.Name, text.Text)),
        ]);
        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync($"/ops/providers/{provider}", form)).StatusCode);
    }

    private async Task<IReadOnlyList<JournalEntry>> UntilJournalAsync(string run, Func<JournalEntry, bool> isWanted)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var journal = await Engine.Engine.Store.ReadJournalAsync(new RunId(run), 0, limit.Token);
            if (journal.Any(isWanted)) return journal;
            await Engine.Engine.Changes.NextWork().WaitAsync(TimeSpan.FromMilliseconds(100), limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
