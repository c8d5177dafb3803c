using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>The providers that are YAML files, as a person connects them, in real Chromium.</summary>
public sealed class YamlProviderPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Chromium)]
    public async Task Github_is_connected_by_the_code_that_is_typed_on_its_own_page()
    {
        var page = await OpenAsync("github-device", "manual");
        var code = page.Locator(".shown-code");
        await Expect(code).ToContainTextAsync("-");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("github-code.png") });

        var github = await page.Context.RunAndWaitForPageAsync(() => page.Locator(".shown a.button").ClickAsync());
        await github.GetByLabel("Code").FillAsync((await code.InnerTextAsync()).Split()[^1]); // words for a screen reader stand before it
        await github.GetByRole(AriaRole.Button, new() { Name = "Authorize" }).ClickAsync();
        await Expect(github.Locator("#said")).ToHaveTextAsync("Authorized. You may close this page.");

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await Expect(page.Locator(".details dd").First).ToHaveTextAsync("octocat");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("github-connected.png") });
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_bots_token_is_refused_once_and_taken_the_next_time()
    {
        var page = await OpenAsync("telegram-bot-direct", "wrong-token");
        var phone = await page.Context.RunAndWaitForPageAsync(() => page.Locator(".under a").ClickAsync());
        await Expect(phone.Locator("#token")).ToContainTextAsync(":");
        var token = await phone.Locator("#token").InnerTextAsync();

        await page.GetByLabel("Token of the bot").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();
        await Expect(page.Locator("#messages")).Not.ToBeEmptyAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("telegram-bot-direct-refused.png") });
        await page.GetByLabel("Token of the bot").FillAsync(token);
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        await Expect(page.Locator(".details dd").First).ToHaveTextAsync("@shop_helper_bot");
    }

    private async Task<IPage> OpenAsync(string flow, string scenario)
    {
        var run = (await engine.Client.StartAsync(new { flow, scenario })).GetProperty("id").GetString() ?? "";
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        return page;
    }
}
