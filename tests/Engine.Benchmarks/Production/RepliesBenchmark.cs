using System.Collections.Concurrent;

namespace Engine.Benchmarks;

/// <summary>
/// A thousand runs a minute, each asked word after word, with a call to the provider between them: the time from the moment a reply is accepted to the
/// moment the page sees the next prompt. Two nodes; the page's stream is with one, the reply goes to the same or to the other. The reference is what the
/// database alone takes for the same: two commits and two notifications.
/// </summary>
internal static class RepliesBenchmark
{
    private const int PerMinute = 1_000;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"replies: {PerMinute} runs a minute of {NodeFlows.Prompts} prompts each, 2 nodes over PostgreSQL with fsync on, the provider answering at once over HTTP");
        await using var nodes = await BenchNodes.StartAsync(2, [NodeFlows.RepliesText]);
        await VisitAsync(nodes, WarmUp);
        var pages = await VisitAsync(nodes, Window);
        var reference = await BareReplies.MeasureAsync(await nodes.Server.NewDatabaseAsync(), PerMinute * NodeFlows.Prompts / 60, TimeSpan.FromSeconds(15));

        Console.WriteLine($"  {pages.Count} runs, {pages.Count(page => page.HasEnded)} of them to their end");
        Console.WriteLine($"  reference, the database alone: median {Measurement.Percentile(reference, 0.5):0.0} ms, p99 {Measurement.Percentile(reference, 0.99):0.0} ms");
        var isGood = Report(pages, isSame: true, "same node", 50);
        isGood &= Report(pages, isSame: false, "other node", 50);
        return isGood & Measurement.Report("runs that did not end", pages.Count(page => !page.HasEnded), "", 0);
    }

    private static bool Report(IReadOnlyCollection<RepliedPage> pages, bool isSame, string where, double target)
    {
        var seen = pages.SelectMany(page => page.Seen).Where(one => one.IsSameNode == isSame).ToList();
        var accepted = seen.ConvertAll(one => Math.Max(0, one.AfterAccepted));
        var sent = seen.ConvertAll(one => one.AfterSent);
        Console.WriteLine($"  {where}: {seen.Count} replies; accepted → seen median {Measurement.Percentile(accepted, 0.5):0.0} ms; sent → seen median {Measurement.Percentile(sent, 0.5):0.0} ms, p99 {Measurement.Percentile(sent, 0.99):0.0} ms");
        return Measurement.Report($"reply accepted → next prompt seen, {where}, p99", Measurement.Percentile(accepted, 0.99), "ms", target);
    }

    /// <summary>Persons come at a fixed rate, whatever the engine takes.</summary>
    private static async Task<IReadOnlyCollection<RepliedPage>> VisitAsync(BenchNodes nodes, TimeSpan during)
    {
        var pages = new ConcurrentBag<RepliedPage>();
        var visits = new List<Task>();
        var began = TimeProvider.System.GetTimestamp();
        for (var number = 0; number < during.TotalMinutes * PerMinute; number++)
        {
            var due = TimeSpan.FromMinutes(number / (double)PerMinute) - TimeProvider.System.GetElapsedTime(began);
            if (due > TimeSpan.Zero) await Task.Delay(due);
            var page = new RepliedPage(nodes.Nodes[number % 2], nodes.Nodes[(number + 1) % 2], new Random(number));
            pages.Add(page);
            visits.Add(Task.Run(page.VisitAsync));
        }

        await Task.WhenAll(visits);
        return pages;
    }
}
