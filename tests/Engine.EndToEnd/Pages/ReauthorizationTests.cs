using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>A Telegram session that was ended from the phone: the probe sees it, the person signs in again, and the connection stays the same one.</summary>
public sealed class ReauthorizationTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>, IDisposable
{
    private readonly TempFolder home = new();

    [ToolFact(Tool.Chromium)]
    public async Task Case_1_6_17_a_session_ended_on_the_phone_is_authorized_again_on_the_page()
    {
        var run = (await engine.Client.StartAsync(new { flow = "telegram-qr", scenario = "manual" })).GetProperty("id").GetString() ?? "";
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        await Expect(page.Locator(".qr-image")).ToBeVisibleAsync();
        var phone = await page.Context.RunAndWaitForPageAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Open the simulated phone" }).ClickAsync());
        await phone.GetByRole(AriaRole.Button, new() { Name = "Scan the QR code" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        var connection = await ConnectionOfAsync(engine.Client, run);

        await phone.GetByRole(AriaRole.Button, new() { Name = "End the session on this phone" }).ClickAsync();
        await Expect(phone.Locator("#stage")).ToHaveTextAsync("The session has ended.");
        Assert.Equal("needs_reauth", await ProbeAsync(engine.Client, connection));

        var start = await browser.OpenAsync();
        await start.GotoAsync(engine.OpenUrl);
        var row = start.Locator("li.row", new() { HasText = connection });
        await Expect(row.Locator(".health")).ToHaveClassAsync("health needs_reauth");
        await Expect(row).ToContainTextAsync("The account is no longer signed in. Sign in again.");
        await start.ScreenshotAsync(new() { Path = Kept.Picture("needs-reauth.png") });
        await row.GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();
        await Expect(start.Locator(".purpose")).ToHaveTextAsync("Signing in again");
        await Expect(start.GetByRole(AriaRole.Heading, new() { Name = "Signed in again" })).ToBeVisibleAsync(new() { Timeout = 90_000 });

        await Expect(start.Locator(".details dd").Last).ToHaveTextAsync(connection);
        Assert.Equal("active", await ProbeAsync(engine.Client, connection));
        Assert.Single(
            (await engine.Client.GetAsync("/v1/connections")).GetProperty("connections").EnumerateArray(),
            one => one.GetProperty("flow").GetString() == "telegram-qr");
    }

    [Fact]
    public async Task Case_1_6_17_a_session_ended_on_the_phone_is_authorized_again_in_the_terminal()
    {
        await RunAsync();
        string connection, key;
        await using (var serving = Serve())
        {
            var open = await serving.OpenAddressAsync();
            key = await serving.ApiKeyAsync();
            using var client = new EngineClient(open, key);
            var run = (await client.GetAsync("/v1/runs")).GetProperty("runs")[0].GetProperty("id").GetString() ?? "";
            connection = await ConnectionOfAsync(client, run);
            using var phone = new HttpClient();
            var address = EngineClient.Find(await client.RunAsync(run), "sandbox", "phone_url")?.GetString() ?? "";
            (await phone.PostAsync(new Uri($"{new Uri(address).GetLeftPart(UriPartial.Path)}/end"), null)).EnsureSuccessStatusCode();
            Assert.Equal("needs_reauth", await ProbeAsync(client, connection));
        }

        await RunAsync("--connection", connection);

        await using (var serving = Serve())
        {
            using var client = new EngineClient(await serving.OpenAddressAsync(), key);
            Assert.Equal("active", await ProbeAsync(client, connection));
            Assert.Single((await client.GetAsync("/v1/connections")).GetProperty("connections").EnumerateArray());
        }
    }

    public void Dispose() => home.Dispose();

    private static async Task<string> ConnectionOfAsync(EngineClient client, string run) =>
        (await client.UntilAsync(run, ended => ended.GetProperty("status").GetString() == "succeeded")).GetProperty("connection").GetString() ?? "";

    private static async Task<string?> ProbeAsync(EngineClient client, string connection)
    {
        Assert.Equal(System.Net.HttpStatusCode.OK, await client.PostAsync($"/v1/connections/{connection}/probe", new { }));
        return (await client.GetAsync($"/v1/connections/{connection}")).GetProperty("health").GetString();
    }

    private EngineProcess Serve() => EngineProcess.Serve(home.Path, ["--flows", OneFlow()]);

    /// <summary>A folder with the one flow: what the others take to compile is not looked at here.</summary>
    private string OneFlow()
    {
        var folder = Directory.CreateDirectory(home.File("one-flow")).FullName;
        File.Copy(Path.Combine(QuickFlows.Write(home.Path), "telegram-code.yaml"), Path.Combine(folder, "telegram-code.yaml"), overwrite: true);
        return folder;
    }

    private async Task RunAsync(params string[] more)
    {
        string[] arguments =
        [
            "run", "telegram-code", "--sandbox", "--scenario", "scan", "--flows", OneFlow(), "--data", Path.Combine(home.Path, "data"),
            "--key-file", Path.Combine(home.Path, "key", "engine.key"), "--input", "phone=+79001234567", "--answer", "code=12345", .. more,
        ];
        await using var engine = EngineProcess.Start(home.Path, arguments);
        Assert.Equal(0, await engine.ExitCodeAsync());
    }
}
