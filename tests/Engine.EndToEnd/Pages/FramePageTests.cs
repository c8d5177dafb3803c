using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>The provider's own page within ours, in real Chromium; the sandbox serves it from another origin.</summary>
public sealed class FramePageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    private const string Ready = "Ready for your phone.";
    private const string Linked = "The phone is linked. Waiting for the service to confirm it…";

    [ToolFact(Tool.Chromium)]
    public async Task Case_2_9_6_what_the_page_says_changes_the_sentence_and_only_the_server_ends_the_step()
    {
        var (run, page) = await OpenAsync("page-too-early");
        var policy = "";
        page.Response += (_, response) => policy = response.Url.Contains("/connect/", StringComparison.Ordinal) ? response.Headers["content-security-policy"] : policy;
        await page.ReloadAsync();
        await ChooseAsync(page, "Scan a QR code");

        var frame = page.Locator(".frame-page");
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Ready);
        var address = new Uri(await frame.GetAttributeAsync("src") ?? "");
        var origin = address.GetLeftPart(UriPartial.Authority);
        Assert.NotEqual(engine.Address.GetLeftPart(UriPartial.Authority), origin);
        Assert.EndsWith($"; frame-src https://whatsgate.ru {origin}", policy, StringComparison.Ordinal);
        Assert.Equal("allow-scripts allow-same-origin", await frame.GetAttributeAsync("sandbox"));
        Assert.Equal("no-referrer", await frame.GetAttributeAsync("referrerpolicy"));
        await page.ScreenshotAsync(new() { Path = Kept.Picture("frame.png") });

        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Linked);
        Assert.False(EngineClient.IsOver(await engine.Client.RunAsync(run)));
        await page.ScreenshotAsync(new() { Path = Kept.Picture("frame-success.png") });

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Case_2_9_13_foreign_origins_null_and_another_module_are_ignored()
    {
        var (run, page) = await OpenAsync("manual");
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await ChooseAsync(page, "Scan a QR code");
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Ready);
        await page.EvaluateAsync(
            """
            () => {
              window.said = [];
              const frame = document.querySelector(".frame");
              new MutationObserver(() => window.said.push(frame.dataset.said)).observe(frame, { attributes: true, attributeFilter: ["data-said"] });
            }
            """);

        // Events as a browser would make them, with all but one thing right.
        await page.EvaluateAsync(
            """
            () => {
              const source = document.querySelector(".frame-page").contentWindow;
              const origin = new URL(document.querySelector(".frame-page").src).origin;
              const data = { module: "qr", message: "success" };
              const send = (event) => window.dispatchEvent(new MessageEvent("message", event));
              for (const foreign of ["https://evil.example", "null", "", `${origin}.evil.example`, `${origin}0`, origin.replace("http:", "https:"), location.origin]) {
                send({ data, origin: foreign, source });
              }
              send({ data, origin, source: window });
              send({ data, origin, source: null });
              window.postMessage(data, "*");
            }
            """);

        // The frame's own window, and what it sends is not the message.
        var frame = page.Frames.Single(one => one.Url.Contains("/qr/", StringComparison.Ordinal));
        await frame.EvaluateAsync(
            """
            () => {
              const wrong = [
                null, undefined, "success", 5, true, ["qr", "success"], [{ module: "qr", message: "success" }], {}, { message: "success" }, { module: "chat", message: "success" },
                { module: "qr" }, { module: "qr", message: "done" }, { module: "qr", message: ["success"] }, { module: ["qr"], message: "success" },
                { data: { module: "qr", message: "success" } }, new Map([["module", "qr"], ["message", "success"]]),
              ];
              for (const data of wrong) parent.postMessage(data, "*");
              parent.postMessage({ module: "qr", message: "error", more: "is fine" }, "*");
            }
            """);

        await Expect(page.Locator(".frame-says")).ToHaveTextAsync("That did not work. Try once more.");
        Assert.Equal(["error"], await page.EvaluateAsync<string[]>("window.said"));
        Assert.Empty(errors);
        await page.ScreenshotAsync(new() { Path = Kept.Picture("frame-error.png") });

        // A forged success is a sentence, and no more than that.
        await frame.EvaluateAsync("""parent.postMessage({ module: "qr", message: "success" }, "*")""");
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Linked);
        Assert.Equal("waiting_user", (await engine.Client.RunAsync(run)).GetProperty("status").GetString());
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_page_of_another_host_is_not_framed()
    {
        var (_, page) = await OpenAsync("manual");

        var blocked = await page.EvaluateAsync<string>(
            """
            () => new Promise((done) => {
              document.addEventListener("securitypolicyviolation", (event) => done(`${event.effectiveDirective} ${event.blockedURI}`));
              const frame = document.createElement("iframe");
              frame.src = "https://whatsgate.net/qr/1";
              document.body.append(frame);
            })
            """);

        Assert.StartsWith("frame-src https://whatsgate.net", blocked, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_page_turns_into_an_error_picture_and_then_into_a_success_picture()
    {
        var (run, page) = await OpenAsync("page-error");
        await ChooseAsync(page, "Scan a QR code");

        await Expect(page.Locator(".frame-says")).ToHaveTextAsync("That did not work. Try once more.");
        Assert.False(EngineClient.IsOver(await engine.Client.RunAsync(run)));
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Ready);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Case_2_9_9_a_page_that_is_broken_gives_way_to_one_of_a_new_session()
    {
        var (_, page) = await OpenAsync("closed");
        await ChooseAsync(page, "Scan a QR code");
        var frame = page.Locator(".frame-page");
        var first = await frame.GetAttributeAsync("src") ?? "";

        await Expect(frame).Not.ToHaveAttributeAsync("src", first);
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync(Ready);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_code_is_shown_beside_the_page_on_a_telephone_too()
    {
        var run = await StartAsync("manual");
        var page = await browser.OpenAsync(new() { Locale = "ru-RU", ViewportSize = new() { Width = 390, Height = 844 }, IsMobile = true, DeviceScaleFactor = 2 });
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        await ChooseAsync(page, "Ввести код на телефоне");
        await page.GetByLabel("Номер телефона в WhatsApp").FillAsync("+7 900 123-45-67");
        await page.GetByRole(AriaRole.Button, new() { Name = "Продолжить" }).ClickAsync();

        await Expect(page.Locator(".shown-code")).ToContainTextAsync("-");
        await Expect(page.Locator(".frame-says")).ToHaveTextAsync("Можно подключать телефон.");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("frame-phone.png"), FullPage = true });
        await LinkPhoneAsync(page);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Подключено" })).ToBeVisibleAsync();
    }

    [ToolFact(Tool.Chromium)]
    public async Task Case_2_9_5_the_session_that_takes_the_slot_is_deleted_once_the_person_says_so()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(engine.OpenUrl);
        await page.GetByLabel("WhatsApp by Whatsgate").CheckAsync();
        await page.SelectOptionAsync("#scenario", "slot-taken");
        await page.GetByLabel("Offer to delete the session").CheckAsync();
        await page.ScreenshotAsync(new() { Path = Kept.Picture("whatsgate-start.png"), FullPage = true });
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect" }).ClickAsync();
        await ChooseAsync(page, "Scan a QR code");

        await Expect(page.Locator(".lead")).ToContainTextAsync("Front desk");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("whatsgate-slot.png") });
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete it and go on" }).ClickAsync();

        await Expect(page.Locator(".frame-page")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
    }

    private static async Task ChooseAsync(IPage page, string way)
    {
        await page.GetByRole(AriaRole.Combobox).SelectOptionAsync(new SelectOptionValue { Label = way });
        await page.Locator("form button[type=submit]").ClickAsync();
    }

    private static async Task LinkPhoneAsync(IPage page)
    {
        var phone = await page.Context.RunAndWaitForPageAsync(() => page.Locator(".under a").ClickAsync());
        await phone.Locator("#link").ClickAsync();
        await phone.ScreenshotAsync(new() { Path = Kept.Picture("whatsgate-phone.png") });
    }

    private async Task<string> StartAsync(string scenario) =>
        (await engine.Client.StartAsync(new { flow = "whatsgate", scenario })).GetProperty("id").GetString() ?? "";

    private async Task<(string Run, IPage Page)> OpenAsync(string scenario)
    {
        var run = await StartAsync(scenario);
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        await Expect(page.GetByRole(AriaRole.Combobox)).ToBeVisibleAsync();
        return (run, page);
    }
}
