using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>
/// amoCRM as a person connects it, in real Chromium: the consent page with its way there and back, and what a widget brings that nobody asked for. The
/// numbers are the edge cases of providers.md §3.8.
/// </summary>
public sealed class AmoCrmPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Chromium)]
    public async Task The_consent_link_is_followed_there_and_back_and_the_chosen_account_is_connected()
    {
        var run = await StartAsync("amocrm");
        var page = await OpenAsync(run);
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-asked.png") });

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Technical account").CheckAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-consent.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-connected.png") });
        Assert.DoesNotContain("code=", page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain("state=", page.Url, StringComparison.Ordinal);
        var connection = await ConnectionOfAsync(run);
        Assert.Equal(("Technical account", "active"), (Text(connection, "account"), Text(connection, "health")));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Case_3_8_07_and_19_declining_in_a_window_of_its_own_is_told_by_that_window_and_ends_the_run()
    {
        var run = await StartAsync("amocrm");
        var page = await OpenAsync(run);

        var popup = await page.RunAndWaitForPopupAsync(() => page.GetByText("Open in a window of its own").ClickAsync());
        await popup.GetByRole(AriaRole.Button, new() { Name = "Decline" }).ClickAsync();

        await Expect(page.GetByText("You did not allow the access in amoCRM.")).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-declined.png") });
        Assert.Equal("denied_by_user", Text(await engine.Client.RunAsync(run.Id), "exit", "code"));
    }

    [ToolFact(Tool.Chromium)]
    public async Task Allowing_in_a_window_of_its_own_goes_on_in_the_first_one()
    {
        var run = await StartAsync("amocrm", "one-account");
        var page = await OpenAsync(run);

        var popup = await page.RunAndWaitForPopupAsync(() => page.GetByText("Open in a window of its own").ClickAsync());
        await popup.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Case_3_8_03_a_foreign_referer_ends_the_run_and_gets_no_request()
    {
        var run = await StartAsync("amocrm", "foreign-referer");
        var page = await OpenAsync(run);

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        await Expect(page.GetByText("What came back from amoCRM is not right.")).ToBeVisibleAsync();
        var calls = await run.Http.GetFromJsonAsync<JsonElement>(run.Calls);
        Assert.DoesNotContain(calls.GetProperty("calls").EnumerateArray(), call => Text(call, "operation") == "access_token");
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_copied_code_connects_the_account()
    {
        var run = await StartAsync("amocrm-code");
        var page = await OpenAsync(run);
        using var copied = await run.ActAsync("copy");

        await page.GetByLabel("Address of your account").FillAsync("https://horns.amocrm.ru/");
        await page.GetByLabel("Authorization code").FillAsync($"  {Text(await copied.Content.ReadFromJsonAsync<JsonElement>(), "code")}\n");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-code.png") });
    }

    [Theory]
    [InlineData("published", 31_000_001)]
    [InlineData("private", 31_000_002)]
    [InlineData("in-moderation", 31_000_002)]
    [InlineData("withdrawn", 31_000_002)]
    public async Task Case_3_8_02_an_installed_widget_is_kept_unclaimed_in_every_status_of_the_integration(string scenario, int account)
    {
        var run = await StartAsync("amocrm", scenario);

        using var installed = await run.ActAsync("install", account);
        var connection = await UntilAsync(run, "unclaimed");

        Assert.Equal(HttpStatusCode.OK, installed.StatusCode);
        Assert.Equal(account, connection.GetProperty("params").GetProperty("account_id").GetInt32());
    }

    [Fact]
    public async Task Case_3_8_14_a_claimed_widget_is_active_until_the_integration_is_switched_off()
    {
        var run = await StartAsync("amocrm", "published");
        using var installed = await run.ActAsync("install");
        var id = Text(await UntilAsync(run, "unclaimed"), "id");

        Assert.Equal(HttpStatusCode.OK, await engine.Client.PostAsync($"/v1/connections/{id}/claim", new { subject = "customer-7" }));
        Assert.Equal("active", Text(await engine.Client.GetAsync($"/v1/connections/{id}"), "health"));

        using var disabled = await run.ActAsync("disable");
        var ended = await UntilAsync(run, "revoked");
        Assert.Equal((id, "switched_off_in_account"), (Text(ended, "id"), Text(ended, "cause")));
    }

    private static string Text(JsonElement element, params string[] path) => EngineClient.Find(element, path)?.ToString() ?? "";

    private async Task<World> StartAsync(string flow, string? scenario = null)
    {
        var run = await engine.Client.StartAsync(new { flow, scenario });
        return new World(Text(run, "id"), new Uri(Text(run, "sandbox", "phone_url")), [.. (await WidgetsAsync()).Select(one => Text(one, "id"))]);
    }

    private async Task<IPage> OpenAsync(World run)
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run.Id));
        return page;
    }

    private async Task<JsonElement> ConnectionOfAsync(World run) =>
        await engine.Client.GetAsync($"/v1/connections/{Text(await engine.Client.RunAsync(run.Id), "connection")}");

    /// <summary>The connection of the run's world that has this health, as soon as there is one.</summary>
    private async Task<JsonElement> UntilAsync(World run, string health)
    {
        for (var look = 0; look < 150; look++)
        {
            var found = (await WidgetsAsync()).Where(one => Text(one, "health") == health && !run.Before.Contains(Text(one, "id"))).ToList();
            if (found is [var only, ..]) return only;
            await Task.Delay(200);
        }

        throw new InvalidOperationException($"no connection is {health}: {await engine.Client.GetAsync("/v1/connections")}, {await run.Http.GetStringAsync(run.Calls)}");
    }

    private async Task<IEnumerable<JsonElement>> WidgetsAsync() =>
        (await engine.Client.GetAsync("/v1/connections")).GetProperty("connections").EnumerateArray().Where(one => Text(one, "flow") == "amocrm-widget");

    /// <summary>The person's accounts in the run's world.</summary>
    /// <param name="Before">The widgets' connections that were there before it.</param>
    private sealed record World(string Id, Uri Phone, IReadOnlyList<string> Before)
    {
        public HttpClient Http { get; } = new();

        /// <summary>What the world was called with.</summary>
        public Uri Calls => new($"{Phone.GetLeftPart(UriPartial.Authority)}/worlds/{Phone.Segments[2].Trim('/')}/calls");

        public Task<HttpResponseMessage> ActAsync(string act, int account = 31_000_001) =>
            Http.PostAsync(new Uri($"{Phone.GetLeftPart(UriPartial.Path)}/{act}?account={account}"), null);
    }
}
