using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>The operators' pages in real Chromium, under their real policy: forms, cookie and the script that keeps them fresh.</summary>
public sealed class OpsPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Chromium)]
    public async Task An_operator_signs_in_watches_a_run_and_cancels_it()
    {
        var run = (await engine.Client.StartAsync(new { flow = "telegram-qr", scenario = "manual" })).GetProperty("id").GetString() ?? "";
        var page = await browser.OpenAsync();
        List<string> complaints = [];
        page.Console += (_, said) => { if (said.Type is "error") complaints.Add(said.Text); };
        await SignInAsync(page, $"/ops/runs/{run}");

        await Expect(page.Locator(".node.current .name")).ToBeVisibleAsync();
        await Expect(page.Locator(".timeline .prompt")).ToContainTextAsync("QR code");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("ops-run.png"), FullPage = true });
        await page.GetByText("Cancel…").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the run" }).ClickAsync();

        // The page asks for itself again: nobody reloads it.
        await Expect(page.Locator(".head .tag")).ToHaveTextAsync("cancelled");
        await Expect(page.Locator(".timeline .operator")).ToContainTextAsync("operator first: cancel");
        await page.SetViewportSizeAsync(390, 844);
        await page.ScreenshotAsync(new() { Path = Kept.Picture("ops-run-phone.png"), FullPage = true });
        Assert.Empty(complaints);
    }

    [ToolFact(Tool.Chromium)]
    public async Task An_incident_is_switched_without_script_and_read_by_the_person()
    {
        var page = await browser.OpenAsync(new() { Locale = "en-US", JavaScriptEnabled = false });
        await SignInAsync(page, "/ops/providers");
        var card = page.Locator(".card").Filter(new() { HasText = "whatsgate" });
        await card.GetByText("What people read").ClickAsync();
        await card.GetByLabel("whatsgate: degraded").CheckAsync();
        await card.GetByLabel("English").FillAsync("WhatsApp is <i>slow</i> today.");
        await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".card.degraded")).ToContainTextAsync("whatsgate");

        var run = (await engine.Client.StartAsync(new { flow = "whatsgate", scenario = "manual" })).GetProperty("id").GetString() ?? "";
        var person = await browser.OpenAsync();
        await person.GotoAsync(await engine.Client.LinkAsync(run));

        await Expect(person.Locator("#incident")).ToHaveTextAsync("WhatsApp is <i>slow</i> today.");
        await person.ScreenshotAsync(new() { Path = Kept.Picture("incident-on-page.png") });
        await page.GetByLabel("whatsgate: normal").CheckAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(page.Locator(".card.degraded")).ToHaveCountAsync(0);
    }

    private async Task SignInAsync(IPage page, string to)
    {
        await page.GotoAsync(new Uri(engine.Address, to).AbsoluteUri);
        await page.GetByLabel("API key").FillAsync(engine.Key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Uri(engine.Address, to).AbsoluteUri);
    }
}
