using System.Net;
using System.Net.Http.Json;
using Npgsql;

namespace Engine.Benchmarks;

/// <summary>
/// The database goes away and comes back: what callers are told meanwhile, and how long after its return runs go on. The reference is a bare client
/// that connects and asks one question, again and again: the moment it gets an answer is the moment the database is back.
/// </summary>
internal static class OutageBenchmark
{
    private const int Runs = 1_000;

    private static readonly TimeSpan Away = TimeSpan.FromSeconds(15);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"outage: {Runs} runs in a 5 s poll on 2 nodes; PostgreSQL killed, and frozen, for {Away.TotalSeconds:0} s");
        await using var nodes = await BenchNodes.StartAsync(2, [NodeFlows.PollText("5s")]);
        await nodes.StartRunsAsync(NodeFlows.Poll, Runs);
        var isGood = await OnceAsync(nodes, "killed", () => nodes.Server.KillAsync(), () => nodes.Server.StartAgainAsync());
        return isGood & await OnceAsync(nodes, "frozen", () => Done(nodes.Server.Freeze), () => Done(nodes.Server.Thaw));
    }

    private static Task Done(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static async Task<bool> OnceAsync(BenchNodes nodes, string what, Func<Task> leave, Func<Task> comeBack)
    {
        await Task.Delay(TimeSpan.FromSeconds(10));
        await leave();
        var answers = await AskAsync(nodes);
        var began = TimeProvider.System.GetTimestamp();
        await comeBack();
        var since = TimeProvider.System.GetTimestamp();
        var before = await BareAnswerAsync(nodes);
        var starting = TakenAgainAsync(nodes, since);
        var bare = TimeProvider.System.GetElapsedTime(began).TotalSeconds;

        var taken = await nodes.TakenUpAsync(before, since, TimeSpan.FromSeconds(60));
        Console.WriteLine($"  {what}: {answers.Count} requests while it was away, each answered 503; a bare client has an answer {bare:0.00} s after its return was asked for");
        Console.WriteLine($"  runs taken up after: first {taken.DefaultIfEmpty(double.NaN).Min():0.00} s, median {Measurement.Percentile(taken, 0.5):0.00} s, at most {taken.DefaultIfEmpty(double.NaN).Max():0.00} s");
        return Measurement.Report($"{what}: a caller is told, at most", answers.Max(), "s", 1)
            & Measurement.Report($"{what}: a new run is taken in again", await starting, "s", 5)
            & Measurement.Report($"{what}: runs go on, p99", Measurement.Percentile(taken, 0.99), "s", 5)
            & Measurement.Report($"{what}: runs that did not go on within a minute", before.Count - taken.Count, "", 0);
    }

    /// <summary>How long requests take to be refused, in seconds, for as long as the database is away.</summary>
    private static async Task<List<double>> AskAsync(BenchNodes nodes)
    {
        var began = TimeProvider.System.GetTimestamp();
        var answers = new List<double>();
        while (TimeProvider.System.GetElapsedTime(began) < Away)
        {
            foreach (var node in nodes.Nodes)
            {
                var asked = TimeProvider.System.GetTimestamp();
                using var answer = await node.Http.PostAsJsonAsync("/v1/runs", new { flow = NodeFlows.Poll, subject = "bench", input = new { } });
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable) throw new InvalidOperationException($"the database is away, and a run begins: {answer.StatusCode}");
                answers.Add(TimeProvider.System.GetElapsedTime(asked).TotalSeconds);
            }

            await Task.Delay(100);
        }

        return answers;
    }

    private static async Task<Dictionary<long, long>> BareAnswerAsync(BenchNodes nodes)
    {
        while (true)
        {
            try
            {
                return await nodes.FencesAsync();
            }
            catch (NpgsqlException exception) when (exception is not PostgresException { SqlState: not PostgresErrorCodes.CannotConnectNow })
            {
                await Task.Delay(10);
            }
        }
    }

    private static async Task<double> TakenAgainAsync(BenchNodes nodes, long since)
    {
        while (await BenchNodes.StartRunAsync(nodes.Nodes[0], NodeFlows.Poll) is null) await Task.Delay(50);
        return TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }
}
