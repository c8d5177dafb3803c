using System.Net;
using System.Net.Http.Json;
using Engine.Host;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

public sealed class StreamTests(AskingEngine shared) : IClassFixture<AskingEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private HttpClient client = null!;
    private string run = "";

    public async Task InitializeAsync()
    {
        client = await engine.IntegratorAsync();
        run = (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).JsonAsync()).Text("id");
        await engine.UntilAsync(run, found => found.Prompt is not null);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_stream_begins_with_the_newest_view_and_ends_with_the_run()
    {
        using var stream = await StreamAsync(null);
        var first = await stream.NextAsync();
        Assert.Equal("run.changed", first.Name);
        Assert.Equal("p1", first.Data.Text("prompt", "id"));

        await client.PostAsync($"/v1/runs/{run}/cancel", null);

        var last = await stream.NextAsync();
        while (last.Name != "run.ended") last = await stream.NextAsync();
        Assert.Equal("cancelled", last.Data.Text("status"));
        Assert.True(await stream.IsAtEndAsync());
    }

    [Fact]
    public async Task Nobody_is_remembered_as_waiting_for_a_run_that_has_ended()
    {
        await client.PostAsync($"/v1/runs/{run}/cancel", null);
        await engine.UntilAsync(run, found => found.Status.IsFinal());
        var waiting = engine.Engine.Changes.NextChange(new RunId(run));

        using var stream = await StreamAsync(null);
        Assert.Equal("run.ended", (await stream.NextAsync()).Name);
        Assert.True(await stream.IsAtEndAsync());

        Assert.True(waiting.IsCompleted);
    }

    [Fact]
    public async Task A_stream_that_comes_back_is_not_told_again_what_it_saw()
    {
        using var before = await StreamAsync(null);
        var seen = await before.NextAsync();

        using var after = await StreamAsync(seen.Id);
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = "p1", transaction = "t", action = "submit", values = new { pin = "1234" } });

        var next = await after.NextAsync();
        Assert.NotEqual(seen.Id, next.Id);
        while (next.Data.Text("prompt", "id") != "p2") next = await after.NextAsync();
    }

    [Fact]
    public async Task A_stream_that_comes_back_late_gets_only_the_newest()
    {
        using var before = await StreamAsync(null);
        var seen = await before.NextAsync();
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = "p1", transaction = "t", action = "submit", values = new { pin = "1234" } });
        await engine.UntilAsync(run, found => found.Prompt?.Id.Value == "p2");

        using var after = await StreamAsync(seen.Id);

        Assert.Equal("p2", (await after.NextAsync()).Data.Text("prompt", "id"));
    }

    [Fact]
    public async Task There_is_no_stream_of_an_unknown_run() =>
        Assert.Equal("404 unknown_run: there is no run 'run_x'", await (await client.GetAsync("/v1/runs/run_x/events")).ProblemAsync());

    [Fact]
    public async Task A_silent_stream_says_every_15_seconds_that_it_lives_and_what_time_it_is()
    {
        var time = new SteppedTime();
        await using var still = await RunningEngine.StartAsync(time, Samples.Ask);
        var reader = await still.IntegratorAsync();
        var waiting = (await (await reader.PostAsJsonAsync("/v1/runs", new { flow = "ask" })).JsonAsync()).Text("id");
        await still.UntilAsync(waiting, found => found.Prompt is not null);
        using var stream = await StreamAsync(reader, waiting, null);
        var view = await stream.ReadAsync();
        var ping = stream.ReadAsync();

        // The stream sets its timer a moment after the view was read; a step before that is for nothing.
        for (var step = 0; !ping.IsCompleted && step < 15; step++)
        {
            time.Step(RunStream.Heartbeat);
            await Task.WhenAny(ping, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System));
        }

        Assert.Equal("ping", (await ping).Name);
        Assert.True((await ping).Data.GetProperty("server_time").GetDateTimeOffset()
            >= view.Data.GetProperty("server_time").GetDateTimeOffset() + RunStream.Heartbeat);
    }

    private Task<EventReader> StreamAsync(string? lastId) => StreamAsync(client, run, lastId);

    private static async Task<EventReader> StreamAsync(HttpClient client, string run, string? lastId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{run}/events");
        if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }
}
