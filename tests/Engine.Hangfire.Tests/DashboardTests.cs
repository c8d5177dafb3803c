using System.Net;
using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Hangfire.Tests;

public sealed class DashboardTests : IAsyncLifetime
{
    private HangfireNode node = null!;

    public async Task InitializeAsync()
    {
        if (PostgresPrograms.ReasonToSkip is null) node = await HangfireNode.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (node is not null) await node.DisposeAsync();
    }

    [PostgresFact]
    public async Task Nobody_sees_it_who_has_not_signed_in()
    {
        using var anyone = node.Anyone();
        foreach (var path in new[] { "/hangfire", "/hangfire/runs", "/hangfire/jobs/failed", "/hangfire/servers", "/hangfire/nothing" })
        {
            using var answer = await anyone.GetAsync(new Uri(path, UriKind.Relative));
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsStringAsync());
        }

        using var pressed = await anyone.PostAsync(new Uri("/hangfire/recurring/trigger", UriKind.Relative), null);
        Assert.False(pressed.IsSuccessStatusCode);
    }

    [PostgresFact]
    public async Task The_page_of_runs_lists_them_by_state_flow_and_text_and_leads_to_their_own_pages()
    {
        var bot = await node.StartRunAsync("telegram-bot");
        var max = await node.StartRunAsync("max");
        await node.RunAsync(bot, RunStatus.WaitingUser);
        await node.RunAsync(max, RunStatus.WaitingUser);
        using var browser = await node.OperatorAsync();

        var all = await PageAsync(browser, "/hangfire/runs");
        Assert.Contains($"/ops/runs/{bot}", all, StringComparison.Ordinal);
        Assert.Contains($"/ops/runs/{max}", all, StringComparison.Ordinal);
        var ofMax = await PageAsync(browser, "/hangfire/runs?flow=max");
        Assert.DoesNotContain(bot.Value, ofMax, StringComparison.Ordinal);
        Assert.Contains(max.Value, ofMax, StringComparison.Ordinal);
        Assert.DoesNotContain(bot.Value, await PageAsync(browser, "/hangfire/runs?state=Succeeded"), StringComparison.Ordinal);
        Assert.DoesNotContain(max.Value, await PageAsync(browser, $"/hangfire/runs?text={bot.Short}"), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task What_is_asked_for_is_shown_as_text()
    {
        using var browser = await node.OperatorAsync();

        var page = await PageAsync(browser, "/hangfire/runs?text=%22%3E%3Cscript%3Ealert(1)%3C/script%3E");

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task The_page_of_a_face_shows_the_run_as_it_is_now()
    {
        var run = await node.StartRunAsync("telegram-bot");
        await node.FaceAsync(run, FaceState.AwaitingInput);
        using var browser = await node.OperatorAsync();

        var page = await PageAsync(browser, $"/hangfire/jobs/details/{node.JobOf(run)}");

        Assert.Contains($"/ops/runs/{run}", page, StringComparison.Ordinal);
        Assert.Contains("state-card-state-active", page, StringComparison.Ordinal);
        Assert.Contains($"telegram-bot {run}", page, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_button_that_can_do_nothing_says_so()
    {
        using var browser = await node.OperatorAsync();

        using var answer = await browser.PostAsync(new Uri("/hangfire/jobs/actions/requeue/999999", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
    }

    private static async Task<string> PageAsync(HttpClient browser, string path)
    {
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
