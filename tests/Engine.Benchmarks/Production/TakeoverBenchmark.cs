using Npgsql;

namespace Engine.Benchmarks;

/// <summary>
/// A node is killed (SIGKILL) while it is in the middle of calls: how long until others have taken up each run that it held. The reference is the
/// least that is possible: the moment at which the run's lease lapses.
/// </summary>
internal static class TakeoverBenchmark
{
    private const int Runs = 300;
    private const int Kills = 6;

    private static readonly TimeSpan CallTakes = TimeSpan.FromSeconds(3);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"takeover: {Runs} runs over 3 nodes, most of them in a call that takes {CallTakes.TotalSeconds:0} s; one node after the other is killed, {Kills} times");
        await using var nodes = await BenchNodes.StartAsync(3, [NodeFlows.PollText("1s")], CallTakes);
        await nodes.StartRunsAsync(NodeFlows.Poll, Runs);
        var (taken, lapsed) = (new List<double>(), new List<double>());
        var missing = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(TimeSpan.FromSeconds(10));
            var victim = nodes.Nodes[kill % 3];
            var holder = $"-{victim.Id}-";
            await victim.KillAsync();
            var since = TimeProvider.System.GetTimestamp();
            var held = await nodes.FencesAsync(holder);
            lapsed.AddRange(await LeasesAsync(nodes, holder));
            var seconds = await nodes.TakenUpAsync(held, since, TimeSpan.FromSeconds(60));
            missing += held.Count - seconds.Count;
            taken.AddRange(seconds);
            await nodes.ReplaceAsync(kill % 3);
        }

        Console.WriteLine($"  {taken.Count} runs were held by killed nodes; {missing} were not taken up within a minute");
        Console.WriteLine($"  their leases lapsed after: median {Measurement.Percentile(lapsed, 0.5):0.0} s, p99 {Measurement.Percentile(lapsed, 0.99):0.0} s");
        Console.WriteLine($"  taken up after: median {Measurement.Percentile(taken, 0.5):0.0} s, at most {taken.DefaultIfEmpty().Max():0.0} s");
        return Measurement.Report("runs of a killed node taken up, p99", Measurement.Percentile(taken, 0.99), "s", 10)
            & Measurement.Report("of them not within a minute", missing, "", 0);
    }

    /// <summary>How long the leases of a node last from now on, by the database's clock.</summary>
    private static async Task<List<double>> LeasesAsync(BenchNodes nodes, string holder)
    {
        // Times are stored as ticks since the year 1.
        await using var command = nodes.Source.CreateCommand(
            """
            SELECT lease_until / 1e7 - 62135596800 - extract(epoch FROM clock_timestamp()) FROM wakes
            WHERE due IS NOT NULL AND lease_until IS NOT NULL AND holder LIKE $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = $"%{holder}%" });
        await using var reader = await command.ExecuteReaderAsync();
        var left = new List<double>();
        while (await reader.ReadAsync()) left.Add(Convert.ToDouble(reader.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        return left;
    }
}
