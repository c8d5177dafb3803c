using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Engine.Benchmarks;

/// <summary>
/// The built host serving a hundred flows with a warm cache: the time from the start of the process until it answers, and its resident
/// memory after it has served a run up to its QR code. It must not have loaded the compiler by then.
/// </summary>
internal static partial class StartBenchmark
{
    private const int Flows = 100;

    private const int Times = 5;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"start: the built host serving {Flows} flows of 30 expressions, cache warm");
        var home = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            var folder = BenchFlows.WriteFolder(home.FullName, Flows);
            var key = "";
            var ready = new List<double>();
            var memory = new List<double>();
            for (var i = 0; i <= Times; i++)
            {
                var began = Stopwatch.GetTimestamp();
                using var process = HostProcess.Start(
                    home.FullName, "serve", "--port", "0", "--data", Path.Combine(home.FullName, "data"), "--flows", folder);
                try
                {
                    var address = (await LineAsync(process, OpenLine())).GetLeftPart(UriPartial.Authority);
                    using var http = new HttpClient { BaseAddress = new Uri(address) };
                    using var answer = await http.GetAsync(new Uri("/", UriKind.Relative));
                    var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
                    if (i == 0)
                    {
                        key = Key().Match(await process.StandardOutput.ReadLineAsync() ?? "").Value;
                        Console.WriteLine($"  cold, for comparison: ready after {taken:0.00} s");
                        continue;
                    }

                    ready.Add(taken);
                    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                    await ServeRunAsync(http, i);
                    process.Refresh();
                    memory.Add(process.WorkingSet64 / 1024.0 / 1024);
                    RefuseCompiler(process);
                }
                finally
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                }
            }

            return Measurement.Report("ready after, median", Measurement.Percentile(ready, 0.5), "s", 1)
                & Measurement.Report("resident memory, most", memory.Max(), "MB", 120);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static async Task ServeRunAsync(HttpClient http, int number)
    {
        using var started = await http.PostAsJsonAsync("/v1/runs", new { flow = $"bench-{number}", subject = $"bench-{number}" });
        var run = await started.Content.ReadFromJsonAsync<JsonElement>();
        var id = run.TryGetProperty("id", out var found) ? found.GetString() : throw new InvalidOperationException(run.ToString());
        for (var looks = 0; looks < 600; looks++)
        {
            run = await http.GetFromJsonAsync<JsonElement>($"/v1/runs/{id}");
            if (run.GetProperty("prompt").ValueKind == JsonValueKind.Object) return;
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"the run shows nothing: {run}");
    }

    private static void RefuseCompiler(Process process)
    {
        // Elsewhere than on Linux a test says the same of the process's own list.
        var maps = $"/proc/{process.Id}/maps";
        if (File.Exists(maps) && File.ReadAllText(maps).Contains("Microsoft.CodeAnalysis", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("the compiler is loaded");
        }
    }

    private static async Task<Uri> LineAsync(Process process, Regex wanted)
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (wanted.Match(line) is { Success: true } found) return new Uri(found.Groups[1].Value);
        }

        throw new InvalidOperationException("the host ended");
    }

    [GeneratedRegex(@"^Open\s+(http\S+)")]
    private static partial Regex OpenLine();

    [GeneratedRegex(@"eng_\S+")]
    private static partial Regex Key();
}
