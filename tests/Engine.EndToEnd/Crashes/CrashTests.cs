using System.Collections.Concurrent;
using System.Collections.Immutable;
using Engine.Sandbox;
using Xunit;
using Xunit.Abstractions;

namespace Engine.EndToEnd;

/// <summary>
/// Kills the engine (SIGKILL) at every save of a Telegram run, just before and just after it, starts it again and lets the run end. The
/// sandbox lives in this process: the provider does not crash with the engine.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output) : IAsyncLifetime
{
    // Each is a process that compiles its flow: more of them than cores would only wait for each other.
    private static readonly int AtOnce = 2 * Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    private readonly TempFolder folder = new();
    private SandboxServer? sandbox;

    [Fact]
    public Task A_run_by_QR_code_with_a_password_survives_a_kill_at_every_save() => KillAtEverySaveAsync("telegram-qr", "manual");

    [Fact]
    public Task A_run_whose_create_answer_is_lost_survives_a_kill_at_every_save() => KillAtEverySaveAsync("telegram-code", "create-lost");

    public async Task InitializeAsync() => sandbox = await SandboxServer.StartAsync(
        new SandboxOptions(folder.Path, [Path.Combine(EngineProcess.HostFolder, "plugins")], TimeProvider.System), CancellationToken.None);

    public async Task DisposeAsync()
    {
        if (sandbox is not null) await sandbox.DisposeAsync();
        folder.Dispose();
    }

    private async Task KillAtEverySaveAsync(string flow, string scenario)
    {
        var provider = sandbox ?? throw new InvalidOperationException("not started");
        var ends = new ConcurrentDictionary<string, string>();
        var took = new ConcurrentDictionary<string, TimeSpan>();
        var wasReached = true;
        for (var first = 1; wasReached; first += AtOnce / 2)
        {
            var points = Enumerable.Range(first, AtOnce / 2).SelectMany(number => ImmutableArray.Create($"before:{number}", $"after:{number}")).ToList();
            var reached = new ConcurrentBag<bool>();
            await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (point, _) =>
            {
                await using var run = new CrashingRun(provider, flow, scenario, point);
                ends[point] = await run.DriveAsync();
                took[point] = run.Took;
                reached.Add(run.WasKilled);
            });
            wasReached = reached.All(was => was);
        }

        foreach (var (point, end) in ends.OrderBy(pair => pair.Key.Length).ThenBy(pair => pair.Key, StringComparer.Ordinal)) output.WriteLine($"{point}: {end} after {took[point].TotalSeconds:0.0} s");
        Assert.All(ends.Values, end => Assert.True(end is "succeeded" or "in_doubt", end));
        Assert.Contains("succeeded", ends.Values);
        Assert.InRange(ends.Count, 8, 200);
    }
}
