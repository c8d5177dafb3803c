using Engine.Postgres;
using Engine.Runs;

namespace Engine.Benchmarks;

/// <summary>Runs of five steps from beginning to end, each step's outcome on disk before the next begins; one node over PostgreSQL.</summary>
internal static class ThroughputBenchmark
{
    private const int Runs = 20_000;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"runs: {Runs} runs of five calls, stubbed, to their end; PostgreSQL with fsync on");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            await using var server = await PostgresServer.StartAsync("fsync=on", "synchronous_commit=on");
            await using var engine = await StubbedEngine.OpenAsync(
                await server.NewDatabaseAsync(), Path.Combine(folder.FullName, "engine.key"), store => store, _ => { });
            engine.Pump();
            await engine.StartRunsAsync(StubbedFlows.FiveSteps, 1_000);
            await EndedAsync(engine);

            var cpu = Environment.CpuUsage.TotalTime;
            var began = TimeProvider.System.GetTimestamp();
            await engine.StartRunsAsync(StubbedFlows.FiveSteps, Runs);
            await EndedAsync(engine);
            var elapsed = TimeProvider.System.GetElapsedTime(began);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            Console.WriteLine($"  {elapsed.TotalSeconds:0.0} s, {cpu / elapsed:0.0} cores in this process, {engine.Troubles.Count} troubles");
            return Measurement.ReportAtLeast("runs a second, started, worked and ended", Runs / elapsed.TotalSeconds, "/s", 500);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task EndedAsync(StubbedEngine engine)
    {
        while ((await engine.Runs.ListAsync(new RunFilter(IsOpenOnly: true, Limit: 1), CancellationToken.None)).Count > 0) await Task.Delay(50);
    }
}
