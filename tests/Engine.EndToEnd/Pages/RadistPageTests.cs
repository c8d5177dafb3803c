using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>Radist's other channels as a person connects them, in real Chromium.</summary>
public sealed class RadistPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Chromium)]
    public async Task Whatsapp_is_linked_by_the_code_on_our_page_and_then_again_on_the_providers_page()
    {
        var page = await OpenAsync("whatsapp-radist", "manual", "en-US");
        await Expect(page.Locator(".qr-image")).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator(".shown a.button").CountAsync());
        await page.ScreenshotAsync(new() { Path = Kept.Picture("whatsapp-code.png") });

        await page.GetByRole(AriaRole.Button, new() { Name = "Use Radist's page instead" }).ClickAsync();
        var link = page.Locator(".shown a.button");
        await Expect(link).ToBeVisibleAsync();
        Assert.Equal(0, await page.Locator(".qr-image").CountAsync());
        await page.ScreenshotAsync(new() { Path = Kept.Picture("whatsapp-page.png") });
        var hosted = await page.Context.RunAndWaitForPageAsync(() => link.ClickAsync());
        await hosted.Locator("#scan:enabled").ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await Expect(page.Locator(".details dd").First).ToHaveTextAsync("79001234567");
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_key_is_refused_once_and_the_next_one_connects_the_group()
    {
        var page = await OpenAsync("odnoklassniki", "wrong-key", "ru-RU");
        await page.GetByLabel("Ключ доступа группы").FillAsync("first-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Подключить" }).ClickAsync();
        await Expect(page.Locator("#messages")).ToContainTextAsync("Ключ не принят");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("odnoklassniki-refused.png") });
        await page.GetByLabel("Ключ доступа группы").FillAsync("second-key");
        await page.GetByRole(AriaRole.Button, new() { Name = "Подключить" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Подключено" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_connection_that_is_not_paid_is_stored_and_the_page_says_that_it_does_not_work_yet()
    {
        var page = await OpenAsync("telegram-bot", "unpaid", "en-US");
        await page.GetByLabel("Bot token").FillAsync("123456:AAF-token");
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();

        await Expect(page.Locator(".lead")).ToHaveTextAsync("The connection is stored, and does not work until it is paid for at the service.");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("unpaid.png") });
    }

    [ToolFact(Tool.Chromium)]
    public async Task Max_takes_the_number_and_the_code()
    {
        var page = await OpenAsync("max", "scan", "en-US");
        await page.GetByLabel("Phone number").FillAsync("+7 900 123-45-67");
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Code from MAX").FillAsync("12 345");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("max-code.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    private async Task<IPage> OpenAsync(string flow, string scenario, string locale)
    {
        var run = (await engine.Client.StartAsync(new { flow, scenario })).GetProperty("id").GetString() ?? "";
        var page = await browser.OpenAsync(new() { Locale = locale });
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        return page;
    }
}
