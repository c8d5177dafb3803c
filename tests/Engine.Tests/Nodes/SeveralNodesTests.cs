using System.Diagnostics;
using System.Text.Json;
using Engine.Host;
using Engine.Postgres;
using Engine.Runs;
using Engine.Tests.Host;
using Xunit;

namespace Engine.Tests.Nodes;

public sealed class SeveralNodesTests : IAsyncLifetime
{
    private Cluster? made;

    private Cluster Nodes => made ?? throw new InvalidOperationException("PostgreSQL is missing");

    public async Task InitializeAsync()
    {
        if (PostgresPrograms.Folder is not null) made = await Cluster.NewAsync();
    }

    public async Task DisposeAsync()
    {
        if (made is not null) await made.DisposeAsync();
    }

    [PostgresFact]
    public async Task Engines_that_start_at_the_same_time_make_one_api_key_and_know_each_other()
    {
        var all = await Task.WhenAll(Nodes.StartAsync("a"), Nodes.StartAsync("b"), Nodes.StartAsync("c"));

        var keys = await Task.WhenAll(all.Select(server => server.Engine.MakeFirstApiKeyAsync(default)));

        Assert.Single(keys, key => key is not null);
        var client = await Nodes.ClientAsync(all[0]);
        List<JsonElement> listed = [];
        await UntilAsync(async () =>
        {
            listed = [.. (await (await client.GetAsync("/v1/nodes")).JsonAsync()).GetProperty("nodes").EnumerateArray()];
            return listed.Count == 3;
        });
        Assert.All(listed, node => Assert.True(node.GetProperty("is_alive").GetBoolean()));
        Assert.Equal(all[0].Engine.Node, Assert.Single(listed, node => node.GetProperty("is_this").GetBoolean()).Text("name"));
    }

