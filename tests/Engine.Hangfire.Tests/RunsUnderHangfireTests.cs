using System.Net;
using Engine.Postgres;
using Engine.Runs;
using Xunit;

namespace Engine.Hangfire.Tests;

public sealed class RunsUnderHangfireTests : IAsyncLifetime
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
    public async Task A_run_is_worked_by_hangfire_to_its_end_and_its_face_shows_each_state()
    {
        var run = await node.StartRunAsync("telegram-qr", "scan");

        await node.FaceAsync(run, FaceState.AwaitingInput);
        await node.RunAsync(run, RunStatus.Succeeded);
        var states = await node.FaceAsync(run, FaceState.Succeeded);
        Assert.Contains(FaceState.AwaitingInput, states);
        Assert.Equal(1, await RowsAsync("SELECT count(*) FROM hangfire.job WHERE invocationdata::text LIKE '%RunFaceJob%'"));
        Assert.Equal(0, await RowsAsync("SELECT count(*) FROM hangfire.job WHERE expireat IS NULL AND invocationdata::text LIKE '%RunFaceJob%'"));
    }

    [PostgresFact]
    public async Task Deleting_every_row_of_hangfire_stops_no_run_and_the_faces_come_back()
    {
        var waiting = await node.StartRunAsync("telegram-bot");
        var going = await node.StartRunAsync("telegram-qr", "scan");
        await node.FaceAsync(waiting, FaceState.AwaitingInput);
        await node.FaceAsync(going, FaceState.AwaitingInput);

        await node.DeleteHangfireRowsAsync();

        Assert.Null(node.JobOf(waiting));
        await node.RunAsync(going, RunStatus.Succeeded);
        await node.SweepAsync();
        await node.FaceAsync(waiting, FaceState.AwaitingInput);
        await node.CancelAsync(waiting);
        await node.RunAsync(waiting, RunStatus.Cancelled);
    }

    [PostgresFact]
    public async Task Delete_in_the_dashboard_cancels_the_run_and_its_face_stays()
    {
        var run = await node.StartRunAsync("telegram-bot");
        await node.FaceAsync(run, FaceState.AwaitingInput);

        await PressAsync("delete", run);

        await node.RunAsync(run, RunStatus.Cancelled);
        Assert.Equal(FaceState.Cancelled, (await node.FaceAsync(run, FaceState.Cancelled))[0]);
    }

    [PostgresFact]
    public async Task Requeue_in_the_dashboard_wakes_the_run_and_enqueues_nothing()
    {
        var run = await node.StartRunAsync("telegram-bot");
        await node.FaceAsync(run, FaceState.AwaitingInput);

        await PressAsync("requeue", run);

        var history = await node.FaceAsync(run, FaceState.AwaitingInput);
        Assert.Equal(2, history.Count(state => state == FaceState.AwaitingInput));
        Assert.Equal(0, await RowsAsync("SELECT count(*) FROM hangfire.jobqueue WHERE jobid = " + node.JobOf(run)));
        var journal = await node.Engine.Store.ReadJournalAsync(run, 0, default);
        Assert.Contains(journal, entry => entry.Kind == "operator" && entry.Detail["action"] == "wake");
    }

    [PostgresFact]
    public async Task What_a_person_typed_stands_nowhere_in_hangfires_tables()
    {
        var run = await node.StartRunAsync("telegram-bot");
        await node.RunAsync(run, RunStatus.WaitingUser);
        var prompt = (await node.Engine.Store.FindAsync(run, default))?.Prompt;
        const string token = "123456789:AAF-typed-by-a-person-and-secret-0001";
        var reply = new Reply(prompt!.Id, "t1", "submit", new Dictionary<string, string> { [prompt.Fields[0].Name] = token });
        Assert.IsType<ReplyOutcome.Accepted>(await node.Engine.Store.AcceptReplyAsync(run, reply, default));
        node.Engine.Changes.InboxGrew(run);

        var later = await HangfireNode.EventuallyAsync(async () =>
            await node.Engine.Store.FindAsync(run, default) is { } now && now.Prompt?.Id != prompt.Id ? now : null);
        await node.FaceAsync(run, FaceState.NameOf((await node.Engine.Faces.FindFacesAsync([run], default))[0]));
        Assert.NotNull(later);
        var kept = await node.EverythingHangfireKeepsAsync();
        Assert.Contains(run.Value, kept, StringComparison.Ordinal);
        Assert.DoesNotContain("typed-by-a-person", kept, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_face_keeps_a_bounded_number_of_states()
    {
        var run = await node.StartRunAsync("telegram-bot");
        await node.FaceAsync(run, FaceState.AwaitingInput);
        var first = node.JobOf(run);

        for (var change = 0; change < RunProjection.MostStates + 5; change++)
        {
            await node.ExecuteAsync($"UPDATE runs SET step = 'step{change}' WHERE id = '{run}'");
            await node.SweepAsync();
        }

        Assert.NotEqual(first, node.JobOf(run));
        Assert.True(await RowsAsync("SELECT max(n) FROM (SELECT count(*) AS n FROM hangfire.state GROUP BY jobid) AS counted") <= RunProjection.MostStates);
    }

    [PostgresFact]
    public async Task Two_nodes_write_each_face_once_and_one_goes_on_without_the_other()
    {
        var other = await HangfireNode.StartAsync(node);
        var runs = new List<RunId>();
        for (var count = 0; count < 10; count++) runs.Add(await (count % 2 == 0 ? node : other).StartRunAsync("telegram-bot"));
        foreach (var run in runs) await node.FaceAsync(run, FaceState.AwaitingInput);

        await other.DisposeAsync();
        foreach (var run in runs) await node.CancelAsync(run);

        foreach (var run in runs) await node.FaceAsync(run, FaceState.Cancelled);
        Assert.Equal(runs.Count, await RowsAsync("SELECT count(*) FROM hangfire.job WHERE invocationdata::text LIKE '%RunFaceJob%'"));
        Assert.Equal(runs.Count, await RowsAsync("SELECT count(*) FROM journal WHERE kind = 'ended'"));
    }

    private async Task PressAsync(string button, RunId run)
    {
        using var browser = await node.OperatorAsync();
        await HangfireNode.EventuallyAsync<object>(async () =>
        {
            // A database that is busy for more than a second is answered as such.
            using var answer = await browser.PostAsync(new Uri($"/hangfire/jobs/actions/{button}/{node.JobOf(run)}", UriKind.Relative), null);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError) return null;
            Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
            return answer;
        });
    }

    private async Task<int> RowsAsync(string sql) => int.Parse(await node.AskAsync(sql), System.Globalization.CultureInfo.InvariantCulture);
}
