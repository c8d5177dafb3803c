using System.Text.Json;
using Engine.Postgres;
using Engine.Runs;
using Hangfire;
using Hangfire.Storage.Monitoring;
using Xunit;

namespace Engine.Hangfire.Tests;

public sealed class WorkUnderHangfireTests : IAsyncLifetime
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
    public async Task A_providers_call_is_worked_by_a_job_that_carries_its_id_alone()
    {
        var payload = JsonElement.Parse("""{ "account": "what-a-provider-said" }""");
        await node.Engine.Signals.KeepDeliveryAsync(new Delivery("call-1", "nobody", null, "installed", payload), default);

        var done = await JobAsync(WorkKind.Delivery, "call-1", "Succeeded");
        Assert.Equal("call-1", Assert.IsType<string>(done.Job.Args[0]));
        Assert.Null(await node.Engine.Signals.FindDeliveryAsync("call-1", default));
        Assert.DoesNotContain("what-a-provider-said", await node.EverythingHangfireKeepsAsync(), StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_look_after_a_connection_is_an_ordinary_job_and_the_row_says_when_the_next_is_due()
    {
        await ConnectAsync("con_cared");

        await JobAsync(WorkKind.Care, "con_cared", "Succeeded");
        Assert.DoesNotContain(await node.Engine.Work.ListDueAsync(10, default), row => row.Id == "con_cared");
    }

    [PostgresFact]
    public async Task A_revocation_in_vain_is_seen_among_the_retries_and_its_row_waits()
    {
        await ConnectAsync("con_gone");
        Assert.IsType<DeleteOutcome.Deleted>(await node.Engine.Connections.DeleteConnectionAsync(new ConnectionId("con_gone"), isRevoked: true, default));

        var job = await JobAsync(WorkKind.Revocation, "con_gone", "Scheduled");
        Assert.Contains("Retry attempt 1 of 20", job.History[0].Reason, StringComparison.Ordinal);
        Assert.Equal("1", await node.AskAsync("SELECT count(*) FROM hangfire.set WHERE key = 'retries'"));
        Assert.Equal("1", await node.AskAsync("SELECT count(*) FROM revocations"));
    }

    [PostgresFact]
    public async Task A_run_that_cannot_be_advanced_is_seen_among_the_retries_and_requeue_tries_it_once_more()
    {
        var (run, other) = (await node.StartRunAsync("telegram-bot"), await node.StartRunAsync("max"));
        await node.RunAsync(run, RunStatus.WaitingUser);
        var version = await node.AskAsync($"SELECT flow_version FROM runs WHERE id = '{run}'");

        // With another flow its state cannot be read; another fence, and the node does not go by the state that it knows.
        await node.ExecuteAsync($"UPDATE runs SET flow_version = (SELECT flow_version FROM runs WHERE id = '{other}'), flow = 'max' WHERE id = '{run}'");
        await node.ExecuteAsync($"UPDATE wakes SET crashes = 3, due = NULL, retry_due = 0, fence = fence + 1 WHERE {RowOf(run)}");
        var job = await JobAsync(WorkKind.Retry, run.Value, "Scheduled");
        Assert.Contains("Retry attempt 1 of 4", job.History[0].Reason, StringComparison.Ordinal);
        Assert.Equal(run.Value, Assert.IsType<string>(job.Job.Args[0]));
        Assert.Equal("4", await node.AskAsync($"SELECT crashes FROM wakes WHERE {RowOf(run)}"));
        await node.FaceAsync(run, FaceState.RetryScheduled);

        await node.ExecuteAsync($"UPDATE runs SET flow_version = '{version}', flow = 'telegram-bot' WHERE id = '{run}'");
        using var browser = await node.OperatorAsync();
        using var pressed = await browser.PostAsync(new Uri($"/hangfire/jobs/actions/requeue/{JobOf(WorkKind.Retry, run.Value)}", UriKind.Relative), null);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, pressed.StatusCode);

        await JobAsync(WorkKind.Retry, run.Value, "Succeeded");
        Assert.Equal("", await node.AskAsync($"SELECT concat(crashes, retry_due) FROM wakes WHERE {RowOf(run)}"));
        await node.FaceAsync(run, FaceState.AwaitingInput);
    }

    [PostgresFact]
    public async Task A_row_that_has_lost_its_job_gets_another()
    {
        await ConnectAsync("con_lost");
        await node.Engine.Connections.DeleteConnectionAsync(new ConnectionId("con_lost"), isRevoked: true, default);
        await JobAsync(WorkKind.Revocation, "con_lost", "Scheduled");

        await node.DeleteHangfireRowsAsync();
        await node.ExecuteAsync("UPDATE revocations SET due = 0");

        await JobAsync(WorkKind.Revocation, "con_lost", "Scheduled");
    }

    [PostgresFact]
    public async Task The_watchdog_says_how_late_runs_are_and_fails_where_that_is_too_much()
    {
        Assert.Contains("0 stuck", await node.Get<Sweeps>().WatchAsync(default), StringComparison.Ordinal);

        var late = Assert.Throws<WorkInVainException>(() => Sweeps.Judge(new RunLateness(3, 2, 1, TimeSpan.FromSeconds(31))));
        Assert.Equal("runs are late: 3 open, 2 due, 1 stuck, the oldest 31.0 s late", late.Message);
    }

    private async Task<JobDetailsDto> JobAsync(WorkKind kind, string id, string state)
    {
        try
        {
            return await HangfireNode.EventuallyAsync(() => Task.FromResult(FindJob(kind, id, state)));
        }
        catch (TimeoutException error)
        {
            var jobs = await node.AskAsync("SELECT string_agg(concat_ws(' ', j.id, j.invocationdata->>'Method', j.arguments::text, s.name, s.reason, s.createdat), E'\n') FROM hangfire.job j LEFT JOIN hangfire.state s ON s.jobid = j.id");
            throw new TimeoutException($"{error.Message}; it is {TimeProvider.System.GetUtcNow():T}, and there are the jobs\n{jobs}", error);
        }
    }

    private static string RowOf(RunId run) => $"run = (SELECT number FROM runs WHERE id = '{run}')";

    private string? JobOf(WorkKind kind, string id)
    {
        using var connection = node.Get<JobStorage>().GetConnection();
        return connection.GetAllEntriesFromHash(WorkQueue.KeyOf(new WorkRow(kind, id, default)))?["job"];
    }

    private JobDetailsDto? FindJob(WorkKind kind, string id, string state)
    {
        return JobOf(kind, id) is { } known && node.Get<JobStorage>().GetMonitoringApi().JobDetails(known) is { } job
            && job.History is [var newest, ..] && newest.StateName == state
                ? job
                : null;
    }

    // Of a provider that is not loaded: every look and every revocation finds nobody to ask.
    private Task ConnectAsync(string id) => node.ExecuteAsync(
        $"""
        INSERT INTO connections (id, flow, provider, subject, params, health, created_at, updated_at, revision)
        VALUES ('{id}', 'gone', 'nobody', 'user', '{"{}"}', 'active', {Now}, {Now}, 1);
        INSERT INTO care (connection, due) VALUES ('{id}', 0)
        """);

    private static long Now => TimeProvider.System.GetUtcNow().UtcTicks;
}
