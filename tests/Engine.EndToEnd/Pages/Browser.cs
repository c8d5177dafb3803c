using Microsoft.Playwright;
using Xunit;

namespace Engine.EndToEnd;

/// <summary>One real Chromium for all tests of a class; each test opens a page with cookies of its own.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright? playwright;
    private IBrowser? chromium;

    /// <summary>Starts with the first page: tests that are skipped need no browser.</summary>
    public async Task<IPage> OpenAsync(BrowserNewContextOptions? options = null)
    {
        Assertions.SetDefaultExpectTimeout(30_000);
        playwright ??= await Playwright.CreateAsync();
        chromium ??= await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Tools.Get(Tool.Chromium),
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
        var context = await chromium.NewContextAsync(options ?? new() { Locale = "en-US" });
        context.SetDefaultTimeout(30_000);
        return await context.NewPageAsync();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (chromium is not null) await chromium.DisposeAsync();
        playwright?.Dispose();
    }
}
