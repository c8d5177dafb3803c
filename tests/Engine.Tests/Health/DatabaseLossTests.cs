using System.Net;
using System.Net.Http.Json;
using Engine.Postgres;
using Engine.Runs;
using Engine.Storage;
using Engine.Tests.Host;
using Xunit;

namespace Engine.Tests.Health;

/// <summary>R-124: what an engine answers while its database is away.</summary>
public sealed class DatabaseLossTests
{
    /// <param name="isFrozen">Whether the server stands still, so that nothing is refused and nothing answers; otherwise it was killed.</param>
    [PostgresTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task R124_requests_are_refused_for_now_and_runs_go_on_afterwards(bool isFrozen)
    {
        await using var database = await PostgresServer.StartAsync("fsync=off");
        var place = new StorePlace.Server(await database.NewDatabaseAsync());
        await using var engine = await RunningEngine.StartAsync(
            options => options with { DataFolder = Directory.CreateDirectory(options.DataFolder).FullName, Store = place }, null, Samples.Ask);
        var client = await engine.IntegratorAsync();
        var run = (await (await StartAsync()).JsonAsync()).Text("id");
        await engine.UntilAsync(run, found => found.Prompt is not null);

        if (isFrozen) database.Freeze();
        else await database.KillAsync();

        foreach (var answer in new[] { await client.GetAsync($"/v1/runs/{run}"), await client.PostAsJsonAsync("/v1/runs", new { flow = "ask" }), await ReplyAsync() })
        {
            Assert.StartsWith("503 unavailable: the engine cannot reach its store at present: try again soon", await answer.ProblemAsync(), StringComparison.Ordinal);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        }

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Contains("'store_unreachable'", await (await client.GetAsync("/health/ready")).ProblemAsync(), StringComparison.Ordinal);

        if (isFrozen) database.Thaw();
        else await database.StartAgainAsync();

        using var limit = new CancellationTokenSource(Patience.Limit);
        while ((await ReplyAsync()).StatusCode == HttpStatusCode.ServiceUnavailable) await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token); // as Retry-After asks, only sooner
        while (await PromptAsync() != "p2") await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);

        // Each of the store's connections finds out by itself that the server is back.
        async Task<string?> PromptAsync()
        {
            try
            {
                return (await engine.Engine.Store.FindAsync(new RunId(run), limit.Token))?.Prompt?.Id.Value;
            }
            catch (StorageUnavailableException)
            {
                return null;
            }
        }

        // A machine that is busy with other tests may be too slow for the store's patience.
        async Task<HttpResponseMessage> StartAsync()
        {
            for (var tries = 0; ; tries++)
            {
                var answer = await client.PostAsJsonAsync("/v1/runs", new { flow = "ask" });
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable || tries == 30) return answer;
            }
        }

        // The same transaction, so that a reply that was taken in though its sender heard nothing counts once.
        Task<HttpResponseMessage> ReplyAsync() =>
            client.PostAsJsonAsync($"/v1/runs/{run}/replies", new { prompt = "p1", transaction = "t1", action = "submit", values = new { pin = "1234" } });
    }
}
