using System.Collections.Immutable;
using Engine.Flows;
using Engine.History;
using Engine.Host;
using Engine.Runs;
using Engine.Storage;
using Xunit;
using Xunit.Abstractions;

namespace Engine.EndToEnd;

/// <summary>Hands what the clients were told, what is stored and what the provider got to the checker.</summary>
internal static class Judgement
{
    /// <summary>All engines and clients of a test are on one machine; what remains is the time between an engine's look at the clock and its save.</summary>
    private static readonly TimeSpan ClockError = TimeSpan.FromSeconds(2);

    /// <summary>Fails with what was found; says how the runs ended.</summary>
    public static async Task JudgeAsync(this Cluster cluster, Load load, ITestOutputHelper output)
    {
        await using var store = await cluster.OpenStoreAsync();
        var flows = Flows();
        var findings = new List<HistoryFinding>();
        foreach (var run in load.Runs.OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            var row = run.Id.Length == 0 ? null : await store.FindAsync(new RunId(run.Id), default);
            findings.AddRange(HistoryChecker.Check(await HistoryOfAsync(cluster, store, run, row, flows[run.Flow])));
            if (run.Exit.Length == 0) findings.Add(new HistoryFinding("not_seen_to_end", run.Id.Length > 0 ? run.Id : run.Key, 0, "its client did not see it end"));
        }

        findings.AddRange(HistoryChecker.CheckStarts(load.Runs.SelectMany(run => run.Inputs).OfType<ClientInput.Start>()));
        var ends = load.Runs.GroupBy(run => run.Exit).OrderByDescending(same => same.Count()).Select(same => $"{same.Count()} {same.Key}");
        output.WriteLine($"{load.Runs.Count} runs: {string.Join(", ", ends)}; {load.Runs.Sum(run => run.Inputs.Length)} inputs, {load.Runs.Sum(run => run.Inputs.Count(input => input.IsAcknowledged))} acknowledged; longest silence {load.Runs.Max(run => run.LongestSilence).TotalSeconds:0.0} s");
        foreach (var finding in findings.Take(60)) output.WriteLine(finding.ToString());
        Assert.Empty(findings.Take(10).Select(finding => finding.ToString()));
        Assert.All(load.Runs, run => Assert.Contains(run.Exit, (string[])["succeeded", "in_doubt", "cancelled"]));
        Assert.Contains(load.Runs, run => run.Exit == "succeeded");
    }

    private static async Task<RunHistory> HistoryOfAsync(Cluster cluster, EngineStore store, LoadedRun run, StoredRun? row, CompiledFlow flow) => new()
    {
        Name = run.Id.Length > 0 ? run.Id : run.Key,
        Flow = flow,
        Row = row,
        Journal = row is null ? [] : [.. await store.ReadJournalAsync(row.Id, 0, default)],
        Inputs = run.Inputs,
        Calls = row?.World is { } world && cluster.Sandbox.FindCalls(world) is { } calls ? RunHistory.CallsOf(calls, flow) : null,
        ClockError = ClockError,
    };

    /// <summary>The flows that the nodes serve, compiled once more.</summary>
    private static Dictionary<string, CompiledFlow> Flows()
    {
        using var home = new TempFolder();
        using var plugins = KnownPlugins.Load(Path.Combine(EngineProcess.HostFolder, "plugins"), TextWriter.Null);
        return FlowFiles.Find([QuickFlows.Write(home.Path)])
            .Select(file => FlowFileReader.Read(file).Source).OfType<FlowSource>()
            .Select(source => FlowCompiler.Check(source, plugins.Catalog, default).Flow).OfType<CompiledFlow>()
            .ToDictionary(flow => flow.Name, StringComparer.Ordinal);
    }
}
