using System.Net;
using System.Net.Http.Json;
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

    private async Task<EventReader> StreamAsync(string? lastId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/runs/{run}/events");
        if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        return new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }
}
