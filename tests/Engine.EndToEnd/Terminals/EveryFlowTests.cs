using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>Every shipped flow that a person starts, from the terminal to its end.</summary>
public sealed partial class EveryFlowTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private readonly TempFolder home = new();

    /// <summary>Flows, scenarios and arguments that need nobody at a phone.</summary>
    public static TheoryData<string, string, string[]> Unattended => new()
    {
        { "telegram-qr", "scan", [] },
        { "telegram-code", "scan", ["--input", "phone=+79990000003", "--answer", "code=12345", "--answer", "password=correct horse"] },
        { "telegram-bot", "key-in-use", ["--answer", "key=1234:first", "--answer", "key=1234:second"] },
        { "whatsapp-radist", "several-scans", [] },
        { "whatsapp-radist", "state-not-told", [] },
        { "max", "scan", ["--input", "phone=+79001234567", "--answer", "code=12345"] },
        { "max", "scan", ["--input", "phone=+79990000002", "--answer", "code=12345", "--answer", "code=12345"] },
        { "odnoklassniki", "create-lost", ["--answer", "key=good-key"] },
        { "whatsgate", "link", ["--answer", "way=qr"] },
        { "whatsgate", "link", ["--answer", "way=code", "--answer", "number=+79001234567"] },
        { "github-device", "granted", [] },
        { "telegram-bot-direct", "rate-limited", ["--answer", "token=110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"] },
    };

    /// <summary>Flows for which the person does something in a window of the provider first, what, and where it is pasted.</summary>
    public static TheoryData<string, string, string> Pasted => new()
    {
        { "amocrm-code", "copy", "code" },
        { "amocrm-token", "token", "token" },
    };

    [Fact]
    public void No_shipped_flow_that_a_person_starts_is_left_out()
    {
        var tried = Unattended.Concat(Pasted).Select(row => $"{row[0]}").Append("amocrm").Distinct().Order(StringComparer.Ordinal);
        var shipped = Directory.EnumerateFiles(Path.Combine(EngineProcess.HostFolder, "workflows"), "*.yaml")
            .Where(file => !file.EndsWith(".test.yaml", StringComparison.Ordinal) && !StartedByAHook().IsMatch(File.ReadAllText(file)))
            .Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal);

        Assert.Equal(shipped, tried);
    }

    [Theory]
    [MemberData(nameof(Unattended))]
    public async Task A_flow_is_connected_in_the_terminal(string flow, string scenario, string[] arguments)
    {
        await using var engine = Run([flow, "--json", "--scenario", scenario, .. arguments]);

        Assert.Equal(0, await engine.ExitCodeAsync());
        foreach (var secret in new[] { "good-key", "1234:", "correct horse", "110201543:" })
        {
            Assert.DoesNotContain(secret, engine.Output + engine.Errors, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Pasted))]
    public async Task What_the_accounts_window_shows_is_pasted_into_the_terminal(string flow, string act, string member)
    {
        await using var engine = Run(flow, "--lang", "en", "--answer", "address=https://horns.amocrm.ru/");
        var window = new Uri((await engine.LineAsync(Window())).Groups[1].Value);

        using var http = new HttpClient();
        using var made = await http.PostAsync(new Uri($"{window.GetLeftPart(UriPartial.Path)}/{act}?account=31000001"), null);
        var secret = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty(member).GetString() ?? "";
        await engine.TypeAsync(secret);

        Assert.Equal(0, await engine.ExitCodeAsync());
        Assert.DoesNotContain(secret, engine.Output + engine.Errors, StringComparison.Ordinal);
    }

    [ToolFact(Tool.Chromium)]
    public async Task A_flow_that_leaves_for_the_providers_page_prints_an_address_and_waits_for_the_browser()
    {
        await using var engine = Run("amocrm", "--lang", "en");
        var page = await browser.OpenAsync();
        await page.GotoAsync((await engine.LineAsync(PageToOpen())).Groups[1].Value);

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.GetByLabel("Technical account").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Allow" }).ClickAsync();

        Assert.Equal(0, await engine.ExitCodeAsync());
        await page.ScreenshotAsync(new() { Path = Kept.Picture("amocrm-from-terminal.png") });
    }

    public void Dispose() => home.Dispose();

    private EngineProcess Run(params string[] arguments) =>
        EngineProcess.Start(home.Path, ["run", .. arguments, "--sandbox", "--flows", QuickFlows.Write(home.Path)]);

    [GeneratedRegex("^starts_on:", RegexOptions.Multiline)]
    private static partial Regex StartedByAHook();

    [GeneratedRegex(@"^The simulated phone: (http\S+)\s", RegexOptions.Multiline)]
    private static partial Regex Window();

    [GeneratedRegex(@"^Open this in your browser and go on there: (http\S+)\s", RegexOptions.Multiline)]
    private static partial Regex PageToOpen();
}
