using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Engine.Benchmarks;

/// <summary>
/// amoCRM's hook about an installed widget, a hundred a second, while the engine is killed (kill -9) in the middle and started again. Real SQLite, the
/// real host as a process of its own, over HTTP; the token endpoint is a server in this process. A hook counts as lost when it was answered and its code
/// never reached the token endpoint.
/// </summary>
internal static class HookBenchmark
{
    private const int PerSecond = 100;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"hook: {PerSecond} install hooks a second, the engine killed after {Before.TotalSeconds:0} s and started again");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        Process? engine = null;
        try
        {
            await using var provider = await TokenProvider.StartAsync();
            var address = new Uri($"http://127.0.0.1:{FreePort()}");
            var settings = Path.Combine(folder.FullName, "settings.json");
            await File.WriteAllTextAsync(settings, provider.SettingsFor(address));

            engine = await StartAsync(folder.FullName, settings, address);
            var hooks = new Hooks(address);
            await hooks.SendAsync(TimeSpan.FromSeconds(3));
            hooks.Forget();
            var sending = hooks.SendAsync(Before + After);
            await Task.Delay(Before);
            engine.Kill();
            await engine.WaitForExitAsync();
            engine.Dispose();
            engine = await StartAsync(folder.FullName, settings, address);
            await sending;
            await hooks.SendAsync(TimeSpan.FromSeconds(5));
            return await ReportAsync(hooks, provider);
        }
        finally
        {
            if (engine is { HasExited: false }) engine.Kill();
            engine?.Dispose();
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> ReportAsync(Hooks hooks, TokenProvider provider)
    {
        var began = Stopwatch.GetTimestamp();
        while (hooks.Answered.Any(code => !provider.Exchanged.ContainsKey(code)) && Stopwatch.GetElapsedTime(began) < Patience) await Task.Delay(500);

        var lost = hooks.Answered.Count(code => !provider.Exchanged.ContainsKey(code));
        var twice = provider.Exchanged.Count(pair => pair.Value > 1);
        Console.WriteLine(
            $"  {hooks.Milliseconds.Count} sent in time, {hooks.Answered.Count} answered, {hooks.Failed} not; the last code exchanged "
            + $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after the last hook; {twice} codes exchanged twice");
        Console.WriteLine($"  answered in: median {Measurement.Percentile(hooks.Milliseconds, 0.5):0.0} ms, at most {hooks.Milliseconds.Max():0} ms");
        var isGood = Measurement.Report("hook answered, p99", Measurement.Percentile(hooks.Milliseconds, 0.99), "ms", 300);
        isGood &= Measurement.Report("hooks lost that were answered", lost, "", 0);
        return isGood & Measurement.Report("codes exchanged twice", twice, "", 0);
    }

    private static async Task<Process> StartAsync(string folder, string settings, Uri address)
    {
        var began = Stopwatch.GetTimestamp();
        var engine = HostProcess.Start(
            folder, "serve", "--real", "--port", $"{address.Port}", "--data", Path.Combine(folder, "data"), "--key-file", Path.Combine(folder, "engine.key"),
            "--settings", settings);
        _ = engine.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(address, "openapi/v1.json"));
                if (answer.IsSuccessStatusCode) break;
            }
            catch (HttpRequestException) when (!engine.HasExited && Stopwatch.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(50);
            }
        }

        Console.WriteLine($"  the engine answers {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s after its start");
        return engine;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Sends hooks at a fixed rate, whatever the answers take.</summary>
    private sealed class Hooks(Uri engine)
    {
        private readonly HttpClient http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 256, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };
        private ConcurrentBag<double> milliseconds = [];
        private readonly ConcurrentBag<string> answered = [];
        private int failed;
        private int sent;

        public ConcurrentBag<double> Milliseconds => milliseconds;

        public ConcurrentBag<string> Answered => answered;

        public int Failed => failed;

        /// <summary>The first ones paid for what is compiled only once; amoCRM would meet them at most once a start.</summary>
        public void Forget() => milliseconds = [];

        public async Task SendAsync(TimeSpan during)
        {
            var began = Stopwatch.GetTimestamp();
            var open = new List<Task>();
            for (var number = 0; number < during.TotalSeconds * PerSecond; number++)
            {
                var due = TimeSpan.FromSeconds(number / (double)PerSecond) - Stopwatch.GetElapsedTime(began);
                if (due > TimeSpan.Zero) await Task.Delay(due);
                open.Add(SendOneAsync($"code-{sent++}"));
            }

            await Task.WhenAll(open);
        }

        private async Task SendOneAsync(string code)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                var hook = new Uri(engine, $"v1/return/amocrm?code={code}&referer=horns.amocrm.ru&platform=1&client_id=bench&from_widget=1");
                using var answer = await http.GetAsync(hook);
                milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if (answer.StatusCode == HttpStatusCode.OK) answered.Add(code);
                else Interlocked.Increment(ref failed);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                Interlocked.Increment(ref failed);
            }
        }
    }
}
