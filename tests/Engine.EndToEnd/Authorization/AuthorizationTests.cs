using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Engine.EndToEnd;

/// <summary>OAuth against npm's oidc-provider, which nobody here wrote: PKCE, <c>iss</c>, rotation with reuse detection, revocation, device codes.</summary>
public sealed class AuthorizationTests(AuthorizedEngine engine, Browser browser) : IClassFixture<AuthorizedEngine>, IClassFixture<Browser>
{
    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task A_person_consents_there_and_the_connection_acts_for_exactly_that_account()
    {
        var connection = await ConnectAsync("ann");

        var (status, answer) = await engine.Client.CallAsync(Text(connection, "id"), "userinfo");

        Assert.Equal(("ann", "Account ann", "active"), (Text(connection, "identity"), Text(connection, "account"), Text(connection, "health")));
        Assert.Equal((HttpStatusCode.OK, "ann"), (status, Text(answer, "result", "sub")));
    }

    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task Who_declines_there_is_told_so_here_and_nothing_is_connected()
    {
        var (run, page) = await OpenAsync();
        await page.GetByPlaceholder("Enter any login").FillAsync("bea");
        await page.GetByPlaceholder("and password").FillAsync("any");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign-in" }).ClickAsync();
        await page.GetByText("[ Cancel ]").ClickAsync();

        await Expect(page.GetByText("You did not allow the access.")).ToBeVisibleAsync();
        Assert.Equal("denied_by_user", Text(await engine.Client.RunAsync(run), "exit", "code"));
    }

    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task Thirty_two_callers_with_an_expired_token_spend_the_refresh_token_once_and_all_get_their_answer()
    {
        await engine.Server.SetAsync(accessTokenFor: TimeSpan.FromSeconds(1));
        var id = Text(await ConnectAsync("cleo"), "id");
        await engine.Server.SetAsync(tokenDelay: TimeSpan.FromSeconds(2), accessTokenFor: TimeSpan.FromHours(1));
        var before = await engine.Server.CountAsync();
        await Task.Delay(TimeSpan.FromSeconds(1.5));

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => engine.Client.CallAsync(id, "userinfo")));

        await engine.Server.SetAsync(tokenDelay: TimeSpan.Zero);
        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, "cleo"), (answer.Status, Text(answer.Body, "result", "sub"))));
        var after = await engine.Server.CountAsync();
        Assert.Equal((1, 0), (after.Refreshes - before.Refreshes, after.Refused - before.Refused));
    }

    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task Another_account_than_the_connections_is_turned_away_and_the_old_access_goes_on()
    {
        var id = Text(await ConnectAsync("fay"), "id");
        var (run, page) = await OpenAsync(new { flow = "oidc", purpose = "reauth", connection = id });
        await SignInAsync(page, "gus");

        var ended = await engine.Client.UntilAsync(run, EngineClient.IsOver);
        var (status, answer) = await engine.Client.CallAsync(id, "userinfo");

        Assert.Equal("wrong_account", Text(ended, "exit", "code"));
        Assert.Equal((HttpStatusCode.OK, "fay"), (status, Text(answer, "result", "sub")));
    }

    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task Deleting_a_connection_withdraws_its_tokens_there()
    {
        var id = Text(await ConnectAsync("dora"), "id");
        var before = await engine.Server.CountAsync();

        var deleted = await engine.Client.DeleteAsync($"/v1/connections/{id}");

        Assert.Equal("revoked", Text(deleted, "at_provider"));
        Assert.True((await engine.Server.CountAsync()).Revoked > before.Revoked);
    }

    [ToolFact(Tool.Npm, Tool.Chromium)]
    public async Task A_code_typed_on_another_device_connects()
    {
        var run = Text(await engine.Client.StartAsync(new { flow = "oidc-device" }), "id");
        var shown = await engine.Client.UntilAsync(run, state => EngineClient.Find(state, "prompt", "show", "code") is not null);
        var page = await browser.OpenAsync();
        await page.GotoAsync(Text(shown, "prompt", "show", "link"));
        await page.Locator("input[name=user_code]").FillAsync(Text(shown, "prompt", "show", "code"));
        await page.Locator("[type=submit]").First.ClickAsync();
        await page.Locator("[type=submit]").First.ClickAsync();
        await SignInAsync(page, "eve");

        var ended = await engine.Client.UntilAsync(run, EngineClient.IsOver);
        var connection = await engine.Client.GetAsync($"/v1/connections/{Text(ended, "connection")}");
        Assert.Equal(("succeeded", "eve"), (Text(ended, "status"), Text(connection, "identity")));
    }

    private static string Text(JsonElement element, params string[] path) => EngineClient.Find(element, path)?.ToString() ?? "";

    private static async Task SignInAsync(IPage page, string name)
    {
        await page.GetByPlaceholder("Enter any login").FillAsync(name);
        await page.GetByPlaceholder("and password").FillAsync("any");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign-in" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
    }

    /// <summary>Starts a run, and goes to the server's page from the connect page.</summary>
    private async Task<(string Run, IPage Page)> OpenAsync(object? request = null)
    {
        var run = Text(await engine.Client.StartAsync(request ?? new { flow = "oidc" }), "id");
        var page = await browser.OpenAsync();
        await page.GotoAsync(await engine.Client.LinkAsync(run));
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        return (run, page);
    }

    private async Task<JsonElement> ConnectAsync(string name)
    {
        var (run, page) = await OpenAsync();
        await SignInAsync(page, name);
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Connected" })).ToBeVisibleAsync();
        var ended = await engine.Client.RunAsync(run);
        return await engine.Client.GetAsync($"/v1/connections/{Text(ended, "connection")}");
    }
}
