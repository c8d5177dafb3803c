using System.Net.Http.Json;
using Engine.Host;
using Engine.Postgres;
using Engine.Runs;
using Engine.Tests.Host;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Engine.Tests.Nodes;

/// <summary>A person who comes back from a provider's page, to any of several engines.</summary>
public sealed class ReturnTests : IAsyncLifetime
{
    private const string Outside = "https://connect.example.com";

    private readonly PluginFolders folders = new();
    private Till till = null!;
    private Cluster? made;

    private Cluster Nodes => made ?? throw new InvalidOperationException("PostgreSQL is missing");

    public async Task InitializeAsync()
    {
        till = await Till.OpenAsync("till");
        folders.Write("Till", till.Plugin);
        if (PostgresPrograms.Folder is not null) made = await Cluster.NewAsync();
    }

    public async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
        await till.DisposeAsync();
        folders.Dispose();
    }

    [PostgresFact]
    public async Task R_08_fifty_equal_returns_at_three_engines_make_one_token_request_and_show_one_page()
    {
        foreach (var node in new[] { "a", "b", "c" }) Nodes.WriteFlow(node, "till.yaml", till.Flow);
        EngineServer[] nodes = [await StartAsync("a"), await StartAsync("b"), await StartAsync("c")];
        var run = await Cluster.BeginAsync(nodes[0], "till");
        await RunningEngine.UntilAsync(nodes[0].Engine, run, found => found.Prompt is not null);
        var integrator = await Nodes.ClientAsync(nodes[0]);
        var link = (await (await integrator.PostAsJsonAsync($"/v1/runs/{run}/links", new { })).JsonAsync()).Text("url");
        using var browser = await BrowserAsync(nodes[0], link);
        var state = (await Door.LeaveAsync(browser, run.Value))["state"];

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(number => browser.GetAsync(
            new Uri(nodes[number % 3].Listening, $"/v1/return/till?state={state}&code=once"))));

        var ended = await RunningEngine.UntilAsync(nodes[0].Engine, run, found => found.Status.IsFinal());
        Assert.Equal("succeeded", ended.Exit?.Code);
        Assert.All(answers, answer => Assert.Equal($"/connect/{run}", answer.Headers.Location?.OriginalString));
        Assert.Equal(1, till.Requests);
    }

    private Task<EngineServer> StartAsync(string node) => Nodes.StartAsync(node, options => options with
    {
        PluginFolders = [folders.Plugins],
        PublicUrl = new Uri(Outside),
        Settings = new ConfigurationBuilder().AddInMemoryCollection([till.Setting]).Build(),
    });

    /// <summary>A browser that came by the link, through the proxy before the engines.</summary>
    private static async Task<HttpClient> BrowserAsync(EngineServer of, string link)
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { BaseAddress = of.Listening };
        browser.DefaultRequestHeaders.Add(AccessGate.PageHeader, "1");
        browser.DefaultRequestHeaders.Add("Origin", Outside);
        var answer = await browser.PostAsJsonAsync("/session", new { token = RunningEngine.TokenIn(link) });
        answer.EnsureSuccessStatusCode();
        browser.DefaultRequestHeaders.Add("Cookie", Assert.Single(answer.Headers.GetValues("Set-Cookie")).Split(';')[0]);
        return browser;
    }
}
