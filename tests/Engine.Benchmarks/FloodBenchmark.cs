using System.Net;
using System.Net.Http.Json;

namespace Engine.Benchmarks;

/// <summary>
/// A thousand unsolicited hooks a second: what that does to those who use the API. Runs are begun at a steady rate, by turns with and without the flood; the
/// time to the answer without it is the reference. Real SQLite, the real host as a process of its own, over HTTP; the flood comes from this process.
/// </summary>
internal static class FloodBenchmark
{
    private const int HooksPerSecond = 1_000;
    private const int RunsPerSecond = 50;
    private const int Rounds = 5;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(6);

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"flood: {HooksPerSecond} unsolicited hooks a second, {RunsPerSecond} runs begun a second; {Rounds} times {Window.TotalSeconds:0} s without and with");
        var folder = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            await using var provider = await TokenProvider.StartAsync();
            var settings = Path.Combine(folder.FullName, "settings.json");
            await File.WriteAllTextAsync(settings, provider.SettingsFor(new Uri("http://127.0.0.1")));
            await using var engine = await NodeProcess.StartAsync(
                folder.FullName, ["--real", "--key-file", Path.Combine(folder.FullName, "engine.key"), "--settings", settings]);
            engine.Use(await engine.ReadKeyAsync());
            using var flooding = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256, UseProxy = false }) { BaseAddress = engine.Address };

            await MeasureAsync(engine, flooding);
            var (quiet, flooded) = (new List<double>(), new List<double>());
            var (taken, refused) = (0, 0);
            for (var round = 0; round < Rounds; round++)
            {
                quiet.AddRange(await AskAsync(engine));
                var (milliseconds, answers) = await MeasureAsync(engine, flooding);
                flooded.AddRange(milliseconds);
                taken += answers.Count(answer => answer == HttpStatusCode.OK);
                refused += answers.Count(answer => answer == HttpStatusCode.ServiceUnavailable);
            }

            var (before, during) = (Measurement.Percentile(quiet, 0.99), Measurement.Percentile(flooded, 0.99));
            Console.WriteLine($"  {taken} hooks taken, {refused} sent away to come again; {quiet.Count} runs begun without them, {flooded.Count} with them");
            Console.WriteLine($"  a run is begun in: median {Measurement.Percentile(quiet, 0.5):0.0} ms without, {Measurement.Percentile(flooded, 0.5):0.0} ms with; p99 {before:0.0} ms and {during:0.0} ms");
            return Measurement.Report("p99 with the flood beside without", during / before, "×", 1.2);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(List<double> Milliseconds, HttpStatusCode[] Hooks)> MeasureAsync(NodeProcess engine, HttpClient flooding)
    {
        var hooks = AtRateAsync(HooksPerSecond, async () =>
        {
            using var answer = await flooding.GetAsync(
                new Uri($"v1/return/amocrm?code=flood-{Guid.NewGuid():N}&referer=horns.amocrm.ru&platform=1&client_id=bench&from_widget=1", UriKind.Relative));
            return answer.StatusCode;
        });
        var milliseconds = await AskAsync(engine);
        return (milliseconds, await hooks);
    }

    /// <summary>How long beginning a run takes, in milliseconds.</summary>
    private static async Task<List<double>> AskAsync(NodeProcess engine) => [.. await AtRateAsync(RunsPerSecond, async () =>
    {
        var began = TimeProvider.System.GetTimestamp();
        using var answer = await engine.Http.PostAsJsonAsync("/v1/runs", new { flow = "amocrm-code", subject = "bench", input = new { } });
        answer.EnsureSuccessStatusCode();
        return TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
    })];

    /// <summary>Begins something at a fixed rate for a window, whatever each of them takes.</summary>
    private static async Task<T[]> AtRateAsync<T>(int perSecond, Func<Task<T>> act)
    {
        var began = TimeProvider.System.GetTimestamp();
        var begun = new List<Task<T>>();
        for (var number = 0; number < Window.TotalSeconds * perSecond; number++)
        {
            var due = TimeSpan.FromSeconds(number / (double)perSecond) - TimeProvider.System.GetElapsedTime(began);
            if (due > TimeSpan.Zero) await Task.Delay(due);
            begun.Add(act());
        }

        return await Task.WhenAll(begun);
    }
}
