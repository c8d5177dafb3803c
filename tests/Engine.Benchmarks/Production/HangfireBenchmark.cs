using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Engine.Flows;
using Engine.Plugins;
using Engine.Postgres;
using Engine.Runs;
using Engine.Sdk;
using Engine.Storage;

namespace Engine.Benchmarks;

/// <summary>
/// The built host as a process of its own, polling many waiting runs over PostgreSQL: first with its own loops, then with Hangfire's server running the
/// pump, on the same server and in the same way. What is measured is seen by the provider: how many calls come, and how long after the answer to the one
/// before. Where the build left Hangfire out, nothing is measured.
/// </summary>
internal static class HangfireBenchmark
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static async Task<bool> RunAsync()
    {
        var runs = 5_000 * Environment.ProcessorCount;
        Console.WriteLine($"hangfire: {runs} runs waiting in a 5 s poll on PostgreSQL with fsync on, by a host with its own loops and by one under Hangfire");
        if (!File.Exists(Path.Combine(HostProcess.Folder, "extensions", "hangfire", "Engine.Hangfire.dll")))
        {
            Console.WriteLine("  not measured: this build has no Hangfire, since its packages could not be restored");
            return true;
        }

        await using var server = await PostgresServer.StartAsync("fsync=on", "synchronous_commit=on");
        var plain = await MeasureAsync(await server.NewDatabaseAsync(), runs, "off");
        var hosted = await MeasureAsync(await server.NewDatabaseAsync(), runs, "on");
        return Measurement.ReportAtLeast("calls a second under Hangfire, part of those without", hosted.Rate / plain.Rate, "", 0.9)
            & Measurement.Report("lateness p95 under Hangfire", Measurement.Percentile(hosted.Late, 0.95) / 1000, "s", 0.5);
    }

    private static async Task<(double Rate, IReadOnlyCollection<double> Late)> MeasureAsync(string database, int runs, string hangfire)
    {
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        var rounds = new Rounds();
        await using var provider = await InstantProvider.StartAsync(seen: rounds.Asked);
        var arguments = await PrepareAsync(folder.FullName, provider.Address);
        using var host = HostProcess.Start(folder.FullName, [.. arguments, "--store", database, "--hangfire", hangfire]);
        try
        {
            await ListeningAsync(host);
            await StartRunsAsync(folder.FullName, database, runs);
            await Task.Delay(Settle);

            rounds.Clear();
            host.Refresh();
            var cpu = host.TotalProcessorTime;
            await Task.Delay(Window);
            host.Refresh();
            cpu = host.TotalProcessorTime - cpu;
            var late = rounds.Late;
            var rate = late.Count / Window.TotalSeconds;
            Console.WriteLine(
                $"  --hangfire {hangfire,-3}: {rate:0} calls a second ({runs / 5} are due), {cpu / Window:0.00} cores of the host; late by median {Measurement.Percentile(late, 0.5):0} ms, "
                + $"p95 {Measurement.Percentile(late, 0.95):0} ms, p99 {Measurement.Percentile(late, 0.99):0} ms");
            return (rate, late);
        }
        finally
        {
            host.Kill();
            await host.WaitForExitAsync();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string[]> PrepareAsync(string folder, Uri provider)
    {
        var flows = Directory.CreateDirectory(Path.Combine(folder, "flows")).FullName;
        await File.WriteAllTextAsync(Path.Combine(flows, $"{PollFlow.Name}.yaml"), PollFlow.Text);
        var settings = Path.Combine(folder, "settings.json");
        await File.WriteAllTextAsync(settings, JsonSerializer.Serialize(new
        {
            providers = new { radist = new { base_url = provider.AbsoluteUri, api_key = "bench", company_id = "1" } },
        }));
        return
        [
            "serve", "--real", "--port", "0", "--data", Path.Combine(folder, "data"), "--key-file", Path.Combine(folder, "engine.key"), "--flows", flows,
            "--settings", settings,
        ];
    }

    /// <summary>Ends when the host has said where it listens: it has migrated the database and made the key by then.</summary>
    private static async Task ListeningAsync(Process host)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await host.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.Contains("http://", StringComparison.Ordinal)) continue;
            _ = host.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return;
        }

        throw new InvalidOperationException("the host ended before it listened");
    }

    /// <summary>Starts them beside the host, over its own database: what the API costs is not measured here.</summary>
    private static async Task StartRunsAsync(string folder, string database, int runs)
    {
        using var http = new HttpMessageInvoker(ProviderHttp.NewHandler());
        using var plugins = PluginCatalog.Load([Path.Combine(HostProcess.Folder, "plugins")], Path.Combine(folder, "builds"), http, TimeProvider.System);
        await using var store = await EngineStore.OpenAsync(new StorePlace.Server(database), Path.Combine(folder, "engine.key"), TimeProvider.System, CancellationToken.None);
        var starter = new RunStarter(new PollFlow(plugins), store, new RunChanges(), store.Time, RandomNumberGenerator.Fill);
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellation) =>
            await starter.StartAsync(
                new StartRequest(PollFlow.Name, new Dictionary<string, string>(), Purpose.Connect, null, "bench", null, null), cancellation));
        Console.WriteLine($"  {runs} runs started in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }

    /// <summary>When each session was asked about.</summary>
    private sealed class Rounds
    {
        private readonly ConcurrentDictionary<string, long> last = new(StringComparer.Ordinal);
        private ConcurrentBag<double> late = [];

        /// <summary>By how many milliseconds each call came later than the poll's pause after the one before.</summary>
        public IReadOnlyCollection<double> Late => late;

        public void Clear() => late = [];

        public void Asked(string session)
        {
            var now = Stopwatch.GetTimestamp();
            if (last.TryGetValue(session, out var before)) late.Add((Stopwatch.GetElapsedTime(before, now) - Every).TotalMilliseconds);
            last[session] = now;
        }
    }
}
