using Engine.Postgres;

namespace Engine.Benchmarks;

/// <summary>
/// Saturated: more runs fall due than can be worked. The engine's pump, its calls stubbed, claims each run, advances it through an unchanged poll
/// round and reschedules it; the reference beside it, on the same server, claims and reschedules bare rows.
/// </summary>
internal static class PumpBenchmark
{
    private const int Rows = 200_000;
    private const int Runs = 100_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    /// <summary>By its end the engine has read each run once, and holds its state.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"pump: {Rows} bare rows, {Runs} runs, each due again {Period.TotalSeconds:0} s after it was worked; PostgreSQL with fsync on");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            await using var server = await PostgresServer.StartAsync("fsync=on", "synchronous_commit=on");
            var bare = new BareLoop(await server.NewDatabaseAsync());
            await bare.SeedAsync(Rows);
            var database = await server.NewDatabaseAsync();
            var ratios = new List<double>();
            for (var round = 0; round < 3; round++)
            {
                var reference = await bare.MeasureAsync(Period, WarmUp, Window);
                var (rate, cpu) = await MeasureAsync(database, Path.Combine(folder.FullName, "engine.key"), round == 0);
                Console.WriteLine($"  bare loop {reference,8:0}/s, engine {rate,8:0}/s ({cpu:0.0} cores in this process): {rate / reference:P0}");
                ratios.Add(rate / reference);
            }

            return Measurement.ReportAtLeast("the pump, part of the bare loop", Measurement.Percentile(ratios, 0.5), "", 0.5);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(double Rate, double Cores)> MeasureAsync(string database, string keyFile, bool isFirst)
    {
        long calls = 0;
        await using var engine = await StubbedEngine.OpenAsync(
            database, keyFile, store => store, _ => Interlocked.Increment(ref calls));
        if (isFirst)
        {
            var began = TimeProvider.System.GetTimestamp();
            await engine.StartRunsAsync(StubbedFlows.Hurried, Runs);
            Console.WriteLine($"  {Runs} runs started in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0.0} s");
        }

        engine.Pump();
        await Task.Delay(WarmUp);
        var before = Interlocked.Read(ref calls);
        var cpu = Environment.CpuUsage.TotalTime;
        var start = TimeProvider.System.GetTimestamp();
        await Task.Delay(Window);
        var elapsed = TimeProvider.System.GetElapsedTime(start);
        var rate = (Interlocked.Read(ref calls) - before) / elapsed.TotalSeconds;
        cpu = Environment.CpuUsage.TotalTime - cpu;
        foreach (var trouble in engine.Troubles.Take(3)) Console.WriteLine($"  TROUBLE: {trouble.Cause.Message}");
        return (rate, cpu / elapsed);
    }
}
