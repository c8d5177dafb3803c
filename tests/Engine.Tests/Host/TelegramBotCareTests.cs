using System.Net.Http.Json;
using System.Text.Json;
using Engine.Runs;
using Xunit;

namespace Engine.Tests.Host;

/// <summary>What becomes of a bot's connection after it was made: the shipped flow, provider's file and simulator over the API.</summary>
public sealed class TelegramBotCareTests(ShippedEngine shared) : IClassFixture<ShippedEngine>, IAsyncLifetime
{
    private readonly RunningEngine engine = shared.Running;
    private HttpClient client = null!;

    public async Task InitializeAsync() => client = await engine.IntegratorAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_token_that_was_revoked_needs_reauth_and_another_one_keeps_the_connection()
    {
        var (connection, phone) = await ConnectAsync(null);
        using var anyone = new HttpClient();
        (await anyone.PostAsync(new Uri($"{phone}/revoke"), null)).EnsureSuccessStatusCode();

        var probed = await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();
        var (renewed, _) = await ConnectAsync(connection);
        var after = await (await client.PostAsync($"/v1/connections/{connection}/probe", null)).JsonAsync();
        var deleted = await (await client.DeleteAsync(new Uri($"/v1/connections/{connection}", UriKind.Relative))).JsonAsync();

        Assert.Equal(("needs_reauth", "wrong_token"), (probed.Text("health"), probed.Text("cause")));
        Assert.Equal((connection, "active"), (renewed, after.Text("health")));
        Assert.Equal("stays", deleted.Text("at_provider"));
        Assert.Contains("/revoke", deleted.Text("deletion", "en"), StringComparison.Ordinal);
    }

    private async Task<(string Connection, string Phone)> ConnectAsync(string? connection)
    {
        var run = (await (await client.PostAsJsonAsync(
            "/v1/runs", new { flow = "telegram-bot-direct", scenario = "connected", purpose = connection is null ? "connect" : "reauth", connection })).JsonAsync()).Text("id");
        var asking = await engine.UntilAsync(run, found => found.Prompt is { Fields.Length: > 0 });
        var phone = new Uri((await (await client.GetAsync($"/v1/runs/{run}")).JsonAsync()).Text("sandbox", "phone_url")).GetLeftPart(UriPartial.Path);
        using var anyone = new HttpClient();
        var token = JsonElement.Parse(await anyone.GetStringAsync(new Uri($"{phone}/state"))).Text("token");
        await client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = asking.Prompt!.Id.Value, transaction = "t", action = "submit", values = new { token } });
        var ended = await engine.UntilAsync(run, found => found.Status.IsFinal());
        Assert.Equal("succeeded", ended.Exit?.Code);
        return (ended.Connection!.Value.Value, phone);
    }
}
