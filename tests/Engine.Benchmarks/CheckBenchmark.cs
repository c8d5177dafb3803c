using System.Diagnostics;

namespace Engine.Benchmarks;

/// <summary><c>engine check</c> of a hundred flows of thirty expressions, as a process of its own: with nothing remembered, and again.</summary>
internal static class CheckBenchmark
{
    private const int Flows = 100;

    private const int Times = 3;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"check: {Flows} flows of 30 expressions in one process, from its start to its end");
        var cold = new List<double>();
        var warm = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var home = Directory.CreateTempSubdirectory("engine-bench-");
            try
            {
                var folder = BenchFlows.WriteFolder(home.FullName, Flows);
                cold.Add(await CheckAsync(home.FullName, folder));
                warm.Add(await CheckAsync(home.FullName, folder));
            }
            finally
            {
                home.Delete(recursive: true);
            }
        }

        return Measurement.Report("cold, median", Measurement.Percentile(cold, 0.5), "s", 8)
            & Measurement.Report("with a warm cache, median", Measurement.Percentile(warm, 0.5), "s", 1);
    }

    private static async Task<double> CheckAsync(string home, string flows)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = HostProcess.Start(home, "check", flows);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return output == $"{Flows} flows, no findings{Environment.NewLine}" ? taken : throw new InvalidOperationException(output);
    }
}
