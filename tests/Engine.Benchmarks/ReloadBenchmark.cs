using Engine.Flows;
using Engine.Host;
using Engine.Runs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Benchmarks;

/// <summary>
/// A flow file is changed a thousand times, every tenth time to a bad one, while runs of it begin and end all the time. Memory is compared
/// after a forced collection: after the first hundred reloads, and after all.
/// </summary>
internal static class ReloadBenchmark
{
    private const int WarmUp = 100;
    private const int Reloads = 1000;
    private const int Drivers = 16;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"reload: {Reloads} reloads while {Drivers} runs at a time begin and end, one bad file in ten");
        var root = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            var options = new EngineOptions
            {
                DataFolder = Path.Combine(root.FullName, "data"),
                KeyFile = Path.Combine(root.FullName, "keys", "engine.key"),
                FlowFolders = [Directory.CreateDirectory(Path.Combine(root.FullName, "flows")).FullName],
                PluginFolders = [Directory.CreateDirectory(Path.Combine(root.FullName, "plugins")).FullName],
                Providers = new ProviderMode.Real(),
            };
            var file = Path.Combine(options.FlowFolders[0], "short.yaml");
            await File.WriteAllTextAsync(file, BenchFlows.Short(0));
            await using var engine = await EmbeddedEngine.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            return await RunAsync(engine, options, file);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    private static async Task<bool> RunAsync(EmbeddedEngine engine, EngineOptions options, string file)
    {
        using var stop = new CancellationTokenSource();
        var driving = Enumerable.Range(0, Drivers).Select(driver => Task.Run(() => DriveAsync(engine, driver, stop.Token))).ToArray();
        await ReloadAsync(engine, options, file, 1, WarmUp);
        var before = Collected();
        var began = TimeProvider.System.GetTimestamp();
        await ReloadAsync(engine, options, file, WarmUp + 1, WarmUp + Reloads);
        var taken = TimeProvider.System.GetElapsedTime(began);
        var after = Collected();
        await stop.CancelAsync();
        var ended = (await Task.WhenAll(driving)).SelectMany(statuses => statuses).ToList();
        var failed = ended.Count(status => status != RunStatus.Succeeded);

        Console.WriteLine($"  {Reloads} reloads in {taken.TotalSeconds:0.0} s; {ended.Count} runs ended; managed memory {before:0.0} → {after:0.0} MB");
        return Measurement.Report("failed runs", failed, "", 0) & Measurement.Report("growth", after - before, "MB", 10);
    }

    private static async Task ReloadAsync(EmbeddedEngine engine, EngineOptions options, string file, int first, int last)
    {
        for (var i = first; i <= last; i++)
        {
            var isBad = i % 10 == 0;
            await File.WriteAllTextAsync(file, isBad ? BenchFlows.Short(i).Replace("set:", "sat:", StringComparison.Ordinal) : BenchFlows.Short(i));
            await engine.Watch.TakeOverAsync(FolderState.Of(options), CancellationToken.None);
            if (engine.Flows.Findings.Any(found => found.Finding.Severity == Severity.Error) != isBad) throw new InvalidOperationException($"reload {i} was not taken over");
            if (i % 50 == 0) await engine.Flows.RemoveUnusedAsync(CancellationToken.None);
        }
    }

    private static async Task<List<RunStatus>> DriveAsync(EmbeddedEngine engine, int driver, CancellationToken stop)
    {
        var ended = new List<RunStatus>();
        while (!stop.IsCancellationRequested)
        {
            var wish = new RunWish("short", new Dictionary<string, string>(), Purpose.Connect, null, $"driver {driver}", null, null);
            if (await engine.StartRunAsync(wish, CancellationToken.None) is not WishOutcome.Started started) throw new InvalidOperationException("no run began");
            while (true)
            {
                var change = engine.Changes.NextChange(started.Run);
                if (await engine.Store.FindAsync(started.Run, CancellationToken.None) is { } run && run.Status.IsFinal())
                {
                    ended.Add(run.Status);
                    break;
                }

                await Task.WhenAny(change, Task.Delay(500, CancellationToken.None));
            }
        }

        return ended;
    }

    private static double Collected()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024;
    }
}
