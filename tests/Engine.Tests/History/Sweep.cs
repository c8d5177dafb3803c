using System.Collections.Concurrent;
using Engine.History;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>Plays many runs on threads of their own, each thread with its store, and says what was found.</summary>
internal sealed class Sweep(ITestOutputHelper output)
{
    private readonly ConcurrentBag<HistoryFinding> findings = [];
    private readonly ConcurrentDictionary<string, int> outcomes = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<string> strange = [];
    private int played;

    /// <summary>Whether everything is wanted, however long it takes: <c>ENGINE_LONG_TESTS=1</c>.</summary>
    public static bool IsLong => Environment.GetEnvironmentVariable("ENGINE_LONG_TESTS") == "1";

    /// <summary>Each scenario with a fault at every write, before and after it, one by one.</summary>
    public void CrashEverywhere(IReadOnlyList<Scenario> scenarios, Func<PlayedStore> open) => OnThreads(scenarios, open, (scenario, store) =>
    {
        var whole = Play(scenario, store, new Faults.None(), null);
        for (var at = 1; at <= whole.Faults + 1; at++)
        {
            Play(scenario, store, new Faults.Crash(at, isBefore: true), whole.Outcome);
            Play(scenario, store, new Faults.Crash(at, isBefore: false), whole.Outcome);
        }
    });

    /// <summary>Each scenario with time-outs at a share of the store's calls, once for each seed.</summary>
    public void TimeOut(IReadOnlyList<Scenario> scenarios, IReadOnlyList<int> seeds, double share, Func<PlayedStore> open) => OnThreads(scenarios, open, (scenario, store) =>
    {
        foreach (var seed in seeds) Play(scenario, store, new Faults.TimeOuts(seed, share, store.Lost), null);
    });

    public void Judge(int least)
    {
        output.WriteLine($"{played} runs: {string.Join(", ", outcomes.OrderByDescending(one => one.Value).Select(one => $"{one.Value} {one.Key}"))}");
        foreach (var one in strange.Order(StringComparer.Ordinal).Take(40)) output.WriteLine(one);
        foreach (var one in findings.Select(finding => finding.ToString()).Order(StringComparer.Ordinal).Take(60)) output.WriteLine(one);
        Assert.Empty(findings.Select(finding => finding.ToString()).Order(StringComparer.Ordinal).Take(10));
        Assert.InRange(played, least, int.MaxValue);
    }

    private Played Play(Scenario scenario, PlayedStore store, Faults faults, string? expected)
    {
        var result = PlayedRun.Play(scenario, store, faults);
        Interlocked.Increment(ref played);
        var kind = expected is null ? $"ended as {result.Outcome}" : result.Outcome == expected ? "as without faults" : result.Outcome == "in_doubt" ? "in doubt" : "another way";
        outcomes.AddOrUpdate(kind, 1, (_, count) => count + 1);
        if (expected is not null && result.Outcome != expected && result.Outcome != "in_doubt") strange.Add($"{scenario.Name} [{faults}]: {result.Outcome}, and {expected} without");
        foreach (var finding in result.Findings) findings.Add(finding);
        return result;
    }

    /// <summary>Not the pool's threads: a played run blocks its own.</summary>
    private static void OnThreads(IReadOnlyList<Scenario> scenarios, Func<PlayedStore> open, Action<Scenario, PlayedStore> play)
    {
        var next = -1;
        var faults = new ConcurrentQueue<Exception>();
        var threads = Enumerable.Range(0, Math.Min(Environment.ProcessorCount, scenarios.Count)).Select(_ => new Thread(Work)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (faults.TryDequeue(out var fault)) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(fault);

        void Work()
        {
            try
            {
                using var store = open();
                while (faults.IsEmpty && Interlocked.Increment(ref next) is var index && index < scenarios.Count) play(scenarios[index], store);
            }
            catch (Exception exception)
            {
                faults.Enqueue(exception);
            }
        }
    }
}