    [PostgresFact]
    public async Task A_reply_that_another_node_accepted_is_told_to_a_page_at_once()
    {
        Nodes.WriteFlow("a", "ask.yaml", Samples.Ask);
        var (first, second) = (await Nodes.StartAsync("a"), await Nodes.StartAsync("b"));
        var run = await Cluster.BeginAsync(first, "ask");
        await RunningEngine.UntilAsync(first.Engine, run, found => found.Prompt is not null);
        var client = await Nodes.ClientAsync(second);
        var answer = await client.GetAsync($"/v1/runs/{run}/events", HttpCompletionOption.ResponseHeadersRead);
        using var stream = new EventReader(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
        Assert.Equal("p1", (await stream.NextAsync()).Data.Text("prompt", "id"));

        var took = new List<TimeSpan>();
        await Nodes.ReplyAsync(first, run, "p1", "pin", "1234");
        var since = Stopwatch.StartNew();
        var next = await stream.NextAsync();
        while (next.Data.Text("prompt", "id") != "p2") next = await stream.NextAsync();
        took.Add(since.Elapsed);

        // The machine of the tests may be busy; without hints it takes the 15 s of a stream's heartbeat at least.
        Assert.True(took[0] < TimeSpan.FromSeconds(12), $"it took {took[0]}");
    }

    [PostgresFact]
    public async Task Any_node_goes_on_with_a_run_whose_flow_and_plugin_it_never_had_in_its_folders()
    {
        using var plugins = new PluginFolders();
        plugins.Write("Good", GoodPlugin.Source);
        Nodes.WriteFlow("a", "say.yaml", GoodPlugin.Flow);
        var first = await Nodes.StartAsync("a", options => options with { PluginFolders = [plugins.Plugins] });
        var run = await Cluster.BeginAsync(first, "say");
        await RunningEngine.UntilAsync(first.Engine, run, found => found.Prompt is not null);
        await Nodes.StopAsync(first);

        var second = await Nodes.StartAsync("b");
        Assert.Empty(second.Engine.Flows.Offered);
        await Nodes.ReplyAsync(second, run, "p1", "sure", "true");

        var ended = await RunningEngine.UntilAsync(second.Engine, run, found => found.Status.IsFinal());
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        Assert.Empty(second.Engine.Problems);
    }

    [PostgresFact]
    public async Task A_node_that_may_not_load_a_build_leaves_the_run_to_others_and_says_so()
    {
        using var plugins = new PluginFolders();
        plugins.Write("Good", GoodPlugin.Source);
        Nodes.WriteFlow("a", "say.yaml", GoodPlugin.Flow);
        var first = await Nodes.StartAsync("a", options => options with { PluginFolders = [plugins.Plugins] });
        var run = await Cluster.BeginAsync(first, "say");
        await RunningEngine.UntilAsync(first.Engine, run, found => found.Prompt is not null);
        await Nodes.StopAsync(first);
        using var heard = new HeardLog();
        var left = heard.NextAsync("its runs are left to other engines");
        await using var strict = await EmbeddedEngine.StartAsync(
            Nodes.Options("strict") with { OnlyAllowedPlugins = true }, TimeProvider.System, heard, default);
        await strict.Store.AcceptReplyAsync(run, Sure, default);
        strict.Changes.InboxGrew(run);
        await left.WaitAsync(Patience.Limit);

        Assert.Contains("is not allowed on this engine", Assert.Single(strict.Problems), StringComparison.Ordinal);
        var open = await strict.Store.FindAsync(run, default);
        Assert.Equal((true, "last"), (open?.Exit is null, open?.Step));

        var second = await Nodes.StartAsync("b");
        var ended = await RunningEngine.UntilAsync(second.Engine, run, found => found.Status.IsFinal());
        Assert.Equal(RunStatus.Succeeded, ended.Status);
        await strict.Heartbeat.BeatAsync(default);
        Assert.Contains(await second.Engine.Signals.ListNodesAsync(default), node => node.Name == strict.Node && node.Problems.Length == 1);
    }

    [PostgresFact]
    public async Task A_node_with_another_key_refuses_to_start_and_says_which_key_it_needs()
    {
        await Nodes.StartAsync("a");

        var refusal = await Assert.ThrowsAsync<EngineStartException>(
            () => Nodes.StartAsync("b", options => options with { KeyFile = Path.Combine(Nodes.Folder("b", "keys"), "other.key") }));

        Assert.Contains("the database was sealed with key", refusal.Message, StringComparison.Ordinal);
    }

    [PostgresFact]
    public async Task A_stop_hands_over_the_runs_whose_calls_are_under_way_at_once()
    {
        const int count = 200;
        using var plugins = new PluginFolders();
        plugins.Write("Good", GoodPlugin.Source);
        Nodes.WriteFlow("a", "hang.yaml", GoodPlugin.Hanging);
        var first = await Nodes.StartAsync("a", options => options with { PluginFolders = [plugins.Plugins] });
        for (var i = 0; i < count; i++) await Cluster.BeginAsync(first, "hang");
        await UntilAsync(async () => (long)(await PostgresServer.AskAsync(
            Nodes.ConnectionString, "SELECT count(*) FROM runs JOIN wakes ON wakes.run = runs.number WHERE lease_until IS NOT NULL AND step = 'answer'") ?? 0L) == count);

        var since = Stopwatch.StartNew();
        await Nodes.StopAsync(first);

        Assert.True(since.Elapsed < TimeSpan.FromSeconds(40), $"it took {since.Elapsed}");
        Assert.Equal(0L, await PostgresServer.AskAsync(Nodes.ConnectionString, "SELECT count(*) FROM wakes WHERE lease_until IS NOT NULL"));
        Assert.Equal((long)count, await PostgresServer.AskAsync(Nodes.ConnectionString, "SELECT count(*) FROM runs WHERE is_open = 1"));
        Assert.Equal(0L, await PostgresServer.AskAsync(Nodes.ConnectionString, "SELECT count(*) FROM nodes"));
    }

    private static Reply Sure { get; } =
        new(new PromptId("p1"), "answer", "submit", new Dictionary<string, string>(StringComparer.Ordinal) { ["sure"] = "true" });

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (!await isSo()) await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
    }
}
