using System.Net.Http.Json;
using System.Text.Json;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>What becomes of Radist's connections after they were made: the shipped flows, plugin and simulator over the API.</summary>
public sealed class RadistCareTests(ShippedEngine shared) : IClassFixture<ShippedEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private HttpClient client = null!;

    public async Task InitializeAsync() => client = await engine.IntegratorAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task An_edge_case_1_6_11_two_tabs_at_one_session_send_one_code_and_make_one_connection()
    {
        var run = await StartAsync(new { flow = "telegram-code", scenario = "scan", input = new { phone = "+79001234567" } });
        var asking = await engine.UntilAsync(run, found => found.Prompt is { Fields.Length: > 0 });
        var link = (await (await client.PostAsJsonAsync($"/v1/runs/{run}/links", new { })).JsonAsync()).Text("url");
        HttpClient[] tabs = [await engine.BrowserAsync(link), await engine.BrowserAsync((await (await client.PostAsJsonAsync($"/v1/runs/{run}/links", new { })).JsonAsync()).Text("url"))];
        var shown = await Task.WhenAll(tabs.Select(async tab => await (await tab.GetAsync($"/v1/runs/{run}")).JsonAsync()));
        Assert.Equal(shown[0].Text("prompt", "id"), shown[1].Text("prompt", "id"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => tabs[number % 2].PostAsJsonAsync($"/v1/runs/{run}/replies", new
        {
            prompt = asking.Prompt!.Id.Value, transaction = $"t{number}", action = "submit", values = new { code = "12345" },
        })));
        var ended = await engine.UntilAsync(run, found => found.Status.IsFinal());

        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.Single(answers, answer => answer.StatusCode == System.Net.HttpStatusCode.Accepted);
        var world = (await engine.Engine.Store.FindAsync(new RunId(run), default))!.World;
        using var anyone = new HttpClient();
        var calls = JsonElement.Parse(await anyone.GetStringAsync(new Uri(engine.Engine.Sandbox!.Address, $"worlds/{world}/calls")))
            .GetProperty("calls").EnumerateArray().Select(call => call.Text("operation")).ToList();
        Assert.Equal((1, 1), (calls.Count(name => name == "telegram_login"), calls.Count(name => name == "create_connection")));
    }

    [Fact]
    public async Task An_edge_case_1_6_17_a_session_ended_on_the_phone_needs_reauth_which_keeps_the_connection()
    {
        var run = await StartAsync(new { flow = "telegram-code", scenario = "scan", input = new { phone = "+79001234567" } });
        var connection = await FinishAsync(run, new { code = "12345" });
        await OnPhoneAsync(run, "end");

        var probed = await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();
        var again = await StartAsync(new { flow = "telegram-code", scenario = "scan", purpose = "reauth", connection });
        var renewed = await FinishAsync(again, new { code = "12345" });
        var after = await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();

        Assert.Equal(("needs_reauth", "signed_out"), (probed.Text("health"), probed.Text("cause")));
        Assert.Equal("The account is no longer signed in. Sign in again.", probed.Text("cause_text", "en"));
        Assert.Equal((connection, "active"), (renewed, after.Text("health")));
    }

    [Fact]
    public async Task An_edge_case_1_6_18_what_is_not_paid_is_suspended_and_a_probe_says_the_same()
    {
        var run = await StartAsync(new { flow = "odnoklassniki", scenario = "unpaid" });
        var connection = await FinishAsync(run, new { key = "good-key" });

        var stored = await ConnectionAsync(connection);
        var probed = await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();

        Assert.Equal(("suspended", "not_paid"), (stored.Text("health"), stored.Text("cause")));
        Assert.Equal(("suspended", "not_paid"), (probed.Text("health"), probed.Text("cause")));
    }

    [Fact]
    public async Task An_edge_case_1_6_20_a_dead_key_is_changed_in_the_same_connection()
    {
        var run = await StartAsync(new { flow = "odnoklassniki", scenario = "scan" });
        var connection = await FinishAsync(run, new { key = "old-key" });
        await OnPhoneAsync(run, "end");
        Assert.Equal("needs_reauth", (await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync()).Text("health"));

        var change = await StartAsync(new { flow = "odnoklassniki", scenario = "scan", purpose = "reconfigure", connection });

        Assert.Equal(connection, await FinishAsync(change, new { key = "new-key" }));
        Assert.Equal("active", (await ConnectionAsync(connection)).Text("health"));
    }

    [Fact]
    public async Task Deleting_a_connection_says_that_support_must_do_it_and_what_is_lost()
    {
        var run = await StartAsync(new { flow = "telegram-bot", scenario = "scan" });
        var connection = await FinishAsync(run, new { key = "1234:token" });

        var stored = await ConnectionAsync(connection);
        var deleted = await (await client.DeleteAsync(new Uri($"/v1/connections/{connection}", UriKind.Relative))).JsonAsync();

        Assert.Contains("chats and invoices of the connection are destroyed", stored.Text("deletion", "en"), StringComparison.Ordinal);
        Assert.Equal("stays", deleted.Text("at_provider"));
        Assert.Contains("только через поддержку", deleted.Text("deletion", "ru"), StringComparison.Ordinal);
    }

    private async Task<string> StartAsync(object wish) => (await (await client.PostAsJsonAsync("/v1/runs", wish)).JsonAsync()).Text("id");

    /// <summary>Answers the run's one prompt; gives the connection it ends with.</summary>
    private async Task<string> FinishAsync(string run, object values)
    {
        var asking = await engine.UntilAsync(run, found => found.Prompt is { Fields.Length: > 0 });
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = asking.Prompt!.Id.Value, transaction = "t", action = "submit", values });
        var ended = await engine.UntilAsync(run, found => found.Status.IsFinal());
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        return ended.Connection!.Value.Value;
    }

    private async Task<JsonElement> ConnectionAsync(string id) => await (await client.GetAsync($"/v1/connections/{id}")).JsonAsync();

    private async Task OnPhoneAsync(string run, string act)
    {
        var phone = (await (await client.GetAsync($"/v1/runs/{run}")).JsonAsync()).Text("sandbox", "phone_url");
        using var anyone = new HttpClient();
        (await anyone.PostAsync(new Uri($"{new Uri(phone).GetLeftPart(UriPartial.Path)}/{act}"), null)).EnsureSuccessStatusCode();
    }
}
