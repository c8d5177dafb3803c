using System.Diagnostics;
using System.Text;
using Engine.Flows;
using Engine.Plugins;
using Engine.Sdk;

namespace Engine.Benchmarks;

/// <summary>Checking a flow of fifty expressions, all proofs, in a process that has compiled a hundred flows.</summary>
internal static class ProofsBenchmark
{
    private const int Before = 100;

    private const int Times = 50;

    public static Task<bool> RunAsync()
    {
        Console.WriteLine($"proofs: a flow of 50 expressions, all proofs, after {Before} compiles, one at a time");
        var builds = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            using var http = new HttpMessageInvoker(ProviderHttp.NewHandler());
            using var plugins = PluginCatalog.Load([Path.Combine(HostProcess.Folder, "plugins")], builds.FullName, http, TimeProvider.System);
            for (var i = 0; i < Before; i++) Check(i, plugins.Catalog);
            var taken = Enumerable.Range(Before, Times).Select(number => Check(number, plugins.Catalog)).ToList();
            Console.WriteLine($"  p95 {Measurement.Percentile(taken, 0.95):0} ms, at most {taken.Max():0} ms");
            return Task.FromResult(Measurement.Report("a check, median", Measurement.Percentile(taken, 0.5), "ms", 60));
        }
        finally
        {
            builds.Delete(recursive: true);
        }
    }

    /// <summary>Milliseconds; no two flows are the same.</summary>
    private static double Check(int number, Catalog catalog)
    {
        var source = new FlowSource("bench.yaml", Encoding.UTF8.GetBytes(BenchFlows.WithExpressions(number, 50)));
        var began = Stopwatch.GetTimestamp();
        var check = FlowCompiler.Check(source, catalog, CancellationToken.None);
        var taken = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return check.Findings.IsEmpty ? taken : throw new InvalidOperationException(string.Join('\n', check.Findings));
    }
}
