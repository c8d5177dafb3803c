using Engine.Postgres;
using Xunit;
using Xunit.Abstractions;

namespace Engine.EndToEnd;

/// <summary>
/// Three engines over one PostgreSQL server, customers who come all the time, and something that goes wrong. Short here; the long form,
/// with <c>ENGINE_LONG_TESTS=1</c>, does the same for as long as the issue says.
/// </summary>
[Trait("Faults", "Cluster")]
public sealed class ClusterFaultTests(ITestOutputHelper output)
{
    private const int Seed = 20260104;

    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ENGINE_LONG_TESTS") == "1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    [PostgresFact]
    public async Task Nodes_killed_at_random_under_load_lose_nothing()
    {
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        var kills = IsLong ? 300 : 9;
        var open = 0;

        // Each node dies on its own, so that sometimes two are away, and sometimes all.
        await Task.WhenAll(cluster.Nodes.Select(async node =>
        {
            var random = new Random(Seed + node.Number);
            for (var kill = 0; kill < kills / cluster.Nodes.Count; kill++)
            {
                await Task.Delay(random.Next(500, 4000));
                Interlocked.Add(ref open, load.Open);
                await node.KillAndStartAsync();
            }
        }));

        output.WriteLine($"{kills} kills, {open / (double)kills:0.0} runs open at each");
        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task A_node_that_was_frozen_past_its_lease_is_refused_when_it_thaws()
    {
        var freezes = IsLong ? 20 : 2;
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        using var http = new HttpClient();
        for (var freeze = 0; freeze < freezes; freeze++)
        {
            await load.OpenAsync(5);
            var node = await BusyAsync(cluster, http, freeze);
            node.Send(ClusterNode.Signal.Stop);
            await Task.Delay(TimeSpan.FromSeconds(9));
            node.Send(ClusterNode.Signal.Continue);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }

        var refused = cluster.Nodes.Sum(node => node.RefusedWrites);
        output.WriteLine($"{freezes} freezes, {refused} writes of thawed nodes refused");
        await FinishAsync(cluster, load);
        Assert.True(refused > 0, "no node was frozen in the middle of anything");
    }

    [PostgresFact]
    public async Task PostgreSQL_that_freezes_is_waited_for()
    {
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        await load.OpenAsync(5);
        cluster.Server.Freeze();
        await Task.Delay(TimeSpan.FromSeconds(IsLong ? 60 : 8));
        cluster.Server.Thaw();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task PostgreSQL_that_is_killed_and_started_again_loses_nothing()
    {
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        for (var kill = 0; kill < (IsLong ? 10 : 2); kill++)
        {
            await load.OpenAsync(5);
            await cluster.Server.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(2));
            await cluster.Server.StartAgainAsync();
            await Task.Delay(TimeSpan.FromSeconds(2));
        }

        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task Sessions_of_PostgreSQL_that_are_ended_each_second_lose_nothing()
    {
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        for (var second = 0; second < (IsLong ? 60 : 6); second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await cluster.Server.TerminateSessionsAsync();
        }

        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task SIGTERM_with_many_runs_in_flight_hands_them_over()
    {
        await using var cluster = await Cluster.StartAsync(2);
        await using var load = new Load(cluster, IsLong ? 260 : 40, IsLong ? 600 : 60, Seed);
        await load.OpenAsync(IsLong ? 200 : 25);
        var node = cluster.Nodes[0];
        var open = load.Open;
        node.Send(ClusterNode.Signal.Terminate);
        var took = await node.EndedAsync(TimeSpan.FromSeconds(60));

        output.WriteLine($"it ended after {took.TotalSeconds:0.0} s, {open} runs in flight");
        Assert.Equal(0, node.ExitCode);
        await FinishAsync(cluster, load);
    }

    [PostgresTheory]
    [InlineData("0.01")]
    [InlineData("0.05")]
    public async Task Answers_of_the_database_that_are_lost_at_every_call_of_whole_engines_lose_nothing(string share)
    {
        await using var cluster = await Cluster.StartAsync(3, node => [("ENGINE_TEST_LOSE_ANSWERS", $"{share}:{node}")]);
        await using var load = NewLoad(cluster);
        await load.OpenAsync(5);
        await Task.Delay(TimeSpan.FromSeconds(IsLong ? 180 : 10));

        Assert.All(cluster.Nodes, node => Assert.Contains("no answer in time", node.Errors, StringComparison.Ordinal));
        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task A_rolling_restart_under_load_loses_nothing()
    {
        await using var cluster = await Cluster.StartAsync(3);
        await using var load = NewLoad(cluster);
        for (var round = 0; round < (IsLong ? 5 : 1); round++)
        {
            foreach (var node in cluster.Nodes)
            {
                await load.OpenAsync(5);
                node.Send(ClusterNode.Signal.Terminate);
                await node.EndedAsync(TimeSpan.FromSeconds(60));
                await node.StartAsync();
            }
        }

        await FinishAsync(cluster, load);
    }

    [PostgresFact]
    public async Task Nodes_whose_clocks_are_two_hours_off_work_like_the_others()
    {
        await using var cluster = await Cluster.StartAsync(3, node => node switch
        {
            1 => [("ENGINE_TEST_CLOCK_OFFSET", "-02:00:00")],
            2 => [("ENGINE_TEST_CLOCK_OFFSET", "02:00:00")],
            _ => [],
        });
        await using var load = NewLoad(cluster);
        await load.OpenAsync(5);
        await Task.Delay(TimeSpan.FromSeconds(IsLong ? 60 : 5));
        await FinishAsync(cluster, load);
    }

    /// <summary>A node that is in the middle of a run's work: the first that has some, beginning with another one each time.</summary>
    private static async Task<ClusterNode> BusyAsync(Cluster cluster, HttpClient http, int first)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            var node = cluster.Nodes[(first + tries) % cluster.Nodes.Count];
            if (await node.InFlightAsync(http, cluster.ApiKey) > 0) return node;
            await Task.Delay(100);
        }

        throw new InvalidOperationException("no node works on anything");
    }

    private static Load NewLoad(Cluster cluster) => new(cluster, IsLong ? 40 : 10, IsLong ? 20_000 : 400, Seed);

    private async Task FinishAsync(Cluster cluster, Load load)
    {
        await load.FinishAsync(Patience);
        await cluster.JudgeAsync(load, output);
    }
}
