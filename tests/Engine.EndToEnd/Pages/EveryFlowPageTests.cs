using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>Every shipped flow that a person starts, chosen on the start page and run to its end there, in real Chromium.</summary>
public sealed partial class EveryFlowPageTests(RunningEngine engine, Browser browser) : IClassFixture<RunningEngine>, IClassFixture<Browser>
{
    /// <summary>Flows, the scenario, and what is typed: the label's beginning and the value.</summary>
    public static TheoryData<string, string, string[]> Unattended => new()
    {
        { "telegram-qr", "scan", [] },
        { "telegram-code", "scan", ["Phone number", "+7 900 123-45-67", "Code from Telegram", "12345"] },
        { "telegram-bot", "scan", ["Bot token", "123456:AAF-token"] },
        { "whatsapp-radist", "scan", [] },
        { "max", "scan", ["Phone number", "+7 900 123-45-67", "Code from MAX", "12345"] },
        { "odnoklassniki", "scan", ["Access key", "good-key"] },
        { "github-device", "granted", [] },
        { "telegram-bot-direct", "connected", ["Token of the bot", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"] },
    };

    /// <summary>Flows that need a page of the provider, and the test that runs each to its end.</summary>
    private static readonly Dictionary<string, string> elsewhere = new(StringComparer.Ordinal)
    {
        ["amocrm"] = nameof(AmoCrmPageTests), ["amocrm-code"] = nameof(AmoCrmPageTests), ["amocrm-token"] = nameof(AmoCrmPageTests),
        ["whatsgate"] = nameof(FramePageTests),
    };

    [Fact]
    public void No_shipped_flow_that_a_person_starts_is_left_out()
    {
        var tried = Unattended.Select(row => $"{row[0]}").Concat(elsewhere.Keys).Order(StringComparer.Ordinal);
        var shipped = Directory.EnumerateFiles(Path.Combine(EngineProcess.HostFolder, "workflows"), "*.yaml")
            .Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal) && !StartedByAHook().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);

        Assert.Equal(shipped, tried);
    }

    [ToolTheory(Tool.Chromium)]
    [MemberData(nameof(Unattended))]
    public async Task A_flow_is_connected_on_the_page(string flow, string scenario, string[] typed)
    {
        var run = (await engine.Client.StartAsync(new { flow, scenario })).GetProperty("id").GetString() ?? "";
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run));

        for (var i = 0; i < typed.Length; i += 2)
        {
            var field = page.GetByLabel(typed[i]);
            await field.FillAsync(typed[i + 1]);
            await field.PressAsync("Enter");
        }

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync(new() { Timeout = 90_000 });
        await page.ScreenshotAsync(new() { Path = Kept.Picture($"every-{flow}.png") });
    }

    [ToolFact(Tool.Chromium)]
    public async Task The_start_page_offers_what_a_person_can_start_and_nothing_else()
    {
        var page = await browser.OpenAsync();
        await page.GotoAsync(engine.OpenUrl);
        await Expect(page.Locator(".start .choice")).ToHaveCountAsync(Unattended.Count + elsewhere.Count);
        await Expect(page.Locator(".start")).Not.ToContainTextAsync("amoCRM widget");
        await page.ScreenshotAsync(new() { Path = Kept.Picture("start.png") });
    }

    [GeneratedRegex("^starts_on:", RegexOptions.Multiline)]
    private static partial Regex StartedByAHook();
}
