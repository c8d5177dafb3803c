using System.Net.Http.Json;
using System.Text.Json;

namespace Engine.Benchmarks;

/// <summary>
/// A changed flow is published with <c>engine publish</c>: the time from the command's end until every node offers it. The reference is what the
/// command itself takes.
/// </summary>
internal static class PublishBenchmark
{
    private const int Times = 10;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"publish: a changed flow published {Times} times for 3 nodes");
        await using var nodes = await BenchNodes.StartAsync(3, [NodeFlows.PollText("5s", "Title 0")]);
        var (serving, commands) = (new List<double>(), new List<double>());
        for (var time = 1; time <= Times; time++)
        {
            var title = $"Title {time}";
            await nodes.WriteAsync([NodeFlows.PollText("5s", title)]);
            var began = TimeProvider.System.GetTimestamp();
            using var command = HostProcess.Start(
                Path.GetDirectoryName(nodes.KeyFile) ?? "", "publish", nodes.FlowFolder, "--store", nodes.Database, "--key-file", nodes.KeyFile);
            var said = await command.StandardOutput.ReadToEndAsync();
            await command.WaitForExitAsync();
            if (command.ExitCode != 0) throw new InvalidOperationException($"publish ended with {command.ExitCode}: {said}");
            commands.Add(TimeProvider.System.GetElapsedTime(began).TotalSeconds);

            var since = TimeProvider.System.GetTimestamp();
            serving.AddRange(await Task.WhenAll(nodes.Nodes.Select(node => OfferedAsync(node, title, since))));
        }

        Console.WriteLine($"  the command itself takes {Measurement.Percentile(commands, 0.5):0.0} s (median), {commands.Max():0.0} s at most");
        Console.WriteLine($"  offered after: median {Measurement.Percentile(serving, 0.5):0.00} s");
        return Measurement.Report("published → offered by a node, at most", serving.Max(), "s", 5);
    }

    private static async Task<double> OfferedAsync(NodeProcess node, string title, long since)
    {
        while (true)
        {
            var list = await node.Http.GetFromJsonAsync<JsonElement>("/v1/flows");
            if (list.GetProperty("flows").EnumerateArray().Any(flow => flow.GetProperty("title").GetProperty("en").GetString() == title)) break;
            if (TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMinutes(1)) throw new InvalidOperationException($"after a minute '{title}' is not offered");
            await Task.Delay(20);
        }

        return TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }
}
