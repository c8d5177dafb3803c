using System.Net.Http.Json;
using System.Text.Json;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>What an integrator does with connections over HTTP.</summary>
public sealed class ConnectionEndpointTests(Bank bank) : IClassFixture<Bank>
{
    [Fact]
    public async Task An_operation_is_called_with_what_the_connection_knows_and_answers_without_secrets()
    {
        var id = await bank.ConnectAsync("ann-1");

        var answer = await (await bank.CallAsync(id, "read", new { count = 3 })).JsonAsync();

        Assert.Equal("""{"note":"first","count":3}""", answer.GetProperty("result").GetRawText());
        Assert.False(answer.GetProperty("repeated").GetBoolean());
        Assert.Equal(["look", "read", "pay"], (await bank.ShowAsync(id)).GetProperty("operations").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("read", """{"token":"stolen"}""", "422 invalid_input: 'token' is a secret, which the connection alone can give: leave it out")]
    [InlineData("read", """{"note":"other"}""", "422 invalid_input: 'note' is the connection's own: leave it out")]
    [InlineData("read", """{"nothing":1}""", "422 invalid_input: 'read' takes no 'nothing'; a caller gives count")]
    [InlineData("read", """{"count":"many"}""", "422 invalid_input: 'read' cannot be given this input: look at $.count")]
    [InlineData("read", "[]", "422 invalid_input: the input must be an object")]
    [InlineData("pay", """{"amount":1}""", "422 idempotency_key_required: 'pay' must happen once: send an 'Idempotency-Key', the same one whenever you send this request again")]
    [InlineData("revoke", "{}", "404 unknown_operation: the connection's provider has no operation 'revoke' for callers; it has 'look', 'read', 'pay'")]
    public async Task A_call_that_cannot_be_made_says_why(string operation, string input, string refusal)
    {
        var id = await bank.ConnectAsync("ann-2");

        Assert.Equal(refusal, await (await bank.CallAsync(id, operation, JsonElement.Parse(input))).ProblemAsync());
    }

    [Fact]
    public async Task A_call_that_must_happen_once_is_made_once_for_its_key()
    {
        var id = await bank.ConnectAsync("ann-3");
        var key = Guid.NewGuid().ToString("N");

        var first = await (await bank.CallAsync(id, "pay", new { amount = 5 }, key)).JsonAsync();
        var second = await (await bank.CallAsync(id, "pay", new { amount = 5 }, key)).JsonAsync();

        Assert.Equal(first.Text("result", "number"), second.Text("result", "number"));
        Assert.Equal(("False", "True"), (first.Text("repeated"), second.Text("repeated")));
        Assert.StartsWith("422 idempotency_key_reused: ", await (await bank.CallAsync(id, "pay", new { amount = 6 }, key)).ProblemAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_declared_failure_comes_with_its_code_and_text()
    {
        var id = await bank.ConnectAsync("ann-4");

        var refused = await bank.CallAsync(id, "pay", new { amount = 500 }, Guid.NewGuid().ToString("N"));

        Assert.StartsWith("422 operation_failed: ", await refused.ProblemAsync(), StringComparison.Ordinal);
        var problem = await refused.JsonAsync();
        Assert.Equal(("too_much", "Слишком много.", "False"), (problem.Text("failure"), problem.Text("text", "ru"), problem.Text("in_doubt")));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/probe")]
    [InlineData("POST", "/claim")]
    [InlineData("POST", "/operations/read")]
    [InlineData("DELETE", "")]
    public async Task A_connection_is_shown_and_used_by_whoever_may_and_an_unknown_one_is_said_to_be_unknown(string method, string path)
    {
        var id = await bank.ConnectAsync("ann-5");
        using var anyone = bank.Running.Anyone();

        Assert.Equal(401, (int)(await anyone.SendAsync(Request(id))).StatusCode);
        Assert.Equal("404 unknown_connection: there is no connection 'con_none'", await (await bank.Integrator.SendAsync(Request("con_none"))).ProblemAsync());

        HttpRequestMessage Request(string connection) => new(new HttpMethod(method), $"/v1/connections/{connection}{path}")
        {
            Content = method == "POST" ? JsonContent.Create(path == "/claim" ? new { subject = "bert" } : (object)new { }) : null,
        };
    }

    [Fact]
    public async Task A_probe_looks_now_and_believes_the_second_time()
    {
        var id = await bank.ConnectAsync("ann-6");
        Assert.Equal("active", (await (await bank.Integrator.PostAsync($"/v1/connections/{id}/probe", null)).JsonAsync()).Text("health"));

        // As if the token had died at the provider.
        var stored = await bank.Running.Engine.Connections.FindCredentialsAsync(new ConnectionId(id), default);
        await bank.Running.Engine.Connections.ReplaceAsync(stored!.Id, stored.Version, JsonElement.Parse("""{"token":"dead"}"""), default);
        var probed = await (await bank.Integrator.PostAsync($"/v1/connections/{id}/probe", null)).JsonAsync();

        Assert.Equal(("needs_reauth", "signed_out", "Signed out."), (probed.Text("health"), probed.Text("cause"), probed.Text("cause_text", "en")));
        Assert.Equal("reauthorize", probed.Text("action", "kind"));
    }

    [Theory]
    [InlineData("ann-7", "revoked")]
    [InlineData("ann-stuck", "revoking")]
    public async Task A_deleted_connection_is_gone_at_once_and_revoked_now_or_later(string token, string atProvider)
    {
        var id = await bank.ConnectAsync(token);

        var deleted = await (await bank.Integrator.DeleteAsync(new Uri($"/v1/connections/{id}", UriKind.Relative))).JsonAsync();

        Assert.Equal((id, atProvider), (deleted.Text("id"), deleted.Text("at_provider")));
        Assert.Equal(404, (int)(await bank.Integrator.GetAsync($"/v1/connections/{id}")).StatusCode);
        Assert.StartsWith("404 unknown_connection: ", await (await bank.CallAsync(id, "read", new { })).ProblemAsync(), StringComparison.Ordinal);
        Assert.Null(await bank.Running.Engine.Connections.FindCredentialsAsync(new ConnectionId(id), default));
    }

    [Fact]
    public async Task R_15_what_nobody_asked_for_is_used_by_nobody_until_it_is_claimed_and_claimed_once()
    {
        var id = await bank.WalkInAsync("walker-1");
        Assert.Equal(("unclaimed", "claim"), ((await bank.ShowAsync(id)).Text("health"), (await bank.ShowAsync(id)).Text("action", "kind")));
        Assert.StartsWith("409 connection_not_usable: ", await (await bank.CallAsync(id, "read", new { })).ProblemAsync(), StringComparison.Ordinal);
        using var browser = await bank.Running.BrowserAsync(await bank.Running.StartLinkAsync());
        Assert.StartsWith("403 forbidden: ", await (await browser.PostAsJsonAsync($"/v1/connections/{id}/claim", new { subject = "me" })).ProblemAsync(), StringComparison.Ordinal);

        var claimed = await (await bank.Integrator.PostAsJsonAsync($"/v1/connections/{id}/claim", new { subject = "bert" })).JsonAsync();

        Assert.Equal(("active", "bert"), (claimed.Text("health"), claimed.Text("subject")));
        Assert.Equal(200, (int)(await bank.Integrator.PostAsJsonAsync($"/v1/connections/{id}/claim", new { subject = "bert" })).StatusCode);
        Assert.StartsWith("409 not_unclaimed: ", await (await bank.Integrator.PostAsJsonAsync($"/v1/connections/{id}/claim", new { subject = "carl" })).ProblemAsync(), StringComparison.Ordinal);
        Assert.Equal("of walker", (await (await bank.CallAsync(id, "read", new { })).JsonAsync()).Text("result", "note"));
    }

    [Theory]
    [InlineData(null, "mine")]
    [InlineData("other", "other")]
    public async Task A_change_keeps_what_is_not_given_anew_and_swaps_the_credentials(string? given, string note)
    {
        var id = await bank.ConnectAsync("ann-8", new { flow = "bank", input = new { note = "mine" } });
        var before = await bank.Running.Engine.Connections.FindCredentialsAsync(new ConnectionId(id), default);

        object wish = given is null
            ? new { flow = "bank", purpose = "reconfigure", connection = id }
            : new { flow = "bank", purpose = "reconfigure", connection = id, input = new { note = given } };
        Assert.Equal(id, await bank.ConnectAsync("ann-9", wish));

        var after = await bank.Running.Engine.Connections.FindCredentialsAsync(new ConnectionId(id), default);
        Assert.Equal(note, (await bank.ShowAsync(id)).Text("params", "note"));
        Assert.Equal(("ann-8", "ann-9"), (before!.Body.GetProperty("token").GetString(), after!.Body.GetProperty("token").GetString()));
    }
}
