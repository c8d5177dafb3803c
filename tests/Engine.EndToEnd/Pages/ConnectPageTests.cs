using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>The main job as a person does it, in real Chromium.</summary>
public sealed partial class ConnectPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Chromium)]
    public async Task A_newcomer_scans_mistypes_the_password_once_and_is_connected()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(engine.OpenUrl);
        await page.GetByLabel("Telegram by QR code").CheckAsync();
        await page.SelectOptionAsync("#scenario", "manual");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("start.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();
        await Expect(page.Locator(".qr-image")).ToBeVisibleAsync();
        await Expect(page.Locator(".meter-text")).ToHaveTextAsync(Countdown());
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);

        var phone = await OpenPhoneAsync(page);
        await phone.Locator("#two-step").CheckAsync();
        await phone.Locator("#scan").ClickAsync();

        var password = page.GetByLabel("Two-step verification password");
        await password.FillAsync("wrong battery");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator("#messages")).ToContainTextAsync("That password is wrong");
        Assert.Equal("password", await password.GetAttributeAsync("type"));
        await page.ScreenshotAsync(new() { Path = Kept.Picture("refused.png") });
        await password.FillAsync("correct horse");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("connected.png") });
        await phone.ScreenshotAsync(new() { Path = Kept.Picture("simulated-phone.png") });
        var connection = await page.Locator(".details dd").Last.InnerTextAsync();
        var stored = await engine.Client.GetAsync("/v1/connections");
        Assert.Contains(stored.GetProperty("connections").EnumerateArray(), one => one.GetProperty("id").GetString() == connection);
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_code_that_rotates_is_drawn_anew_and_the_old_one_is_gone()
    {
        var page = await OpenRunAsync(await StartAsync("telegram-qr", "scan"), "ru-RU");
        var image = page.Locator(".qr-image");
        await Expect(image).ToBeVisibleAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "ru");
        var first = await image.GetAttributeAsync("src") ?? "";

        await Expect(image).Not.ToHaveAttributeAsync("src", first, new() { Timeout = 20_000 });

        Assert.Equal(1, await image.CountAsync());
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Подключено" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_code_is_asked_for_again_and_the_newest_one_connects()
    {
        var page = await OpenRunAsync(await StartAsync("telegram-code", "manual"), "en-US");
        await page.GetByLabel("Phone number").FillAsync("+7 900 123-45-67");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator(".lead")).ToContainTextAsync("It does not come by SMS");

        var code = page.GetByLabel("Code from Telegram");
        await code.FillAsync("00000");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator("#messages")).ToContainTextAsync("That code was not accepted");

        await page.GetByRole(AriaRole.Button, new() { Name = "Send a new code", Exact = true }).ClickAsync();
        await Expect(page.Locator("#messages")).ToBeHiddenAsync();
        await code.FillAsync("12345");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_form_survives_going_to_another_app_and_back()
    {
        var run = await StartAsync("telegram-code", "scan");
        var page = await OpenRunAsync(run, "en-US");
        await page.GetByLabel("Phone number").FillAsync("+7 900 123-45-67");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.GetByLabel("Code from Telegram")).ToBeVisibleAsync();

        await page.ReloadAsync();
        await page.GetByLabel("Code from Telegram").FillAsync("12345");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_link_works_in_one_browser_only()
    {
        var run = await StartAsync("telegram-qr", "manual");
        var link = await engine.Client.LinkAsync(run);
        var first = await browser.OpenAsync();
        await first.GotoAsync(link);
        await Expect(first.Locator(".qr-image")).ToBeVisibleAsync();

        var second = await browser.OpenAsync();
        await second.GotoAsync(link);

        await Expect(second.GetByRole(AriaRole.Heading, new() { Name = "This link does not work" })).ToBeVisibleAsync();
        Assert.Equal(0, await second.Locator(".qr-image").CountAsync());
    }

    [ToolFact(Tool.Chromium)]
    public async Task Signing_in_again_renews_the_connection_and_creates_none_at_the_provider()
    {
        using var phone = new HttpClient();
        var first = await StartAsync("telegram-qr", "manual");
        await ScanAsync(phone, first);
        var done = await engine.Client.UntilAsync(first, run => run.GetProperty("status").GetString() == "succeeded");
        var connection = done.GetProperty("connection").GetString();
        var again = await engine.Client.StartAsync(new { flow = "telegram-qr", scenario = "manual", purpose = "reauth", connection });
        var run = again.GetProperty("id").GetString() ?? "";

        var page = await OpenRunAsync(run, "en-US");
        await Expect(page.Locator(".purpose")).ToHaveTextAsync("Signing in again");
        await ScanAsync(phone, run);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Signed in again" })).ToBeVisibleAsync();

        await Expect(page.Locator(".details dd").Last).ToHaveTextAsync(connection ?? "");
        var calls = await phone.GetFromJsonAsync<JsonElement>(WorldOf(again, "calls"));
        Assert.DoesNotContain(calls.GetProperty("calls").EnumerateArray(), call => call.GetProperty("operation").GetString() == "create_connection");
    }

    [ToolTheory(Tool.Chromium, Tool.Zbar)]
    [InlineData("light", 1280, 800)]
    [InlineData("dark", 1280, 800)]
    [InlineData("phone", 390, 844)]
    public async Task An_independent_reader_gets_the_payload_from_a_screenshot(string name, int width, int height)
    {
        var run = await StartAsync("telegram-qr", "manual");
        var page = await browser.OpenAsync(new()
        {
            Locale = name == "phone" ? "ru-RU" : "en-US",
            ColorScheme = name == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new() { Width = width, Height = height },
            IsMobile = name == "phone",
            DeviceScaleFactor = name == "phone" ? 2 : 1,
        });
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        await Expect(page.Locator(".qr-image")).ToBeVisibleAsync();

        var picture = Kept.Picture($"connect-{name}.png");
        await page.ScreenshotAsync(new() { Path = picture });

        Assert.Equal([EngineClient.QrOf(await engine.Client.RunAsync(run)) ?? "no code is shown"], await QrReader.ReadAsync(picture));
    }

    private async Task<string> StartAsync(string flow, string scenario) =>
        (await engine.Client.StartAsync(new { flow, scenario })).GetProperty("id").GetString() ?? "";

    /// <summary>Scans with the simulated phone as soon as a code is shown.</summary>
    private async Task ScanAsync(HttpClient phone, string id)
    {
        var run = await engine.Client.UntilAsync(id, shown => EngineClient.QrOf(shown) is not null);
        var address = new Uri(EngineClient.Find(run, "sandbox", "phone_url")?.GetString() ?? "").GetLeftPart(UriPartial.Path);
        using var scanned = await phone.PostAsync(new Uri($"{address}/scan"), null);
        scanned.EnsureSuccessStatusCode();
    }

    /// <summary>What the sandbox tells about a run's world.</summary>
    private static Uri WorldOf(JsonElement run, string about)
    {
        var phone = new Uri(EngineClient.Find(run, "sandbox", "phone_url")?.GetString() ?? "");
        return new Uri(phone, $"/worlds/{phone.Segments[^2].TrimEnd('/')}/{about}");
    }

    private async Task<IPage> OpenRunAsync(string run, string locale)
    {
        var page = await browser.OpenAsync(new() { Locale = locale });
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        return page;
    }

    private static async Task<IPage> OpenPhoneAsync(IPage page) =>
        await page.Context.RunAndWaitForPageAsync(() => page.GetByRole(AriaRole.Link, new() { Name = "Open the simulated phone" }).ClickAsync());

    [GeneratedRegex(@"New code in 0:\d\d")]
    private static partial Regex Countdown();
}
