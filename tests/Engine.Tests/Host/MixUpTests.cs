using System.Net.Http.Json;
using Engine.Host;
using Engine.Runs;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>
/// A provider that means ill, beside an honest one (R-05): one engine has one account of settings for each provider, so that provider and world are the
/// whole context of a return address.
/// </summary>
public sealed class MixUpTests : IAsyncLifetime
{
    private PluginFolders folders = null!;
    private Till honest = null!;
    private Till evil = null!;
    private RunningEngine running = null!;

    public async Task InitializeAsync()
    {
        (honest, evil, folders) = (await Till.OpenAsync("honest"), await Till.OpenAsync("evil"), new PluginFolders());
        folders.Write("Honest", honest.Plugin);
        folders.Write("Evil", evil.Plugin);
        running = await RunningEngine.StartAsync(
            options => options with
            {
                Providers = new ProviderMode.Real(),
                PluginFolders = [folders.Plugins],
                Settings = new ConfigurationBuilder().AddInMemoryCollection([honest.Setting, evil.Setting]).Build(),
            },
            null, honest.Flow, evil.Flow);
        Assert.Empty(running.Engine.Flows.Findings);
    }

    public async Task DisposeAsync()
    {
        await running.DisposeAsync();
        folders.Dispose();
        await honest.DisposeAsync();
        await evil.DisposeAsync();
    }

    [Fact]
    public async Task R_05_a_code_that_was_asked_for_with_another_providers_state_reaches_no_token_endpoint()
    {
        // COAT: the page of 'evil' sends the person on to the page of 'honest', with the state that it got itself.
        var (run, browser, page) = await LeaveAsync(evil);

        var answer = await browser.GetAsync($"/v1/return/honest?state={page["state"]}&code=code-of-the-honest-one");

        Assert.Equal("/returned/unknown", answer.Headers.Location?.OriginalString);
        await AssertUntouchedAsync(run);
        Assert.NotEqual(page["redirect_uri"], (await LeaveAsync(honest)).Page["redirect_uri"]);
    }

    [Fact]
    public async Task R_05_a_code_of_another_provider_is_not_exchanged_for_a_run_that_waits_for_an_honest_one()
    {
        // CORF: a code of one provider, and the state of a run at another.
        var (run, browser, page) = await LeaveAsync(honest);

        var answer = await browser.GetAsync($"/v1/return/evil?state={page["state"]}&code=code-of-the-evil-one");

        Assert.Equal("/returned/unknown", answer.Headers.Location?.OriginalString);
        await AssertUntouchedAsync(run);

        await browser.GetAsync($"/v1/return/honest?state={page["state"]}&code=code-of-the-honest-one");
        Assert.Equal("succeeded", (await running.UntilAsync(run, row => row.Status.IsFinal())).Exit?.Code);
        Assert.Equal((1, 0), (honest.Requests, evil.Requests));
    }

    [Fact]
    public async Task R_02_a_return_by_form_post_is_refused_and_uses_nothing_up()
    {
        var (run, browser, page) = await LeaveAsync(honest);
        using var form = new FormUrlEncodedContent([new("state", page["state"]!), new("code", "posted")]);

        var posted = await (await browser.PostAsync("/v1/return/honest", form)).ProblemAsync();
        var mixed = await (await browser.PostAsync($"/v1/return/honest?state={page["state"]}", form)).ProblemAsync();

        Assert.All([posted, mixed], answer => Assert.StartsWith("400 malformed_request: a return is a GET request", answer, StringComparison.Ordinal));
        await AssertUntouchedAsync(run);
    }

    private async Task AssertUntouchedAsync(string run)
    {
        Assert.Equal((0, 0), (honest.Requests, evil.Requests));
        Assert.NotNull((await running.Engine.Store.FindAsync(new RunId(run), default))?.Prompt);
        Assert.Empty(await running.Engine.Store.ReadInboxAsync(new RunId(run), 0, default));
    }

    private async Task<(string Run, HttpClient Browser, System.Collections.Specialized.NameValueCollection Page)> LeaveAsync(Till till)
    {
        using var integrator = await running.IntegratorAsync();
        var run = (await (await integrator.PostAsJsonAsync("/v1/runs", new { flow = till.Name })).JsonAsync()).Text("id");
        await running.UntilAsync(run, row => row.Prompt is not null);
        var link = (await (await integrator.PostAsJsonAsync($"/v1/runs/{run}/links", new { })).JsonAsync()).Text("url");
        var browser = await running.BrowserAsync(link);
        return (run, browser, await Door.LeaveAsync(browser, run));
    }
}
