using System.Net;
using System.Net.Http.Json;
using System.Text;
using Engine.Host;
using Xunit;

namespace Engine.Tests.Host;

public sealed class StartRunTests(AskingEngine shared) : IClassFixture<AskingEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private HttpClient client = null!;

    public async Task InitializeAsync() => client = await engine.IntegratorAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_run_is_made_and_can_be_found()
    {
        var answer = await client.PostAsJsonAsync("/v1/runs", new { flow = "ask", subject = "user-7", input = new { name = "Bob" } });

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var id = (await answer.JsonAsync()).Text("id");
        Assert.Equal($"/v1/runs/{id}", answer.Headers.Location?.OriginalString);
        await engine.UntilAsync(id, run => run.Prompt is not null);
        var run = await (await client.GetAsync($"/v1/runs/{id}")).JsonAsync();
        Assert.Equal("waiting_user", run.Text("status"));
        Assert.Equal("user-7", run.Text("subject"));
        Assert.Equal("Hello Bob", run.Text("prompt", "text", "en"));
        Assert.Equal("p1", run.Text("prompt", "id"));
        Assert.Equal(id[^8..], run.Text("support_code"));
    }

    [Fact]
    public async Task The_same_key_and_request_give_the_same_run()
    {
        var first = await PostAsync("key-1", """{ "flow": "ask", "input": { "name": "Bob" }, "subject": "repeats" }""");
        var again = await PostAsync("key-1", """{ "subject": "repeats", "input": { "name": "Bob" }, "flow": "ask" }""");

        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal((await first.JsonAsync()).Text("id"), (await again.JsonAsync()).Text("id"));
        Assert.Single((await (await client.GetAsync("/v1/runs?subject=repeats")).JsonAsync()).GetProperty("runs").EnumerateArray());
    }

    [Fact]
    public void The_order_in_which_inputs_are_written_makes_no_other_request()
    {
        var request = new StartRunRequest("ask", new() { ["name"] = "Bob", ["phone"] = "+79001234567" });

        Assert.Equal(RunEndpoints.HashOf(request), RunEndpoints.HashOf(request with { Input = new() { ["phone"] = "+79001234567", ["name"] = "Bob" } }));
        Assert.NotEqual(RunEndpoints.HashOf(request), RunEndpoints.HashOf(request with { Input = new() { ["name"] = "Bob" } }));
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        await PostAsync("key-2", """{ "flow": "ask" }""");

        Assert.Equal(
            "422 idempotency_key_reused: this Idempotency-Key was sent before with another request: take a new one",
            await (await PostAsync("key-2", """{ "flow": "ask", "subject": "other" }""")).ProblemAsync());
    }

    [Theory]
    [InlineData("""{ "flow": "asc" }""", "404 unknown_flow: there is no flow 'asc'; there is 'ask'")]
    [InlineData("""{ "flow": "ask", "purpose": "reauth" }""", "422 purpose_not_offered: the flow is not for 'reauth'; it is for 'connect'")]
    [InlineData("""{ "flow": "ask", "connection": "con_x" }""",
        "422 connection_not_wanted: 'connect' makes a new connection: leave 'connection' out, or say 'reauth'")]
    [InlineData("""{ "flow": "ask", "input": { "name": "A name of more than ten" } }""", "413 too_long: what was given for 'name' is too long")]
    [InlineData("""{ "flow": "ask", "input": { "nam": "Bob" } }""", "422 invalid_input: what was given for 'nam' cannot be taken")]
    [InlineData("""{ "flow": "ask", "scenario": "any" }""",
        "422 scenario_not_offered: a scenario is for the sandbox; this flow calls no provider that it plays")]
    [InlineData("""{ "flow": "ask", "purposes": "connect" }""",
        "400 malformed_body: the body is not what this call takes: look at $.purposes, line 1, byte 29")]
    [InlineData("""{ "flow": "ask", "purpose": "steal" }""",
        "400 malformed_body: the body is not what this call takes: look at $.purpose, line 1, byte 36")]
    [InlineData("""{ "flow": "ask", "flow": "ask" }""", "400 malformed_body: the body is not what this call takes: look at $.flow, line 1, byte 25")]
    [InlineData("""{ "flow": null }""", "400 malformed_body: the body is not what this call takes: look at $.flow, line 1, byte 15")]
    [InlineData("""{ }""", "400 malformed_body: the body is not what this call takes: look at $, line 1, byte 4")]
    [InlineData("""{ "flow": "hunter2" """, "400 malformed_body: the body is not what this call takes: look at $, line 1, byte 21")]
    [InlineData("", "400 malformed_request: a part of the address, or the body, is missing or not of its type")]
    public async Task A_request_that_cannot_be_served_says_why(string body, string problem) =>
        Assert.Equal(problem, await (await PostAsync(null, body)).ProblemAsync());

    [Fact]
    public async Task A_body_that_is_not_json_is_refused() =>
        Assert.Equal(
            "415 unsupported_media_type: the body must be JSON, sent with 'Content-Type: application/json'",
            await (await client.PostAsync("/v1/runs", new StringContent("flow=ask", Encoding.UTF8, "text/plain"))).ProblemAsync());

    [Fact]
    public async Task A_body_of_more_than_64_kilobytes_is_refused() =>
        Assert.Equal(
            "413 too_long: the body is longer than 65536 bytes",
            await (await PostAsync(null, $$"""{ "flow": "{{new string('x', 70_000)}}" }""")).ProblemAsync());

    [Fact]
    public async Task Words_of_our_own_have_their_lengths_too()
    {
        Assert.Equal(
            "413 too_long: 'subject' is longer than 200 characters",
            await (await PostAsync(null, $$"""{ "flow": "ask", "subject": "{{new string('x', 201)}}" }""")).ProblemAsync());
        Assert.Equal(
            "413 too_long: 'Idempotency-Key' is longer than 255 characters",
            await (await PostAsync(new string('k', 256), """{ "flow": "ask" }""")).ProblemAsync());
    }

    [Fact]
    public async Task Runs_are_listed_as_asked()
    {
        var id = (await (await client.PostAsJsonAsync("/v1/runs", new { flow = "ask", subject = "a" })).JsonAsync()).Text("id");
        await client.PostAsJsonAsync("/v1/runs", new { flow = "ask", subject = "b" });

        var listed = (await (await client.GetAsync("/v1/runs?subject=a&open=true&flow=ask")).JsonAsync()).GetProperty("runs");

        Assert.Equal(id, Assert.Single(listed.EnumerateArray()).Text("id"));
        Assert.Equal("400 malformed_request: 'limit' is 0; it must be 1 to 200", await (await client.GetAsync("/v1/runs?limit=0")).ProblemAsync());
        Assert.Equal(
            "400 malformed_request: there is no status 'done'; there is running, waiting_user, waiting_provider, waiting_callback, succeeded, failed, cancelled, expired",
            await (await client.GetAsync("/v1/runs?status=done")).ProblemAsync());
        Assert.Equal(
            "400 malformed_request: a part of the address, or the body, is missing or not of its type",
            await (await client.GetAsync("/v1/runs?limit=many")).ProblemAsync());
    }

    [Theory]
    [InlineData("GET", "/v1/runs/run_unknown", "404 unknown_run: there is no run 'run_unknown'")]
    [InlineData("GET", "/v1/connections/con_unknown", "404 unknown_connection: there is no connection 'con_unknown'")]
    [InlineData("GET", "/v1/nothing", "404 not_found: there is nothing at this address")]
    [InlineData("DELETE", "/v1/runs", "405 method_not_allowed: the address does not take this method")]
    public async Task What_is_not_there_says_so(string method, string path, string problem)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        Assert.Equal(problem, await (await client.SendAsync(request)).ProblemAsync());
    }

    [Fact]
    public async Task The_flows_are_listed_with_what_they_take()
    {
        var flow = Assert.Single((await (await client.GetAsync("/v1/flows")).JsonAsync()).GetProperty("flows").EnumerateArray());

        Assert.Equal("ask", flow.Text("name"));
        Assert.Equal("Спроси", flow.Text("title", "ru"));
        Assert.Equal("connect", Assert.Single(flow.GetProperty("purposes").EnumerateArray()).GetString());
        Assert.Contains("no_answer", flow.GetProperty("fails").EnumerateArray().Select(code => code.GetString()));
        var input = Assert.Single(flow.GetProperty("inputs").EnumerateArray());
        Assert.Equal(("name", "text", "Ann", "10"), (input.Text("name"), input.Text("type"), input.Text("default"), input.Text("max_length")));
    }

    [Fact]
    public async Task A_fault_of_the_engine_gives_a_trace_and_nothing_of_what_happened()
    {
        await using var broken = await RunningEngine.StartAsync(null, Samples.Ask);
        var reader = await broken.IntegratorAsync();
        await ((IAsyncDisposable)broken.Engine.Access).DisposeAsync();

        var answer = await reader.GetAsync("/v1/runs");

        var problem = await answer.JsonAsync();
        Assert.Contains($"{(int)answer.StatusCode} {problem.Text("code")}", (string[])["500 internal", "503 unavailable"]);
        Assert.NotEqual("", problem.Text("trace"));
        Assert.DoesNotContain("   at ", problem.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", problem.GetRawText(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(string? key, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return await client.SendAsync(request);
    }
}
