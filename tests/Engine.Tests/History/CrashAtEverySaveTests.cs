using System.Collections.Concurrent;
using Engine.History;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>The engine dies at every write of every scenario of every shipped flow, just before it and just after it, and another one finishes the run.</summary>
[Collection(SharedPlugins.Name)]
public sealed class CrashAtEverySaveTests(ShippedPlugins plugins, ITestOutputHelper output)
{
    [Fact]
    public void Every_scenario_of_every_shipped_flow_leaves_a_clean_history()
    {
        var all = ShippedScenarios.Load(plugins).All;
        var found = new List<HistoryFinding>();
        foreach (var scenario in all)
        {
            using var store = PlayedStore.InMemory();
            found.AddRange(PlayedRun.Play(scenario, store, new Faults.None()).Findings);
        }

        Assert.Empty(found);
    }
}
