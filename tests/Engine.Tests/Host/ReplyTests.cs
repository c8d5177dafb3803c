using System.Net;
using System.Net.Http.Json;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

public sealed class ReplyTests(AskingEngine shared) : IClassFixture<AskingEngine>, IAsyncLifetime
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
    public async Task A_reply_moves_the_run_on()
    {
        var answer = await ReplyAsync("p1", "t1", values: new { pin = "12 34" });

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await engine.UntilAsync(run, found => found.Prompt?.Id.Value == "p2");
    }

    [Fact]
    public async Task The_same_transaction_again_gets_the_first_answer_and_changes_nothing()
    {
        var first = await (await ReplyAsync("p1", "t1", values: new { pin = "1234" })).Content.ReadAsStringAsync();
        await engine.UntilAsync(run, found => found.Prompt?.Id.Value == "p2");

        var again = await ReplyAsync("p1", "t1", values: new { pin = "1234" });

        Assert.Equal(HttpStatusCode.Accepted, again.StatusCode);
        Assert.Equal(first, await again.Content.ReadAsStringAsync());
        Assert.Equal("p2", (await engine.Engine.Store.FindAsync(new RunId(run), default))?.Prompt?.Id.Value);
    }

    [Fact]
    public async Task A_stale_reply_is_refused_with_the_current_prompt()
    {
        await ReplyAsync("p1", "t1", values: new { pin = "1234" });
        await engine.UntilAsync(run, found => found.Prompt?.Id.Value == "p2");

        var stale = await ReplyAsync("p1", "t2", values: new { pin = "5678" });

        Assert.Equal("409 stale_reply: the run asks 'p2' now, or was answered already; the reply changed nothing", await stale.ProblemAsync());
        Assert.Equal("p2", (await stale.JsonAsync()).Text("prompt", "id"));
    }

    [Fact]
    public async Task A_reply_to_a_run_that_has_ended_is_stale()
    {
        await client.PostAsync($"/v1/runs/{run}/cancel", null);
        await engine.UntilAsync(run, found => found.Status.IsFinal());

        Assert.Equal(
            "409 stale_reply: the run asks for nothing at present; the reply changed nothing",
            await (await ReplyAsync("p1", "t1", values: new { pin = "1234" })).ProblemAsync());
    }

    [Fact]
    public async Task Values_that_the_fields_do_not_take_are_all_named()
    {
        var refused = await ReplyAsync("p1", "t1", values: new { pin = "12", not = "x" });

        Assert.Equal("422 invalid_input: what was given for 'not', 'pin' cannot be taken", await refused.ProblemAsync());
        var errors = (await refused.JsonAsync()).GetProperty("errors").EnumerateArray().ToDictionary(error => error.Text("field"));
        Assert.Equal("pattern", errors["pin"].Text("code"));
        Assert.Equal("unknown_field", errors["not"].Text("code"));
        Assert.NotEqual("", errors["pin"].Text("text", "ru"));
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_refused_as_that() =>
        Assert.Equal(
            "413 too_long: what was given for 'note' is too long",
            await (await ReplyAsync("p1", "t1", values: new { pin = "1234", note = new string('x', 21) })).ProblemAsync());

    [Fact]
    public async Task An_action_is_known_and_in_its_time_or_refused()
    {
        Assert.Equal(
            "422 unknown_action: prompt 'p1' has no action 'resend'; it has 'submit', 'later', 'cancel'",
            await (await ReplyAsync("p1", "t1", "resend")).ProblemAsync());
        Assert.StartsWith("422 action_too_soon: the action 'later' may be taken from ", await (await ReplyAsync("p1", "t2", "later")).ProblemAsync());
    }

    [Fact]
    public async Task Cancelling_ends_the_run()
    {
        Assert.Equal(HttpStatusCode.Accepted, (await ReplyAsync("p1", "t1", "cancel")).StatusCode);

        await engine.UntilAsync(run, found => found.Status == RunStatus.Cancelled);
    }

    [Theory]
    [InlineData("", "400 malformed_body: the body is not what this call takes: look at $.transaction: it must not be empty")]
    [InlineData(null, "413 too_long: 'transaction' is longer than 100 characters")]
    public async Task A_transaction_has_a_name_of_a_sensible_length(string? transaction, string problem) =>
        Assert.Equal(problem, await (await ReplyAsync("p1", transaction ?? new string('t', 101))).ProblemAsync());

    [Fact]
    public async Task No_refusal_repeats_what_was_typed()
    {
        const string typed = "hunter2-hunter2-hunter2";

        var answers = new[]
        {
            await ReplyAsync("p1", "t1", values: new { pin = typed }),
            await ReplyAsync("p9", "t2", values: new { pin = typed }),
            await client.PostAsync($"/v1/runs/{run}/replies", new StringContent($"{{\"values\":{{\"pin\":\"{typed}\" \"}}", System.Text.Encoding.UTF8, "application/json")),
        };

        foreach (var answer in answers)
        {
            Assert.False(answer.IsSuccessStatusCode);
            Assert.DoesNotContain("hunter2", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private Task<HttpResponseMessage> ReplyAsync(string prompt, string transaction, string action = "submit", object? values = null) =>
        client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt, transaction, action, values });
}
