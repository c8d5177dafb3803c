using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Engine.Benchmarks;

/// <summary>
/// <c>engine test</c> of a thousand scenarios, as a process of its own: the tests of the flows that ship, as often as it takes, beside those flows.
/// </summary>
internal static partial class ScenariosBenchmark
{
    private const int Scenarios = 1000;

    private const int Times = 3;

    public static async Task<bool> RunAsync()
    {
        Console.WriteLine($"scenarios: at least {Scenarios} tests of the shipped flows in one process, from its start to its end");
        var home = Directory.CreateTempSubdirectory("engine-bench-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(home.FullName, "flows")).FullName;
            var tests = Directory.GetFiles(Workflows, "*.test.yaml");
            foreach (var flow in Directory.GetFiles(Workflows, "*.yaml").Except(tests)) File.Copy(flow, Path.Combine(folder, Path.GetFileName(flow)));
            var taken = new List<double>();
            var count = 0;
            for (var copy = 0; count < Scenarios; copy++)
            {
                foreach (var test in tests)
                {
                    File.Copy(test, Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{copy}-{Path.GetFileName(test)}")));
                    count += Expectation().Count(await File.ReadAllTextAsync(test));
                }
            }

            for (var i = 0; i < Times; i++) taken.Add(await TestAsync(home.FullName, folder));
            return Measurement.Report($"{count} scenarios, median", Measurement.Percentile(taken, 0.5), "s", 10);
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    /// <summary>Where the flows that ship stand beside their tests.</summary>
    private static string Workflows
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Engine.sln")))
            {
                folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("the benchmarks were not built inside the checkout");
            }

            return Path.Combine(folder, "workflows");
        }
    }

    private static async Task<double> TestAsync(string home, string flows)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = HostProcess.Start(home, "test", flows);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return process.ExitCode == 0 && Passed().Match(output) is { Success: true } passed && int.Parse(passed.Groups[1].Value, CultureInfo.InvariantCulture) >= Scenarios
            ? taken
            : throw new InvalidOperationException(output);
    }

    [GeneratedRegex("^    expect:", RegexOptions.Multiline)]
    private static partial Regex Expectation();

    [GeneratedRegex("^([0-9]+) tests passed")]
    private static partial Regex Passed();
}
