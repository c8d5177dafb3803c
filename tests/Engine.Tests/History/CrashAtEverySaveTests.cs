using Engine.Flows;
using Engine.Postgres;
using Engine.Tests.FlowTests;
using Xunit;
using Xunit.Abstractions;

namespace Engine.Tests.History;

/// <summary>The engine dies at every write of every scenario of every shipped flow, just before it and just after it, and another one finishes the run.</summary>
public sealed class CrashAtEverySaveTests(ITestOutputHelper output)
{
    /// <summary>No hint reaches a pump here, and no provider's call a run: what is due and what time limits say brings each to its end.</summary>
    [Fact]
    public void Every_scenario_of_every_shipped_flow_ends_without_hints_and_webhooks_and_leaves_a_clean_history()
    {
        var all = ShippedPlugins.Scenarios;
        foreach (var scenario in all.All)
        {
            using var store = PlayedStore.InMemory();
            var played = PlayedRun.Play(scenario, store, new Faults.None());

            Assert.True(played.Findings.IsEmpty, string.Join("\n", played.Findings));
            Assert.NotEmpty(played.History.Journal);
            Assert.NotNull(played.History.Row?.Exit);
            Assert.DoesNotContain(scenario.Test.Person, act => act.Move is PersonMove.Call);
        }

        Assert.Equal(13, all.All.Select(scenario => scenario.Flow.Loaded.Flow.Name).Distinct().Count());
    }

    [Fact]
    public void Every_shipped_flow_survives_a_crash_at_every_save_in_memory()
    {
        var sweep = new Sweep(output);
        sweep.CrashEverywhere(Chosen(ShippedPlugins.Scenarios.All, each: 3), PlayedStore.InMemory);
        sweep.Judge(least: 500);
    }

    [Fact]
    public void Every_shipped_flow_survives_a_crash_at_every_save_on_SQLite()
    {
        var sweep = new Sweep(output);
        sweep.CrashEverywhere(Chosen(ShippedPlugins.Scenarios.All, each: 1), PlayedStore.OnSqlite);
        sweep.Judge(least: 200);
    }

    [PostgresFact]
    public void Every_shipped_flow_survives_a_crash_at_every_save_on_PostgreSQL()
    {
        var sweep = new Sweep(output);
        sweep.CrashEverywhere([.. Chosen(ShippedPlugins.Scenarios.All, each: 1).Where((_, index) => Sweep.IsLong || index % 2 == 0)], PlayedStore.OnPostgres);
        sweep.Judge(least: 100);
    }

    /// <summary>All scenarios in the long form; in the short one the first of each flow, where it goes well, and the rarer ways after it. PostgreSQL takes every other one.</summary>
    private static List<Scenario> Chosen(IEnumerable<Scenario> all, int each) =>
        [.. all.GroupBy(scenario => scenario.Flow.Loaded.Flow.Name).SelectMany(flow => Sweep.IsLong ? flow : flow.Take(each))];
}
